/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One pass over the header. A field's name is looked up among the rows of its
 * own length, so that nearly every field of ordinary mail is left after a
 * comparison of its last byte.
 */
#include "forward/marks.h"

#include "forward/rewritten.h"

#include <stddef.h>
#include <string.h>

#define ADDRESSES_MAX 4

struct mark;

struct reader {
	const struct message *message;
	const struct custody *custody;
	struct marks *marks;
	const struct field *field;
	const struct mark *mark;
};

/* Where a product puts its field. */
enum place {
	PLACE_TOP, /* above all that is there: believed inside only */
	PLACE_ANYWHERE /* wherever its own order of fields wants it */
};

struct mark {
	struct slice name; /* lower case */
	void (*read)(struct reader *);
	enum evidence evidence;
	enum place place;
	unsigned char confidence; /* 0: what the evidence's row says */
	const char *platform; /* NULL: what the evidence's row says */
	const char *wants; /* words, one of which it must hold: "a|b" */
};

static unsigned char
confidence_of(const struct mark *mark)
{
	return mark->confidence != 0 ? mark->confidence
				     : evidence_row(mark->evidence)->confidence;
}

/* Fields that repeat one another are kept once, as the surest of them. */
static bool
repeats(const struct reader *reader, const struct address *mailbox)
{
	struct marks *marks = reader->marks;
	size_t i;

	for (i = 0; i < marks->count; i++) {
		struct observation *seen = &marks->at[i];

		if (seen->evidence != reader->mark->evidence ||
			!address_equal(&seen->mailbox, mailbox))
			continue;
		if (seen->inside &&
			seen->confidence < confidence_of(reader->mark))
			seen->confidence = confidence_of(reader->mark);
		return true;
	}
	return false;
}

/* No kind of evidence can crowd the others out. */
static bool
has_room(const struct reader *reader)
{
	const struct marks *marks = reader->marks;
	size_t i, same = 0;

	for (i = 0; i < marks->count; i++)
		same += marks->at[i].evidence == reader->mark->evidence;
	return marks->count < MARKS_MAX && same < MARKS_PER_EVIDENCE_MAX;
}

static void
add(struct reader *reader, struct slice value, const struct address *mailbox)
{
	const struct mark *mark = reader->mark;
	const struct evidence_row *row = evidence_row(mark->evidence);
	struct marks *marks = reader->marks;
	struct observation *seen;

	if ((mailbox != NULL && repeats(reader, mailbox)) || !has_room(reader))
		return;
	seen = &marks->at[marks->count++];
	*seen = (struct observation){.evidence = mark->evidence,
		.value = value,
		.delay_ms = -1,
		.index = reader->field->index,
		.inside = custody_holds(reader->custody, reader->field->index),
		.platform =
			mark->platform != NULL ? mark->platform : row->platform,
		.confidence = confidence_of(mark)};
	if (mailbox != NULL)
		seen->mailbox = *mailbox;
	if (seen->inside)
		return;
	if (mark->place == PLACE_TOP)
		seen->standing = STANDING_OUTSIDE;
	if (seen->confidence > MARKS_OUTSIDE_CONFIDENCE_MAX)
		seen->confidence = MARKS_OUTSIDE_CONFIDENCE_MAX;
}

static bool
is_local(const struct reader *reader, const struct address *address)
{
	return realm_has_domain(reader->message->realm, address->domain);
}

/* The first mailbox that a value names; with local, the first local one if
 * there is any. */
static bool
name_mailbox(struct reader *reader, struct slice value, struct address *out)
{
	struct arena *arena = reader->message->arena;
	struct addresses list;
	bool cut, found = false;
	size_t i;

	list = address_parse_list(arena, value, ADDRESSES_MAX, &cut);
	for (i = 0; i < list.count; i++) {
		struct address mailbox;

		if (!rewritten_mailbox(arena, &list.at[i], &mailbox))
			continue;
		if (!found || is_local(reader, &mailbox))
			*out = mailbox;
		found = true;
		if (is_local(reader, out))
			break;
	}
	return found;
}

