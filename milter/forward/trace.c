/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace: what a delivery leaves in the store, and what a message that
 * leaves asks the store for. Both use the same ids.
 */
#include "forward/trace.h"

#include "base/codec.h"
#include "base/digest.h"
#include "forward/rewritten.h"

/* [MS-OXOMSG] 2.2.1.3: a conversation index begins with 22 bytes that all
 * messages of the thread share. */
#define THREAD_ROOT_BYTES 22
#define THREAD_ROOT_CHARS 30 /* of base64, that hold them */
#define TRACE_HASH_BYTES 8

struct questions {
	struct trace_question *at;
	size_t count, limit;
};

static void
add_question(struct questions *all, struct slice id, enum memory_of of)
{
	if (id.len == 0 || all->count == all->limit)
		return;
	for (size_t i = 0; i < all->count; i++) {
		if (slice_equal(all->at[i].id, id))
			return;
	}
	all->at[all->count++] = (struct trace_question){id, of};
}

/* The text between the last or the first pair of angle brackets. */
static struct slice
cut_id(struct slice value, bool last)
{
	size_t from = slice_find_byte(value, '<', 0), next, to;

	if (from == SLICE_NONE)
		return (struct slice){NULL, 0};
	while (last &&
		(next = slice_find_byte(value, '<', from + 1)) != SLICE_NONE)
		from = next;
	to = slice_find_byte(value, '>', from);
	if (to == SLICE_NONE)
		return (struct slice){NULL, 0};
	return slice_trim(slice_sub(value, from + 1, to));
}

static struct slice
thread_id(struct arena *arena, struct slice value)
{
	struct slice text = slice_sub(value, 0, THREAD_ROOT_CHARS);
	char hex[THREAD_ROOT_BYTES * 2 + 1] = "";
	struct buf root = {0};

	if (codec_is_base64(text))
		codec_add_base64_decoded(&root, text);
	if (root.len == THREAD_ROOT_BYTES)
		codec_hex((const unsigned char *)root.p, root.len, hex);
	buf_fini(&root);
	return hex[0] != '\0' ? arena_printf(arena, "thread:%s", hex)
			      : (struct slice){NULL, 0};
}

static void
add_first(const struct message *message, struct questions *all,
	struct slice value)
{
	(void)message;
	add_question(all, cut_id(value, false), MEMORY_REFERENCE);
}

static void
add_last(const struct message *message, struct questions *all,
	struct slice value)
{
	(void)message;
	add_question(all, cut_id(value, true), MEMORY_REFERENCE);
}

static void
add_thread(const struct message *message, struct questions *all,
	struct slice value)
{
	add_question(all, thread_id(message->arena, value), MEMORY_THREAD);
}

/* Fields that refer to another message, the surest first. */
static const struct {
	enum name name;
	void (*add)(const struct message *, struct questions *, struct slice);
} references[] = {
	{NAME_X_FORWARDED_MESSAGE_ID, add_last},
	{NAME_X_MS_EXCHANGE_PARENT_MESSAGE_ID, add_first},
	{NAME_REFERENCES, add_last},
	{NAME_IN_REPLY_TO, add_first},
	{NAME_THREAD_INDEX, add_thread},
};
#define REFERENCE_COUNT (sizeof(references) / sizeof(*references))

size_t
trace_questions(const struct message *message, struct trace_question *questions,
	size_t limit)
{
	struct questions found = {questions, 0, limit};
	const struct field *field;

	if (message->rcpt_external == 0 || !message->client_ours)
		return 0;
	add_question(&found, message->message_id, MEMORY_OWN);
	for (size_t row = 0; row < REFERENCE_COUNT; row++) {
		field = message_first(message, references[row].name);
		if (field != NULL)
			references[row].add(message, &found, field->value);
	}
	return found.count;
}

size_t
trace_ids(
	const struct message *message, struct trace_question *ids, size_t limit)
{
	struct questions found = {ids, 0, limit};
	const struct field *thread;

	if (message->rcpt_external == message->rcpt_count)
		return 0;
	add_question(&found, message->message_id, MEMORY_OWN);
	thread = message_first(message, NAME_THREAD_INDEX);
	if (thread != NULL)
		add_thread(message, &found, thread->value);
	return found.count;
}

struct slice
trace_hash(struct arena *arena, const struct address *address)
{
	unsigned char digest[DIGEST_BYTES];
	char hex[TRACE_HASH_BYTES * 2 + 1];

	if (!digest_parts(&address->text, 1, digest))
		return (struct slice){NULL, 0};
	codec_hex(digest, TRACE_HASH_BYTES, hex);
	return arena_copy(arena, slice_of(hex));
}

/* From, Reply-To and the envelope sender are one address as a rule; the
 * first few are remembered, so that it is hashed once. */
#define HASHED_MAX 8

struct members {
	const struct message *message;
	struct arena *arena;
	struct trace_member *at;
	size_t count, limit;
	struct slice hashed[HASHED_MAX]; /* their keys */
	size_t hashed_count;
};

static void
add_member(struct members *members, enum trace_role role, struct slice who)
{
	if (who.len == 0 || members->count == members->limit)
		return;
	members->at[members->count++] =
		(struct trace_member){role, who, members->message->at_ms};
}

static bool
is_hashed(const struct members *members, struct slice key)
{
	for (size_t i = 0; i < members->hashed_count; i++) {
		if (slice_equal(members->hashed[i], key))
			return true;
	}
	return false;
}

/* Local ones are never asked for. */
static void
add_participant(struct members *members, const struct address *address)
{
	if (!address_is_mailbox(address) || is_hashed(members, address->text) ||
		realm_has_domain(members->message->realm, address->domain))
		return;
	if (members->hashed_count < HASHED_MAX)
		members->hashed[members->hashed_count++] = address->text;
	add_member(members, TRACE_PARTICIPANT,
		trace_hash(members->arena, address));
}

static void
add_participants(struct members *members, const struct addresses *list)
{
	for (size_t i = 0; i < list->count && members->count < members->limit;
		i++)
		add_participant(members, &list->at[i]);
}

static void
add_sender(struct members *members)
{
	struct rewritten sender =
		rewritten_parse(members->arena, &members->message->mail_from);

	if (sender.scheme == REWRITTEN_NONE) {
		add_participant(members, &members->message->mail_from);
	} else if (sender.scheme == REWRITTEN_BATV) {
		add_participant(members, &sender.mailbox);
	} else {
		add_participant(members, &sender.original);
	}
}

static void
add_recipients(struct members *members)
{
	const struct message *message = members->message;
	struct address mailbox;

	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (!message->rcpts[i].external &&
			rewritten_mailbox(members->arena,
				&message->rcpts[i].address, &mailbox))
			add_member(members, TRACE_MAILBOX, mailbox.text);
	}
	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (message->rcpts[i].external)
			add_participant(members, &message->rcpts[i].address);
	}
}

size_t
trace_members(const struct message *message, struct arena *arena,
	struct trace_member *at, size_t limit)
{
	struct members members = {message, arena, at, 0, limit, {{0}}, 0};

	if (message->rcpt_external == message->rcpt_count)
		return 0;
	add_recipients(&members);
	add_sender(&members);
	add_participants(&members, &message->from);
	add_participants(&members, &message->reply_to);
	add_participants(&members, &message->to);
	add_participants(&members, &message->cc);
	return members.count;
}
