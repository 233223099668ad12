/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and members of traces. */
#include "verdict/keep.h"

#include "base/digest.h"

#define KEY_BYTES 16
/* An outsider who wrote the message took part in it: one member says both. */
#define LETTER_BOTH 'B'
/* No message waits in a queue much longer than a weekend. */
#define QUEUE_TTL_MS (2 * STORE_DAY_MS)
/* What is written anew of a subject is written on the next working day. */
#define SUBJECT_TTL_MS (3 * STORE_DAY_MS)

/*
 * What a sender chooses is hashed, so that its length and its bytes are ours
 * and nobody finds another that has the same key; the id of a queue, which an
 * MTA of ours chooses, is short and its own key. A Message-ID may read like
 * anything, "queue:mx/4A1B" or "subject:..." among it: what else is hashed has
 * one part more.
 */
struct slice
keep_trace_key(struct arena *arena, const struct trace_question *question)
{
	const struct slice parts[] = {question->id, SLICE("")};
	bool is_message_id =
		question->of == MEMORY_OWN || question->of == MEMORY_REFERENCE;

	if (question->of == MEMORY_QUEUE)
		return question->id;
	return digest_text(arena, parts, is_message_id ? 1 : 2, KEY_BYTES);
}

struct slice
keep_judged_key(struct arena *arena, struct slice event_id)
{
	const struct slice parts[] = {SLICE("judged"), event_id};

	return digest_text(arena, parts, 2, KEY_BYTES);
}

struct slice
keep_left_key(struct arena *arena, struct slice queue_id, struct slice rcpt)
{
	const struct slice parts[] = {SLICE("left"), queue_id, rcpt};

	return digest_text(arena, parts, 3, KEY_BYTES);
}

struct store_op
keep_left(struct arena *arena, struct slice queue_id, struct slice rcpt)
{
	static const struct slice member = {"s-", 2};

	return (struct store_op){.verb = STORE_REMEMBER,
		.remember = {.id = keep_left_key(arena, queue_id, rcpt),
			.members = &member,
			.count = 1,
			.ttl_ms = QUEUE_TTL_MS}};
}

/* Capital letters are of the first who writes (store/batch.h). What is written
 * with an @ before it looks like a domain, so that a store which hides
 * addresses hides it, too: without the key a hash could be guessed. */
static const struct {
	char letter;
	const char *mark; /* "": an address, which is hidden as it is */
	bool of_queue; /* kept under host and queue id, too */
	bool of_topic; /* kept under a thread and a subject, too */
} roles[TRACE_ROLES] = {
	[TRACE_MAILBOX] = {STORE_ROLE_MAILBOX, "", true, true},
	[TRACE_PARTICIPANT] = {'P', "@", false, true},
	[TRACE_AUTHOR] = {'A', "@", false, true},
	[TRACE_CLAIMED] = {'c', "", true, false},
	[TRACE_CLIENT] = {'I', "@", true, false},
	[TRACE_LOGIN] = {'L', "", true, false},
	[TRACE_CUT] = {'X', "", true, true},
};

/* What nobody reads of such a memory is not kept in it. */
static bool
is_kept(enum trace_role role, enum memory_of of)
{
	if (of == MEMORY_QUEUE)
		return roles[role].of_queue;
	return of == MEMORY_OWN || roles[role].of_topic;
}

static const char *
mark_of(const struct trace_member *member)
{
	if (member->role == TRACE_LOGIN &&
		slice_find_byte(member->who, '@', 0) == SLICE_NONE)
		return "@";
	return roles[member->role].mark;
}

static struct slice
encode(struct arena *arena, char letter, const struct trace_member *member)
{
	const struct slice parts[] = {
		{&letter, 1}, slice_of(mark_of(member)), member->who};

	return arena_join(arena, parts, sizeof(parts) / sizeof(*parts));
}

struct slice
keep_encode(struct arena *arena, const struct trace_member *member)
{
	if (member->role == TRACE_CUT)
		return STORE_MEMBER_CUT;
	return encode(arena, roles[member->role].letter, member);
}

size_t
keep_decode(struct slice name, struct trace_member out[KEEP_ROLES_MAX])
{
	size_t count = 0;
	struct slice who;

	if (slice_equal(name, STORE_MEMBER_CUT)) {
		out[0].role = TRACE_CUT;
		out[0].who = SLICE("-");
		return 1;
	}
	if (name.len < 2)
		return 0;
	who = slice_sub(name, name.p[1] == '@' ? 2 : 1, name.len);
	for (int role = 0; role < TRACE_ROLES; role++) {
		bool both = name.p[0] == LETTER_BOTH &&
			(role == TRACE_PARTICIPANT || role == TRACE_AUTHOR);

		if (both || name.p[0] == roles[role].letter) {
			out[count].role = (enum trace_role)role;
			out[count++].who = who;
		}
	}
	return count;
}

