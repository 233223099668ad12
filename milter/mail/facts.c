/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header fields that facts are read from. Of the two dozen fields of a
 * message few are in the table, so it is laid out by the length of the name:
 * most names are turned away after looking at a row or two.
 */
#include "mail/facts.h"

#include <string.h>

#define FIRST_HOPS 4

typedef void take_fn(struct facts *, const struct field *);

/* The addresses of a field behind those of an earlier one of its name: two
 * From fields are two places to hide an author in. */
static void
add_addresses(
	struct facts *facts, const struct field *field, struct addresses *list)
{
	struct arena *arena = facts->arena;
	struct addresses more;
	struct address *at;
	bool cut;

	more = address_parse_list(
		arena, field->value, facts->address_limit, &cut);
	if (cut)
		facts->cut = true;
	for (size_t i = 0; i < more.count; i++) {
		if (more.at[i].broken)
			facts->broken = true;
	}
	if (list->count == 0) {
		*list = more;
		return;
	}
	if (more.count > facts->address_limit - list->count) {
		more.count = facts->address_limit - list->count;
		facts->cut = true;
	}
	if (more.count == 0)
		return;
	at = arena_array(arena, list->count + more.count, sizeof(*at));
	if (at == NULL) {
		facts->full = true;
		return;
	}
	memcpy(at, list->at, list->count * sizeof(*at));
	memcpy(at + list->count, more.at, more.count * sizeof(*at));
	*list = (struct addresses){at, list->count + more.count};
}

static void
take_from(struct facts *facts, const struct field *field)
{
	add_addresses(facts, field, &facts->from);
}

static void
take_reply_to(struct facts *facts, const struct field *field)
{
	add_addresses(facts, field, &facts->reply_to);
}

static void
take_to(struct facts *facts, const struct field *field)
{
	add_addresses(facts, field, &facts->to);
}

static void
take_cc(struct facts *facts, const struct field *field)
{
	add_addresses(facts, field, &facts->cc);
}

static void
take_sender(struct facts *facts, const struct field *field)
{
	struct addresses list = {0};

	if (!slice_is_absent(facts->sender.text))
		return;
	add_addresses(facts, field, &list);
	if (list.count > 0)
		facts->sender = list.at[0];
}

static void
take_subject(struct facts *facts, const struct field *field)
{
	if (slice_is_absent(facts->subject))
		facts->subject = field->text;
}

static void
take_message_id(struct facts *facts, const struct field *field)
{
	struct slice id = field->value;
	size_t from = slice_find_byte(id, '<', 0), to;

	if (!slice_is_absent(facts->message_id))
		return;
	if (from != SLICE_NONE) {
		to = slice_find_byte(id, '>', from);
		id = slice_trim(slice_sub(id, from + 1, to));
	}
	if (id.len > 0)
		facts->message_id = id;
}

/* Room for one more hop; false when the arena is full. */
static bool
reserve_hop(struct facts *facts)
{
	size_t size = facts->hop_size > 0 ? 2 * facts->hop_size : FIRST_HOPS;
	struct received *hops;

	if (facts->hop_count < facts->hop_size)
		return true;
	hops = arena_array(facts->arena, size, sizeof(*hops));
	if (hops == NULL)
		return false;
	if (facts->hop_count > 0)
		memcpy(hops, facts->hops, facts->hop_count * sizeof(*hops));
	facts->hops = hops;
	facts->hop_size = size;
	return true;
}

static void
take_received(struct facts *facts, const struct field *field)
{
	struct received *hop;

	if (!reserve_hop(facts)) {
		facts->full = true;
		return;
	}
	hop = &facts->hops[facts->hop_count++];
	if (!received_parse(facts->arena, field->value, hop))
		facts->full = true;
	hop->field_index = field->index;
}

static bool
is_main(struct facts *facts, const struct field *field, struct slice word)
{
	return slice_equal_fold(field_main(facts->arena, field->value), word);
}