/* "alice@example.com" */
static void
read_address(struct reader *reader)
{
	struct slice value = reader->field->value;
	struct address mailbox;

	if (name_mailbox(reader, value, &mailbox))
		add(reader, value, &mailbox);
}

/* "alice@example.com;tenant" */
static void
read_loop(struct reader *reader)
{
	struct slice rest = reader->field->value, first;
	struct address mailbox;

	if (slice_next(&rest, ';', &first) &&
		name_mailbox(reader, first, &mailbox))
		add(reader, reader->field->value, &mailbox);
}

/* "from alice@example.com to drop@example.net" */
static void
read_from_to(struct reader *reader)
{
	struct slice value = reader->field->value, rest, word;
	struct address mailbox;

	if (!slice_starts_fold(value, SLICE("from ")))
		return;
	rest = slice_trim(slice_sub(value, 5, value.len));
	if (slice_next(&rest, ' ', &word) &&
		name_mailbox(reader, word, &mailbox))
		add(reader, value, &mailbox);
}

static void
read_present(struct reader *reader)
{
	add(reader, reader->field->value, NULL);
}

/* Is one of "a|b" the whole value, or a part of it between commas? */
static bool
holds_word(struct slice value, const char *wants)
{
	struct slice part;

	while (slice_next(&value, ',', &part)) {
		struct slice words = slice_of(wants), word;

		while (slice_next(&words, '|', &word))
			if (slice_equal_fold(slice_trim(part), word))
				return true;
	}
	return false;
}

static void
read_word(struct reader *reader)
{
	if (holds_word(reader->field->value, reader->mark->wants))
		add(reader, reader->field->value, NULL);
}

/* Exchange's rules agent writes as the mailbox whose rule it is. */
static void
read_rules_agent(struct reader *reader)
{
	const struct addresses *from = &reader->message->from;

	if (holds_word(reader->field->value, reader->mark->wants))
		add(reader, reader->field->value,
			from->count > 0 ? &from->at[0] : NULL);
}

/*
 * Lists and people resend, too, and an outsider may write Resent-From. It
 * tells of us if a line of ours stands below it, or if it stands right below
 * a newest line written by Microsoft's server, where Exchange puts it.
 */
static void
read_resent_from(struct reader *reader)
{
	const struct message *message = reader->message;
	size_t index = reader->field->index;
	struct address mailbox;
	size_t before = reader->marks->count;

	if (message->hop_count == 0 ||
		index > message->hops[message->hop_count - 1].field_index ||
		!name_mailbox(reader, reader->field->value, &mailbox))
		return;
	add(reader, reader->field->value, &mailbox);
	if (reader->marks->count > before && message->hop_count > 1 &&
		index < message->hops[1].field_index &&
		slice_starts_fold(message->hops[0].with, SLICE("Microsoft")))
		reader->marks->at[before].standing = STANDING_COUNTS;
}

static void
read_forwarded_to(struct reader *reader)
{
	if (reader->marks->forwarded_to.p != NULL)
		return;
	reader->marks->forwarded_to = reader->field->value;
	reader->marks->forwarded_index = reader->field->index;
}

static void
read_forwarded_for(struct reader *reader)
{
	if (reader->marks->forwarded_for.p == NULL)
		reader->marks->forwarded_for = reader->field->value;
}

static void
read_sieve_action(struct reader *reader)
{
	if (reader->marks->sieve_redirect ||
		!holds_word(reader->field->value, reader->mark->wants))
		return;
	reader->marks->sieve_redirect = true;
	reader->marks->sieve_index = reader->field->index;
}

/* RFC 3834 section 5, RFC 5436 section 2.7.1 */
static void
read_auto_submitted(struct reader *reader)
{
	struct arena *arena = reader->message->arena;
	struct slice value = reader->field->value;
	struct slice word = field_main(arena, value), owner;
	struct marks *marks = reader->marks;
	struct address mailbox;

	if (slice_equal_fold(word, SLICE("auto-replied")))
		marks->auto_replied = true;
	else if (slice_equal_fold(word, SLICE("auto-generated")))
		marks->auto_generated = true;
	if (!slice_equal_fold(word, SLICE("auto-notified")))
		return;
	marks->auto_notified = true;
	owner = field_param(arena, value, SLICE("owner-email"));
	if (owner.len > 0 && name_mailbox(reader, owner, &mailbox))
		add(reader, value, &mailbox);
	else
		add(reader, value, NULL);
}

