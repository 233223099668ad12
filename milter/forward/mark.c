/* SPDX-License-Identifier: BSD-2-Clause */
/* Readers of the fields that forwarders and deliveries write. */
#include "forward/mark.h"

#include "forward/mailbox.h"
#include "mail/address_list.h"

#define ADDRESSES_MAX 4

static unsigned char
confidence_of(const struct mark_row *mark)
{
	return mark->confidence != 0 ? mark->confidence
				     : evidence_row(mark->evidence)->confidence;
}

/* Fields that repeat one another are kept once, as the surest of them. */
static bool
repeats(const struct mark_reader *reader, const struct address *mailbox)
{
	struct marks *marks = reader->marks;

	for (size_t i = 0; i < marks->count; i++) {
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
has_room(const struct mark_reader *reader)
{
	const struct marks *marks = reader->marks;
	size_t i, same = 0;

	for (i = 0; i < marks->count; i++)
		same += marks->at[i].evidence == reader->mark->evidence;
	return marks->count < MARKS_MAX && same < MARKS_PER_EVIDENCE_MAX;
}

void
mark_add(struct mark_reader *reader, struct slice value,
	const struct address *mailbox)
{
	const struct mark_row *mark = reader->mark;
	const struct evidence_row *row = evidence_row(mark->evidence);
	struct marks *marks = reader->marks;
	struct observation *seen;

	if ((mailbox != NULL && repeats(reader, mailbox)) || !has_room(reader))
		return;
	seen = &marks->at[marks->count++];
	*seen = (struct observation){.evidence = mark->evidence,
		.value = value,
		.delay_ms = -1,
		.bare = mark->bare,
		.index = reader->field->index,
		.inside = custody_holds(reader->custody, reader->field->index),
		.platform =
			mark->platform != NULL ? mark->platform : row->platform,
		.confidence = confidence_of(mark)};
	if (mailbox != NULL)
		seen->mailbox = *mailbox;
	if (seen->inside)
		return;
	if (mark->place == MARK_TOP)
		seen->standing = STANDING_OUTSIDE;
	if (seen->confidence > MARKS_OUTSIDE_CONFIDENCE_MAX)
		seen->confidence = MARKS_OUTSIDE_CONFIDENCE_MAX;
}

bool
mark_is_local(const struct mark_reader *reader, const struct address *address)
{
	return realm_has_domain(reader->message->realm, address->domain);
}

/* The first mailbox that a value names; with local, the first local one if
 * there is any. */
bool
mark_names(struct mark_reader *reader, struct slice value, struct address *out)
{
	struct arena *arena = reader->message->arena;
	struct addresses list;
	bool cut, found = false;

	list = address_list_parse(arena, value, ADDRESSES_MAX, &cut);
	for (size_t i = 0; i < list.count; i++) {
		struct address mailbox;

		if (!mailbox_find(reader->message->realm, arena, &list.at[i],
			    &mailbox))
			continue;
		if (!found || mark_is_local(reader, &mailbox))
			*out = mailbox;
		found = true;
		if (mark_is_local(reader, out))
			break;
	}
	return found;
}

/* Is one of "a|b" the whole value, or a part of it between commas? */
static bool
holds(struct slice value, const char *wants)
{
	struct slice part;

	while (slice_next(&value, ',', &part)) {
		struct slice words = slice_of(wants), word;

		while (slice_next(&words, '|', &word)) {
			if (slice_equal_fold(slice_trim(part), word))
				return true;
		}
	}
	return false;
}

/* "alice@example.com" */
void
mark_read_address(struct mark_reader *reader)
{
	struct slice value = reader->field->value;
	struct address mailbox;

	if (mark_names(reader, value, &mailbox))
		mark_add(reader, value, &mailbox);
}

/* "alice@example.com;tenant" */
void
mark_read_loop(struct mark_reader *reader)
{
	struct slice rest = reader->field->value, first;
	struct address mailbox;

	if (slice_next(&rest, ';', &first) &&
		mark_names(reader, first, &mailbox))
		mark_add(reader, reader->field->value, &mailbox);
}

/* "from alice@example.com to drop@example.net" */
void
mark_read_from_to(struct mark_reader *reader)
{
	struct slice value = reader->field->value, rest, word;
	struct address mailbox;

	if (!slice_starts_fold(value, SLICE("from ")))
		return;
	rest = slice_trim(slice_sub(value, 5, value.len));
	if (slice_next(&rest, ' ', &word) && mark_names(reader, word, &mailbox))
		mark_add(reader, value, &mailbox);
}

static void
add_bare(struct mark_reader *reader)
{
	size_t before = reader->marks->count;

	mark_add(reader, reader->field->value, NULL);
	if (reader->marks->count > before)
		reader->marks->at[before].bare = true;
}

void
mark_read_present(struct mark_reader *reader)
{
	add_bare(reader);
}

/* "rewritten was: [bob@partner.example], actual sender is not the same": a
 * foreign address there was another's mail; ours are on all mail of users. */
void
mark_read_from_rewrite(struct mark_reader *reader)
{
	struct slice value = reader->field->value, inside;
	size_t from = slice_find_byte(value, '[', 0);
	struct address address;

	if (from == SLICE_NONE)
		return;
	inside = slice_sub(value, from + 1, slice_find_byte(value, ']', from));
	if (mark_names(reader, inside, &address) &&
		!mark_is_local(reader, &address))
		add_bare(reader);
}

/* Power Automate and Logic Apps write as the mailbox whose flow it is. */
void
mark_read_operation(struct mark_reader *reader)
{
	const struct addresses *from = &reader->message->from;
	struct address mailbox;

	if (holds(reader->field->value, reader->mark->wants) &&
		from->count > 0 &&
		mark_names(reader, from->at[0].text, &mailbox))
		mark_add(reader, reader->field->value, &mailbox);
}

void
mark_read_word(struct mark_reader *reader)
{
	if (holds(reader->field->value, reader->mark->wants))
		mark_add(reader, reader->field->value, NULL);
}

/* Exchange's rules agent writes as the mailbox whose rule it is. */
void
mark_read_rules_agent(struct mark_reader *reader)
{
	const struct addresses *from = &reader->message->from;
	struct address mailbox;

	if (slice_equal_fold(reader->field->value, SLICE("Journal Agent"))) {
		reader->marks->journal = true;
	} else if (holds(reader->field->value, reader->mark->wants)) {
		bool named = from->count > 0 &&
			mark_names(reader, from->at[0].text, &mailbox);

		reader->marks->rules_agent = true;
		mark_add(reader, reader->field->value, named ? &mailbox : NULL);
	}
}

/*
 * Lists and people resend, too, and an outsider may write Resent-From. It
 * tells of us if a line of ours stands below it, or if it stands right below
 * a newest line written by Microsoft's server, where Exchange puts it.
 */
void
mark_read_resent_from(struct mark_reader *reader)
{
	const struct message *message = reader->message;
	size_t index = reader->field->index;
	struct address mailbox;
	size_t before = reader->marks->count;

	if (message->hop_count == 0 ||
		index > message->hops[message->hop_count - 1].field_index ||
		!mark_names(reader, reader->field->value, &mailbox))
		return;
	mark_add(reader, reader->field->value, &mailbox);
	if (reader->marks->count > before && message->hop_count > 1 &&
		index < message->hops[1].field_index &&
		slice_starts_fold(message->hops[0].with, SLICE("Microsoft")))
		reader->marks->at[before].standing = STANDING_COUNTS;
}

void
mark_read_forwarded_to(struct mark_reader *reader)
{
	if (reader->marks->forwarded_to.p != NULL)
		return;
	reader->marks->forwarded_to = reader->field->value;
	reader->marks->forwarded_index = reader->field->index;
}

void
mark_read_forwarded_for(struct mark_reader *reader)
{
	if (reader->marks->forwarded_for.p == NULL)
		reader->marks->forwarded_for = reader->field->value;
}

void
mark_read_sieve_action(struct mark_reader *reader)
{
	if (reader->marks->sieve_redirect ||
		!holds(reader->field->value, reader->mark->wants))
		return;
	reader->marks->sieve_redirect = true;
	reader->marks->sieve_index = reader->field->index;
}

/* Mail.ru's two fields mean something only together. */
void
mark_read_mailru(struct mark_reader *reader)
{
	struct address mailbox;

	if (reader->field->id == NAME_X_MAILRU_FORWARD) {
		reader->marks->mailru = true;
	} else if (mark_names(reader, reader->field->value, &mailbox)) {
		reader->marks->resent_from = mailbox;
	}
	if (!reader->marks->mailru || reader->marks->resent_from.text.len == 0)
		return;
	mark_add(reader, reader->field->value, &reader->marks->resent_from);
	reader->marks->mailru = false;
}
