/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ticket is a trace set under the event's id: a member for the listener that
 * issued it, and one for each recipient outside, a digest of what must be the
 * same again. That it is used up is a sliding set of its own, noted in the
 * same round trip in which the ticket is asked for, so that of two copies at
 * the same time one alone gets through.
 *
 * The field is the topmost: ours is put above all that the message came with.
 */
#include "verdict/ticket.h"

#include "base/digest.h"
#include "verdict/keep.h"
#include "verdict/tag.h"

#define MEMBER_BYTES 16
#define CONTENT_PARTS 7
#define USED_POLICY SLICE("ticket")

static struct slice
member(struct arena *arena, char role, const struct slice *parts, size_t count)
{
	const struct slice both[] = {
		{&role, 1}, digest_text(arena, parts, count, MEMBER_BYTES)};

	return arena_join(arena, both, 2);
}

static struct slice
where(const struct message *message)
{
	const struct slice parts[] = {
		message->client.mta, message->client.listener};

	return member(message->arena, 'w', parts, 2);
}

static struct slice
value_of(const struct message *message, enum name name)
{
	const struct field *field = message_first(message, name);

	return field != NULL ? field->value : SLICE("");
}

/* The line in which our side took it from a stranger. */
static struct slice
stranger_hop(const struct message *message, const struct custody *custody)
{
	for (size_t i = 0; i < message->field_count; i++) {
		if (message->fields[i].index == custody->end)
			return message->fields[i].value;
	}
	return SLICE("");
}

/* A sender of ours may be masqueraded between two listeners. */
static struct slice
sender_of(const struct message *message)
{
	return realm_has_domain(message->realm, message->mail_from.domain)
		? SLICE("")
		: message->mail_from.text;
}

/* What all recipients share; content[0] is the recipient's. */
static void
read_content(const struct message *message, const struct custody *custody,
	struct slice content[CONTENT_PARTS])
{
	content[1] = value_of(message, NAME_FROM);
	content[2] = value_of(message, NAME_DATE);
	content[3] = value_of(message, NAME_SUBJECT);
	content[4] = value_of(message, NAME_MESSAGE_ID);
	content[5] = sender_of(message);
	content[6] = stranger_hop(message, custody);
}

/* One for each recipient outside; names has room for TICKET_RCPTS_MAX. */
static size_t
name_recipients(const struct message *message, const struct custody *custody,
	struct slice *names)
{
	struct slice content[CONTENT_PARTS];
	size_t count = 0;

	read_content(message, custody, content);
	for (size_t i = 0; i < message->rcpt_count; i++) {
		const struct recipient *rcpt = &message->rcpts[i];

		if (!rcpt->external)
			continue;
		content[0] = rcpt->address.text;
		names[count++] =
			member(message->arena, 't', content, CONTENT_PARTS);
	}
	return count;
}

static bool
is_for_tickets(const struct message *message)
{
	return message->rcpt_external > 0 &&
		message->rcpt_external <= TICKET_RCPTS_MAX;
}

bool
ticket_issue(const struct message *message, struct slice event_id,
	int64_t ttl_ms, struct store_op *op)
{
	struct custody custody;
	struct slice *names;
	size_t count;

	if (!is_for_tickets(message) || !message->client_ours)
		return false;
	names = arena_array(
		message->arena, message->rcpt_external + 1, sizeof(*names));
	if (names == NULL)
		return false;
	custody = custody_walk(message);
	count = name_recipients(message, &custody, names);
	names[count++] = where(message);
	*op = (struct store_op){.verb = STORE_REMEMBER,
		.remember = {.id = keep_judged_key(message->arena, event_id),
			.members = names,
			.count = count,
			.ttl_ms = ttl_ms}};
	return true;
}

size_t
ticket_ask(const struct message *message, const struct custody *custody,
	struct store_op *ops)
{
	const struct field *field = message_first(message, NAME_X_FORWARDEN);
	struct slice names[TICKET_RCPTS_MAX], id;
	size_t count;

	if (field == NULL || !is_for_tickets(message) ||
		!tag_find_id(field->value, &id))
		return 0;
	id = keep_judged_key(message->arena, id);
	ops[0] = (struct store_op){.verb = STORE_RECALL,
		.recall = {.id = id, .cap = TICKET_OPS_MAX}};
	count = name_recipients(message, custody, names);
	for (size_t i = 0; i < count; i++) {
		ops[i + 1] = (struct store_op){.verb = STORE_NOTE,
			.note = {.group = id,
				.policy = USED_POLICY,
				.member = names[i],
				.window_ms = STORE_DAY_MS,
				.after = -1}};
	}
	return count + 1;
}

static bool
has_member(const struct store_recall *recall, struct slice name)
{
	for (size_t i = 0; i < recall->count; i++) {
		if (slice_equal(recall->members[i].name, name))
			return true;
	}
	return false;
}

enum ticket
ticket_check(const struct message *message, const struct custody *custody,
	const struct store_op *ops, size_t count)
{
	const struct store_recall *recall = &ops[0].recall;
	struct slice names[TICKET_RCPTS_MAX];
	size_t named;

	if (count == 0)
		return message->tag_count > 0 ? TICKET_FORGED : TICKET_NONE;
	if (has_member(recall, where(message)))
		return TICKET_FORGED;
	named = name_recipients(message, custody, names);
	for (size_t i = 0; i < named; i++) {
		if (!has_member(recall, names[i]) || !ops[i + 1].note.fresh)
			return TICKET_FORGED;
	}
	return TICKET_GOOD;
}