/* Is the one role's member there, too? */
static bool
is_also(const struct trace_member *members, size_t count,
	const struct trace_member *member, enum trace_role role)
{
	for (size_t i = 0; i < count; i++) {
		if (members[i].role == role &&
			slice_equal(members[i].who, member->who))
			return true;
	}
	return false;
}

/* Every address of the message once, recipients and what they were before, and
 * who handed it in. */
static size_t
members_at_most(const struct message *message, size_t limit)
{
	size_t count = 2 * message->rcpt_count + message->from.count +
		message->reply_to.count + message->to.count +
		message->cc.count + TRACE_ROLES;

	return count < limit ? count : limit;
}

/* Who is to be kept, and how it is written. */
struct kept {
	struct trace_member *members;
	struct slice *names; /* absent: another name says it, too */
	size_t count;
};

static struct slice
name_of(struct arena *arena, const struct kept *kept, size_t at)
{
	const struct trace_member *member = &kept->members[at];

	if (member->role == TRACE_AUTHOR &&
		is_also(kept->members, kept->count, member, TRACE_PARTICIPANT))
		return (struct slice){NULL, 0};
	if (member->role == TRACE_PARTICIPANT &&
		is_also(kept->members, kept->count, member, TRACE_AUTHOR))
		return encode(arena, LETTER_BOTH, member);
	return keep_encode(arena, member);
}

/* He is kept as the mailbox that he is known to be. */
static void
name_login(struct trace_member *members, size_t count, struct slice login)
{
	for (size_t i = 0; i < count && login.len > 0; i++) {
		if (members[i].role == TRACE_LOGIN)
			members[i].who = login;
	}
}

static bool
read_kept(const struct message *message, struct slice login, size_t room,
	struct kept *kept)
{
	struct arena *arena = message->arena;

	kept->members = arena_array(arena, room, sizeof(*kept->members));
	kept->names = arena_array(arena, room, sizeof(*kept->names));
	if (kept->members == NULL || kept->names == NULL)
		return false;
	kept->count = trace_members(message, arena, kept->members, room);
	name_login(kept->members, kept->count, login);
	for (size_t i = 0; i < kept->count; i++)
		kept->names[i] = name_of(arena, kept, i);
	return kept->count > 0;
}

static struct store_remember
remember(struct arena *arena, const struct trace_question *id,
	const struct kept *kept)
{
	struct slice *names = arena_array(arena, kept->count, sizeof(*names));
	struct store_remember remember = {
		.id = keep_trace_key(arena, id),
		.members = names,
		.anew = id->of == MEMORY_QUEUE,
	};

	for (size_t i = 0; names != NULL && i < kept->count; i++) {
		if (is_kept(kept->members[i].role, id->of) &&
			!slice_is_absent(kept->names[i]))
			names[remember.count++] = kept->names[i];
	}
	return remember;
}

static int64_t
ttl_of(enum memory_of of, int64_t most_ms)
{
	int64_t ttl_ms = most_ms;

	if (of == MEMORY_QUEUE) {
		ttl_ms = QUEUE_TTL_MS;
	} else if (of == MEMORY_SUBJECT) {
		ttl_ms = SUBJECT_TTL_MS;
	}
	return ttl_ms < most_ms ? ttl_ms : most_ms;
}

size_t
keep_trace(const struct verdict *verdict, struct slice login,
	struct store_op ops[TRACE_IDS_MAX])
{
	const struct message *message = verdict->message;
	const struct judge_options *options = verdict->options;
	struct trace_question ids[TRACE_IDS_MAX];
	size_t id_count = trace_ids(message, ids, TRACE_IDS_MAX);
	/* More than fits beside each other: the store knows what has to stay.
	 */
	size_t room = members_at_most(message, 2 * options->trace_members);
	struct kept kept;

	if (id_count == 0 || !read_kept(message, login, room, &kept))
		return 0;
	for (size_t i = 0; i < id_count; i++) {
		ops[i] = (struct store_op){.verb = STORE_REMEMBER,
			.remember = remember(message->arena, &ids[i], &kept)};
		ops[i].remember.ttl_ms =
			ttl_of(ids[i].of, options->trace_ttl_ms);
	}
	return id_count;
}