static void
read_auto_reply(struct reader *reader)
{
	if (!slice_equal_fold(reader->field->value, SLICE("no")))
		reader->marks->auto_replied = true;
}

static void
read_suppress(struct reader *reader)
{
	reader->marks->suppress = true;
}

static void
read_calendar(struct reader *reader)
{
	reader->marks->calendar = true;
}

static void
read_content_type(struct reader *reader)
{
	struct slice type =
		field_main(reader->message->arena, reader->field->value);

	if (slice_equal_fold(type, SLICE("text/calendar")))
		reader->marks->calendar = true;
	if (slice_equal_fold(type, SLICE("multipart/report")))
		reader->marks->report = true;
}

/* "Announcements <announce.example.com>": the domain is the identifier's end
 * (RFC 2919). */
static void
read_list_id(struct reader *reader)
{
	struct slice value = reader->field->value, name;
	struct arena *arena = reader->message->arena;
	size_t from = slice_find_byte(value, '<', 0), dot;

	from = from == SLICE_NONE ? 0 : from + 1;
	name = slice_sub(value, from, slice_find_byte(value, '>', from));
	name = address_domain(arena, slice_trim(name));
	for (dot = slice_find_byte(name, '.', 0); dot != SLICE_NONE;
		dot = slice_find_byte(name, '.', dot + 1))
		if (realm_has_domain(reader->message->realm,
			    slice_sub(name, dot + 1, name.len)))
			reader->marks->list_local = true;
}

/* "<mailto:announce@example.com?subject=x>" (RFC 2369) */
static void
read_list_mailto(struct reader *reader)
{
	struct slice value = reader->field->value, path;
	size_t from = slice_find_fold(value, SLICE("mailto:"));
	struct address list;
	size_t end;

	if (from == SLICE_NONE)
		return;
	path = slice_sub(value, from + 7, slice_find_byte(value, '>', from));
	end = slice_find_byte(path, '?', 0);
	path = slice_sub(path, 0, end);
	if (!address_parse_path(reader->message->arena, path, &list) ||
		!is_local(reader, &list))
		return;
	reader->marks->list_local = true;
	if (slice_equal_fold(reader->field->name, SLICE("List-Post")))
		reader->marks->list_address = list;
}

/* Is a host named in a result ours: the MTA itself, or of a local domain? */
static bool
is_own_host(struct reader *reader, struct slice host)
{
	const struct message *message = reader->message;
	struct slice domain;

	host = slice_trim(host);
	if (host.len == 0)
		return false;
	domain = address_domain(message->arena, host);
	return slice_equal_fold(host, message->client.mta) ||
		realm_has_domain(message->realm, domain);
}

/* RFC 8601 section 2.2: the authserv-id stands first, maybe with a version
 * after it. Who wrote the message needs no such check by us. */
static void
read_results(struct reader *reader)
{
	struct slice rest = reader->field->value, host, word;

	if (reader->message->from_local || !slice_next(&rest, ';', &host))
		return;
	host = slice_trim(host);
	if (slice_next(&host, ' ', &word) && is_own_host(reader, word))
		add(reader, reader->field->value, NULL);
}

/* RFC 8617 section 4.1.1: "i=1; authserv-id; ..." */
static void
read_arc_results(struct reader *reader)
{
	struct slice rest = reader->field->value, instance, host;

	if (!reader->message->from_local && slice_next(&rest, ';', &instance) &&
		slice_next(&rest, ';', &host) && is_own_host(reader, host))
		add(reader, reader->field->value, NULL);
}

/* Mail.ru's two fields mean something only together. */
static void
read_mailru(struct reader *reader)
{
	struct address mailbox;

	if (slice_equal_fold(reader->field->name, SLICE("X-MailRu-Forward")))
		reader->marks->mailru = true;
	else if (name_mailbox(reader, reader->field->value, &mailbox))
		reader->marks->resent_from = mailbox;
	if (!reader->marks->mailru || reader->marks->resent_from.text.len == 0)
		return;
	add(reader, reader->field->value, &reader->marks->resent_from);
	reader->marks->mailru = false;
}

