/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace: what a delivery leaves in the store, and what a message that
 * leaves asks the store for. Both use the same ids.
 */
#include "forward/trace.h"

#include "base/codec.h"
#include "base/digest.h"
#include "base/fold.h"
#include "forward/custody.h"
#include "forward/mailbox.h"
#include "forward/rewritten.h"
#include "forward/subject.h"

/* [MS-OXOMSG] 2.2.1.3: a conversation index begins with 22 bytes that all
 * messages of the thread share. */
#define THREAD_ROOT_BYTES 22
#define THREAD_ROOT_CHARS 30 /* of base64, that hold them */
#define TRACE_HASH_BYTES 8
#define OWN_IDS_MAX 3
#define QUEUE_IDS_MAX 4
#define HOST_BYTES 255 /* RFC 1035 section 2.3.4 */
#define QUEUE_ID_BYTES 64
#define CALENDAR SLICE("text/calendar")

struct questions {
	struct trace_question *at;
	size_t count, limit;
};

static bool
is_message_id(enum memory_of of)
{
	return of == MEMORY_OWN || of == MEMORY_REFERENCE;
}

/* Nobody's Message-ID keeps a question of another kind from being asked. */
static void
add_question(struct questions *all, struct slice id, enum memory_of of)
{
	if (id.len == 0 || all->count == all->limit)
		return;
	for (size_t i = 0; i < all->count; i++) {
		const struct trace_question *asked = &all->at[i];

		if ((asked->of == of ||
			    (is_message_id(asked->of) && is_message_id(of))) &&
			slice_equal(asked->id, id))
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

/* The domain of a Message-ID is folded: who repeats it may write it
 * otherwise. */
static struct slice
fold_id(struct arena *arena, struct slice id)
{
	size_t at = slice_find_byte(id, '@', 0);
	struct slice domain, parts[2];

	if (at == SLICE_NONE)
		return id;
	domain = slice_sub(id, at + 1, id.len);
	parts[1] = fold_text(arena, domain);
	if (slice_equal(parts[1], domain))
		return id;
	parts[0] = slice_sub(id, 0, at + 1);
	return arena_join(arena, parts, 2);
}

struct slice
trace_queue_id(struct arena *arena, struct slice host, struct slice queue_id)
{
	const struct slice none = {NULL, 0};
	struct slice parts[] = {SLICE("queue:"), none, SLICE("/"), queue_id};

	if (host.len == 0 || host.len > HOST_BYTES || queue_id.len == 0 ||
		queue_id.len > QUEUE_ID_BYTES)
		return none;
	parts[1] = fold_text(arena, host);
	return arena_join(arena, parts, sizeof(parts) / sizeof(*parts));
}

static void
add_own(const struct message *message, struct questions *all)
{
	const struct field *field = message_first(message, NAME_MESSAGE_ID);

	add_question(
		all, fold_id(message->arena, message->message_id), MEMORY_OWN);
	for (size_t i = 0; field != NULL && i < OWN_IDS_MAX; i++) {
		add_question(all,
			fold_id(message->arena, cut_id(field->value, false)),
			MEMORY_OWN);
		field = message_next(field);
	}
}

/* Of our own lines; who wrote them is judged later. */
static void
add_queue_ids(const struct message *message, struct questions *all)
{
	struct custody custody = custody_walk(message);

	for (size_t i = 0; i < custody.hops && i < QUEUE_IDS_MAX; i++) {
		const struct received *hop = &message->hops[i];

		add_question(all,
			trace_queue_id(message->arena, hop->by, hop->id),
			MEMORY_QUEUE);
	}
}

static bool
is_calendar(const struct message *message)
{
	return message_first(message,
		       NAME_X_MS_EXCHANGE_CALENDAR_ORIGINATOR_ID) != NULL ||
		message_first(message,
			NAME_X_MS_EXCHANGE_CALENDAR_SERIES_INSTANCE_ID) !=
		NULL ||
		slice_starts_fold(
			message_value(message, NAME_CONTENT_TYPE), CALENDAR);
}

/* What lists, bounces and programs write again and again is not a subject. */
static bool
has_subject(const struct message *message)
{
	return !message->list && !message->bounce && !message->auto_reply &&
		message_first(message, NAME_PRECEDENCE) == NULL &&
		!is_calendar(message);
}

static void
add_subject(const struct message *message, struct questions *all)
{
	struct slice parts[] = {SLICE("subject:"), {NULL, 0}};

	parts[1] = subject_words(message->arena, message->subject);
	if (parts[1].len > 0)
		add_question(all, arena_join(message->arena, parts, 2),
			MEMORY_SUBJECT);
}

/* The second of several. */
static struct slice
cut_second(struct slice value)
{
	size_t end = slice_find_byte(value, '>', 0);

	return end == SLICE_NONE
		? (struct slice){NULL, 0}
		: cut_id(slice_sub(value, end + 1, value.len), false);
}

static void
add_references(const struct message *message, struct questions *all,
	struct slice value)
{
	struct arena *arena = message->arena;

	add_question(
		all, fold_id(arena, cut_id(value, true)), MEMORY_REFERENCE);
	add_question(
		all, fold_id(arena, cut_id(value, false)), MEMORY_REFERENCE);
	add_question(all, fold_id(arena, cut_second(value)), MEMORY_REFERENCE);
}

static void
add_first(const struct message *message, struct questions *all,
	struct slice value)
{
	add_question(all, fold_id(message->arena, cut_id(value, false)),
		MEMORY_REFERENCE);
}

static void
add_last(const struct message *message, struct questions *all,
	struct slice value)
{
	add_question(all, fold_id(message->arena, cut_id(value, true)),
		MEMORY_REFERENCE);
}

static void
add_thread(const struct message *message, struct questions *all,
	struct slice value)
{
	add_question(all, thread_id(message->arena, value), MEMORY_THREAD);
}

/* By somebody who has logged in. */
static bool
is_handed_in(const struct message *message)
{
	return message->client.auth_user.len > 0;
}

/*
 * Where clients hand mail in: behind the queue it is split by where it goes,
 * and who is new in an answer looks like the only one it is for. Who logged in
 * does not get away by calling his mail a list's or a bounce.
 */
static bool
asks_for_subject(const struct message *message)
{
	return !message->egress &&
		(is_handed_in(message) ||
			(message->from_local && has_subject(message)));
}

/* Fields that refer to another message, the surest first. */
static const struct {
	enum name name;
	void (*add)(const struct message *, struct questions *, struct slice);
} references[] = {
	{NAME_X_FORWARDED_MESSAGE_ID, add_last},
	{NAME_X_MS_EXCHANGE_PARENT_MESSAGE_ID, add_first},
	{NAME_REFERENCES, add_references},
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
	add_own(message, &found);
	add_queue_ids(message, &found);
	for (size_t row = 0; row < REFERENCE_COUNT; row++) {
		field = message_first(message, references[row].name);
		if (field != NULL)
			references[row].add(message, &found, field->value);
	}
	if (asks_for_subject(message))
		add_subject(message, &found);
	return found.count;
}

/* Of a message that only leaves, the queue knows who handed it in: what the
 * same message says behind the queue is then his word. */
static bool
only_leaves(const struct message *message)
{
	return message->rcpt_external == message->rcpt_count;
}

size_t
trace_ids(
	const struct message *message, struct trace_question *ids, size_t limit)
{
	struct questions found = {ids, 0, limit};
	const struct field *thread;
	struct slice queue = trace_queue_id(
		message->arena, message->client.mta, message->queue_id);

	if (only_leaves(message)) {
		if (is_handed_in(message))
			add_question(&found, queue, MEMORY_QUEUE);
		return found.count;
	}
	add_question(&found, fold_id(message->arena, message->message_id),
		MEMORY_OWN);
	add_question(&found, queue, MEMORY_QUEUE);
	thread = message_first(message, NAME_THREAD_INDEX);
	if (thread != NULL)
		add_thread(message, &found, thread->value);
	if (has_subject(message))
		add_subject(message, &found);
	return found.count;
}

struct slice
trace_hash(struct arena *arena, const struct address *address)
{
	return digest_text(arena, &address->text, 1, TRACE_HASH_BYTES);
}

/* From, Reply-To and the envelope sender are one address as a rule; the
 * first few are remembered, so that it is hashed once. */
#define HASHED_MAX 8

struct hashed {
	struct slice key, hash;
	bool took_part; /* stands among the participants */
};

struct members {
	const struct message *message;
	struct arena *arena;
	struct trace_member *at;
	size_t count, limit;
	struct hashed hashed[HASHED_MAX];
	size_t hashed_count;
	bool cut; /* not all found room */
};

static void
add_member(struct members *members, enum trace_role role, struct slice who)
{
	if (who.len == 0)
		return;
	if (members->count == members->limit) {
		members->cut = true;
		return;
	}
	members->at[members->count++] =
		(struct trace_member){role, who, members->message->at_ms};
}

/* NULL past the first few. */
static struct hashed *
find_hashed(struct members *members, const struct address *address)
{
	struct hashed *hashed;

	for (size_t i = 0; i < members->hashed_count; i++) {
		if (slice_equal(members->hashed[i].key, address->text))
			return &members->hashed[i];
	}
	if (members->hashed_count == HASHED_MAX)
		return NULL;
	hashed = &members->hashed[members->hashed_count++];
	*hashed = (struct hashed){
		address->text, trace_hash(members->arena, address), false};
	return hashed;
}

static void
add_author(struct members *members, const struct address *address)
{
	const struct hashed *hashed = find_hashed(members, address);

	add_member(members, TRACE_AUTHOR,
		hashed != NULL ? hashed->hash
			       : trace_hash(members->arena, address));
}

/* Local ones are never asked for. */
static void
add_participant(struct members *members, const struct address *address)
{
	struct hashed *hashed;

	if (!address_is_mailbox(address) ||
		realm_has_domain(members->message->realm, address->domain))
		return;
	hashed = find_hashed(members, address);
	if (hashed == NULL) {
		add_member(members, TRACE_PARTICIPANT,
			trace_hash(members->arena, address));
	} else if (!hashed->took_part) {
		hashed->took_part = true;
		add_member(members, TRACE_PARTICIPANT, hashed->hash);
	}
}

static void
add_participants(struct members *members, const struct addresses *list)
{
	for (size_t i = 0; i < list->count && !members->cut; i++)
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

/* Mailboxes come first: they must not be missed. */
static void
add_mailboxes(struct members *members)
{
	const struct message *message = members->message;
	struct address mailbox;

	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (!message->rcpts[i].external &&
			mailbox_find(message->realm, members->arena,
				&message->rcpts[i].address, &mailbox))
			add_member(members, TRACE_MAILBOX, mailbox.text);
	}
}

/* Who wrote it and who handed it in. */
static void
add_origin(struct members *members)
{
	const struct message *message = members->message;
	const struct client *client = &message->client;

	if (message->from.count > 0)
		add_author(members, &message->from.at[0]);
	if (client->auth_user.len > 0 &&
		!realm_has_relay(message->realm, client->auth_user, client->ip))
		add_member(members, TRACE_LOGIN, client->auth_user);
	add_member(members, TRACE_CLIENT, client->ip);
}

/* What a client's ORCPT names and that is not a recipient is his claim. */
static void
add_claims(struct members *members)
{
	const struct message *message = members->message;
	struct address mailbox, own;

	for (size_t i = 0; i < message->rcpt_count; i++) {
		const struct recipient *rcpt = &message->rcpts[i];

		if (rcpt->original_local &&
			mailbox_find(message->realm, members->arena,
				&rcpt->original, &mailbox) &&
			mailbox_find(message->realm, members->arena,
				&rcpt->address, &own) &&
			!address_equal(&mailbox, &own))
			add_member(members, TRACE_CLAIMED, mailbox.text);
	}
}

static void
add_external(struct members *members)
{
	const struct message *message = members->message;

	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (message->rcpts[i].external)
			add_participant(members, &message->rcpts[i].address);
	}
}

size_t
trace_members(const struct message *message, struct arena *arena,
	struct trace_member *at, size_t limit)
{
	struct members members = {
		.message = message, .arena = arena, .at = at, .limit = limit};

	if (only_leaves(message)) {
		if (is_handed_in(message))
			add_origin(&members);
		return members.count;
	}
	add_mailboxes(&members);
	add_origin(&members);
	add_claims(&members);
	add_participants(&members, &message->from);
	add_participants(&members, &message->reply_to);
	add_sender(&members);
	add_external(&members);
	add_participants(&members, &message->to);
	add_participants(&members, &message->cc);
	if (members.cut && limit > 0)
		at[limit - 1] = (struct trace_member){
			TRACE_CUT, SLICE("-"), message->at_ms};
	return members.count;
}