/* RFC 3462, RFC 1847, RFC 8551: what is signed alone is no secret. */
static void
take_content_type(struct facts *facts, const struct field *field)
{
	struct slice type;

	if (facts->has_content_type)
		return;
	facts->has_content_type = true;
	type = field_main(facts->arena, field->value);
	if (slice_equal_fold(type, SLICE("multipart/report")))
		facts->report = true;
	if (slice_equal_fold(type, SLICE("multipart/encrypted")))
		facts->encrypted = true;
	if (slice_equal_fold(type, SLICE("application/pkcs7-mime")) ||
		slice_equal_fold(type, SLICE("application/x-pkcs7-mime"))) {
		struct slice smime = field_param(
			facts->arena, field->value, SLICE("smime-type"));

		facts->encrypted = slice_is_absent(smime) ||
			slice_ends_fold(smime, SLICE("enveloped-data"));
	}
}

static void
take_list(struct facts *facts, const struct field *field)
{
	if (field->value.len > 0)
		facts->list = true;
}

static void
take_precedence(struct facts *facts, const struct field *field)
{
	if (is_main(facts, field, SLICE("list")))
		facts->list = true;
	if (is_main(facts, field, SLICE("auto_reply")))
		facts->auto_reply = true;
}

/* RFC 3834 section 5. */
static void
take_auto_submitted(struct facts *facts, const struct field *field)
{
	if (is_main(facts, field, SLICE("auto-replied")))
		facts->auto_reply = true;
}

/* CommuniGate: Reply, Forward, Redirect, Mirror. */
static void
take_autogenerated(struct facts *facts, const struct field *field)
{
	if (is_main(facts, field, SLICE("Reply")))
		facts->auto_reply = true;
}

static void
take_autoreply(struct facts *facts, const struct field *field)
{
	if (field->value.len > 0 && !is_main(facts, field, SLICE("no")))
		facts->auto_reply = true;
}

static void
take_suppress(struct facts *facts, const struct field *field)
{
	(void)field;
	facts->suppress = true;
}

#define NAME_BYTES_MAX 24
#define NAMES_OF_LENGTH 3

struct row {
	const char *name;
	take_fn *take;
};

static const struct row rows[NAME_BYTES_MAX + 1][NAMES_OF_LENGTH] = {
	[2] = {{"to", take_to}, {"cc", take_cc}},
	[4] = {{"from", take_from}},
	[6] = {{"sender", take_sender}},
	[7] = {{"subject", take_subject}, {"list-id", take_list}},
	[8] = {{"received", take_received}, {"reply-to", take_reply_to}},
	[9] = {{"list-post", take_list}},
	[10] = {{"message-id", take_message_id},
		{"precedence", take_precedence}},
	[11] = {{"x-autoreply", take_autoreply}, {"x-beenthere", take_list}},
	[12] = {{"content-type", take_content_type},
		{"mailing-list", take_list}},
	[13] = {{"x-autorespond", take_autoreply}},
	[14] = {{"auto-submitted", take_auto_submitted},
		{"x-mailing-list", take_list}},
	[15] = {{"x-autogenerated", take_autogenerated}},
	[16] = {{"x-mail-autoreply", take_autoreply}},
	[24] = {{"x-auto-response-suppress", take_suppress}},
};

static take_fn *
find_taker(struct slice name)
{
	const struct row *row;

	if (name.len > NAME_BYTES_MAX)
		return NULL;
	row = rows[name.len];
	for (size_t i = 0; i < NAMES_OF_LENGTH && row[i].name != NULL; i++) {
		if ((name.p[0] | 0x20) == row[i].name[0] &&
			slice_equal_fold(
				name, (struct slice){row[i].name, name.len}))
			return row[i].take;
	}
	return NULL;
}

bool
facts_want(struct slice name)
{
	return find_taker(name) != NULL;
}

void
facts_take(struct facts *facts, const struct field *field)
{
	take_fn *take = find_taker(field->name);

	if (take != NULL)
		take(facts, field);
}