#define TRACE EVIDENCE_DELIVERED_TO
#define VENDOR EVIDENCE_OTHER_VENDOR
#define SIGN EVIDENCE_COUNT /* of no evidence: its reader keeps it apart */

#define ROW(text)                        \
	{                                \
		(text), sizeof(text) - 1 \
	}

/* Sorted by length; a test keeps it so. No name ends in a sign whose bit 0x20
 * could be taken for a letter's case. */
static const struct mark marks[] = {
	{ROW("list-id"), read_list_id, SIGN, PLACE_TOP, 0, NULL, NULL},
	{ROW("list-post"), read_list_mailto, SIGN, PLACE_TOP, 0, NULL, NULL},
	{ROW("envelope-to"), read_address, TRACE, PLACE_TOP, 0, "exim", NULL},
	{ROW("resent-from"), read_resent_from, EVIDENCE_RESENT_FROM, PLACE_TOP,
		0, NULL, NULL},
	{ROW("x-autoreply"), read_auto_reply, SIGN, PLACE_TOP, 0, NULL, NULL},
	{ROW("content-type"), read_content_type, SIGN, PLACE_TOP, 0, NULL,
		NULL},
	{ROW("delivered-to"), read_address, TRACE, PLACE_TOP, 0, NULL, NULL},
	{ROW("from-rewrite"), read_present, VENDOR, PLACE_ANYWHERE, 60,
		"cpanel", NULL},
	{ROW("x-resentfrom"), read_mailru, VENDOR, PLACE_ANYWHERE, 90, "mailru",
		NULL},
	{ROW("autoforwarded"), read_word, EVIDENCE_AUTO_FORWARDED,
		PLACE_ANYWHERE, 0, "x400", "true"},
	{ROW("x-autorespond"), read_auto_reply, SIGN, PLACE_TOP, 0, NULL, NULL},
	{ROW("x-original-to"), read_address, TRACE, PLACE_TOP, 75, NULL, NULL},
	{ROW("auto-submitted"), read_auto_submitted, EVIDENCE_AUTO_NOTIFIED,
		PLACE_ANYWHERE, 0, NULL, NULL},
	{ROW("x-delivered-to"), read_address, TRACE, PLACE_TOP, 0, NULL, NULL},
	{ROW("x-forwarded-to"), read_forwarded_to, SIGN, PLACE_TOP, 0, NULL,
		NULL},
	{ROW("x-ld-processed"), read_word, EVIDENCE_EXT_FWD, PLACE_ANYWHERE, 0,
		NULL, "ExtFwd"},
	{ROW("x-sieve-action"), read_sieve_action, SIGN, PLACE_TOP, 0, NULL,
		"redirect"},
	{ROW("x-autogenerated"), read_word, VENDOR, PLACE_ANYWHERE, 80,
		"communigate", "Forward|Redirect|Mirror"},
	{ROW("x-forwarded-for"), read_forwarded_for, SIGN, PLACE_TOP, 0, NULL,
		NULL},
	{ROW("list-unsubscribe"), read_list_mailto, SIGN, PLACE_TOP, 0, NULL,
		NULL},
	{ROW("x-gm-original-to"), read_address, VENDOR, PLACE_TOP, 85, "gmail",
		NULL},
	{ROW("x-mailru-forward"), read_mailru, VENDOR, PLACE_ANYWHERE, 90,
		"mailru", NULL},
	{ROW("x-yahoo-forwarded"), read_from_to, VENDOR, PLACE_ANYWHERE, 90,
		"yahoo", NULL},
	{ROW("x-simplelogin-type"), read_word, VENDOR, PLACE_ANYWHERE, 70,
		"simplelogin", "Forward"},
	{ROW("x-zimbra-forwarded"), read_address, EVIDENCE_ZIMBRA_FORWARDED,
		PLACE_ANYWHERE, 0, NULL, NULL},
	{ROW("x-pm-forwarded-from"), read_address, VENDOR, PLACE_ANYWHERE, 90,
		"proton", NULL},
	{ROW("authentication-results"), read_results, EVIDENCE_OWN_RESULTS,
		PLACE_ANYWHERE, 0, NULL, NULL},
	{ROW("x-hmailserver-loopcount"), read_present, VENDOR, PLACE_ANYWHERE,
		60, "hmailserver", NULL},
	{ROW("x-sieve-redirected-from"), read_address,
		EVIDENCE_SIEVE_REDIRECTED_FROM, PLACE_TOP, 0, NULL, NULL},
	{ROW("x-auto-response-suppress"), read_suppress, SIGN, PLACE_TOP, 0,
		NULL, NULL},
	{ROW("arc-authentication-results"), read_arc_results,
		EVIDENCE_OWN_RESULTS, PLACE_ANYWHERE, 0, NULL, NULL},
	{ROW("x-ms-exchange-forwardingloop"), read_loop,
		EVIDENCE_FORWARDING_LOOP, PLACE_ANYWHERE, 0, NULL, NULL},
	{ROW("x-ms-exchange-inbox-rules-loop"), read_address,
		EVIDENCE_INBOX_RULES_LOOP, PLACE_ANYWHERE, 0, NULL, NULL},
	{ROW("x-ms-exchange-transport-rules-loop"), read_present,
		EVIDENCE_TRANSPORT_RULES_LOOP, PLACE_ANYWHERE, 0, NULL, NULL},
	{ROW("x-ms-exchange-calendar-originator-id"), read_calendar, SIGN,
		PLACE_TOP, 0, NULL, NULL},
	{ROW("x-ms-exchange-generated-message-source"), read_rules_agent,
		EVIDENCE_MAILBOX_RULES_AGENT, PLACE_ANYWHERE, 0, NULL,
		"Mailbox Rules Agent"},
	{ROW("x-ms-exchange-organization-autoforwarded"), read_word,
		EVIDENCE_AUTO_FORWARDED, PLACE_ANYWHERE, 0, NULL, "true"},
	{ROW("x-ms-exchange-calendar-series-instance-id"), read_calendar, SIGN,
		PLACE_TOP, 0, NULL, NULL},
};

