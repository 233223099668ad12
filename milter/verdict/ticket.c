/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ticket is a trace set under the event's id: a member for the listener that
 * issued it, one for the queue id it was issued under, and one for each
 * recipient outside, a digest of what must be the same again. Who used it is a
 * sliding set of its own for each recipient, noted in the same round trip in
 * which the ticket is asked for, so that of two copies at the same time one
 * alone gets through.
 *
 * Listeners may have the same name, or none: Postfix calls all of them after
 * the host unless it is told otherwise. What our own line, above all that a
 * person wrote, says of host and queue id tells as well that the message came
 * from there; and it is by that line that the MTA may try once more where its
 * first attempt failed after we had let it go.
 *
 * The field is the topmost: ours is put above all that the message came with.
 */
#include "verdict/ticket.h"

#include "base/digest.h"
#include "forward/trace.h"
#include "verdict/keep.h"
#include "verdict/tag.h"

#define MEMBER_BYTES 16
#define CONTENT_PARTS 7
#define USED_POLICY SLICE("ticket")
#define NOBODY SLICE("-")
#define LINES_MAX 4 /* of our own that are looked at */

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
queued_as(const struct message *message, struct slice queue)
{
	return member(message->arena, 'q', &queue, 1);
}

/* Host and queue id of one of our own lines; absent where the line is the word
 * of whoever handed the message in. */
static struct slice
own_queue(const struct message *message, const struct custody *custody,
	size_t number)
{
	const struct received *hop = &message->hops[number];

	return hop->field_index < custody->handed
		? trace_queue_id(message->arena, hop->by, hop->id)
		: (struct slice){NULL, 0};
}

/* Whose queue brings it; absent: nobody's of ours. */
static struct slice
bearer(const struct message *message, const struct custody *custody)
{
	return custody->hops > 0 ? own_queue(message, custody, 0)
				 : (struct slice){NULL, 0};
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
	content[1] = message_value(message, NAME_FROM);
	content[2] = message_value(message, NAME_DATE);
	content[3] = message_value(message, NAME_SUBJECT);
	content[4] = message_value(message, NAME_MESSAGE_ID);
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
	struct slice *names, queue;
	size_t count;

	if (!is_for_tickets(message) || !message->client_ours)
		return false;
	names = arena_array(
		message->arena, message->rcpt_external + 2, sizeof(*names));
	if (names == NULL)
		return false;
	custody = custody_walk(message);
	count = name_recipients(message, &custody, names);
	names[count++] = where(message);
	queue = trace_queue_id(
		message->arena, message->client.mta, message->queue_id);
	if (queue.len > 0)
		names[count++] = queued_as(message, queue);
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
	struct slice names[TICKET_RCPTS_MAX], id, who;
	size_t count;

	if (field == NULL || !is_for_tickets(message) ||
		!tag_find_id(field->value, &id))
		return 0;
	id = keep_judged_key(message->arena, id);
	ops[0] = (struct store_op){.verb = STORE_RECALL,
		.recall = {.id = id, .cap = TICKET_OPS_MAX + 1}};
	count = name_recipients(message, custody, names);
	who = bearer(message, custody);
	for (size_t i = 0; i < count; i++) {
		ops[i + 1] = (struct store_op){.verb = STORE_NOTE,
			.note = {.group = arena_printf(message->arena,
					 "%.*s:%.*s", SLICE_ARG(id),
					 SLICE_ARG(names[i])),
				.policy = USED_POLICY,
				.member = who.len > 0 ? queued_as(message, who)
						      : NOBODY,
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

/* Does a line of our own say that it passed the listener that issued it? */
static bool
came_from(const struct message *message, const struct custody *custody,
	const struct store_recall *recall)
{
	for (size_t i = 0; i < custody->hops && i < LINES_MAX; i++) {
		struct slice queue = own_queue(message, custody, i);

		if (queue.len > 0 &&
			has_member(recall, queued_as(message, queue)))
			return true;
	}
	return false;
}

/* By another than who bears it now? */
static bool
is_used(const struct message *message, const struct custody *custody,
	const struct note *note)
{
	if (note->before == 0)
		return false;
	return note->fresh || note->count > 1 ||
		bearer(message, custody).len == 0;
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
	if (has_member(recall, where(message)) &&
		!came_from(message, custody, recall))
		return TICKET_FORGED;
	named = name_recipients(message, custody, names);
	for (size_t i = 0; i < named; i++) {
		if (!has_member(recall, names[i]) ||
			is_used(message, custody, &ops[i + 1].note))
			return TICKET_FORGED;
	}
	return TICKET_GOOD;
}