#define MARK_COUNT (sizeof marks / sizeof *marks)

#define NAME_BYTES_MAX 48

/* Where the rows of each length begin, made anew for each message: it costs
 * less than two searches among all rows. */
struct lengths {
	unsigned char first[NAME_BYTES_MAX + 2];
};

static void
index_lengths(struct lengths *lengths)
{
	size_t len = 0, row;

	for (row = 0; row < MARK_COUNT; row++)
		while (len <= marks[row].name.len)
			lengths->first[len++] = (unsigned char)row;
	while (len < sizeof lengths->first)
		lengths->first[len++] = MARK_COUNT;
}

static const struct mark *
find_mark(const struct lengths *lengths, struct slice name)
{
	size_t row;

	if (name.len == 0 || name.len > NAME_BYTES_MAX)
		return NULL;
	for (row = lengths->first[name.len]; row < lengths->first[name.len + 1];
		row++) {
		struct slice want = marks[row].name;

		/* Names differ near their ends, not in "X-MS-Exchange-". */
		if ((name.p[name.len - 1] | 0x20) == want.p[name.len - 1] &&
			slice_equal_fold(name, want))
			return &marks[row];
	}
	return NULL;
}

void
marks_read(const struct message *message, const struct custody *custody,
	struct marks *out)
{
	struct reader reader = {
		.message = message, .custody = custody, .marks = out};
	struct lengths lengths;
	size_t i;

	index_lengths(&lengths);
	memset(out, 0, offsetof(struct marks, at));
	for (i = 0; i < message->field_count; i++) {
		reader.mark = find_mark(&lengths, message->fields[i].name);
		if (reader.mark == NULL)
			continue;
		reader.field = &message->fields[i];
		reader.mark->read(&reader);
	}
}

const char *
marks_name(size_t index)
{
	return marks[index].name.p;
}

size_t
marks_names(void)
{
	return MARK_COUNT;
}
