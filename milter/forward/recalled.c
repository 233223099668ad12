/* SPDX-License-Identifier: BSD-2-Clause */
/* Memories are read once; each recipient is looked for in each of them. */
#include "forward/recalled.h"

#include "base/network.h"
#include "mail/path.h"

#define MAILBOXES_MAX HEARING_NAMES_MAX

/* Alike, but the author is ours: he may have addressed the mailbox and the
 * recipient in two transactions, as programs that send newsletters do. */
#define AUTHORED_HERE_CONFIDENCE 45

/* A tag that fits nothing, where our own software brought it: it may be one of
 * ours that came too late. */
#define LATE_TAG_CONFIDENCE 25

/* Of a subject: past these it is nobody's in particular. */
#define SUBJECT_MAX_MS (INT64_C(3) * 24 * 3600 * 1000)
#define SUBJECT_MAILBOXES_MAX 16
/* ... and past these nobody's but theirs who got it. */
#define SUBJECT_OTHERS_MAX 4
/* A message leaves all its memories at once. */
#define AT_ONCE_MS 1000

static bool
took_part(const struct memory *memory, struct slice hash)
{
	for (size_t i = 0; i < memory->count; i++) {
		if (memory->members[i].role == TRACE_PARTICIPANT &&
			slice_equal(memory->members[i].who, hash))
			return true;
	}
	return false;
}

static bool
is_cut(const struct memory *memory)
{
	for (size_t i = 0; i < memory->count; i++) {
		if (memory->members[i].role == TRACE_CUT)
			return true;
	}
	return false;
}

/* When that mailbox got it; NULL if it did not. */
static const struct trace_member *
find_mailbox(const struct memory *memory, const struct address *mailbox)
{
	for (size_t i = 0; i < memory->count; i++) {
		if (memory->members[i].role == TRACE_MAILBOX &&
			slice_equal(memory->members[i].who, mailbox->text))
			return &memory->members[i];
	}
	return NULL;
}

/* When a mailbox got it last; INT64_MIN / 2: none did. */
static int64_t
newest_delivery(const struct memory *memory)
{
	int64_t newest_ms = INT64_MIN / 2;

	for (size_t i = 0; i < memory->count; i++) {
		if (memory->members[i].role == TRACE_MAILBOX &&
			memory->members[i].at_ms > newest_ms)
			newest_ms = memory->members[i].at_ms;
	}
	return newest_ms;
}

static size_t
count_mailboxes(const struct memory *memory)
{
	size_t count = 0;

	for (size_t i = 0; i < memory->count; i++)
		count += memory->members[i].role == TRACE_MAILBOX;
	return count;
}

static struct observation *
add_memory(struct recalled *recalled, enum evidence evidence,
	const struct memory *memory, const struct trace_member *member)
{
	const struct message *message = recalled->context->message;
	int64_t delay_ms = message->at_ms - member->at_ms;
	size_t at = recalled->common.count;
	struct observation *seen;
	struct address mailbox;

	if (!path_parse(message->arena, member->who, &mailbox) ||
		!address_is_mailbox(&mailbox))
		return NULL;
	seen = findings_add(&recalled->common, evidence, memory->id);
	if (seen == NULL)
		return NULL;
	recalled->of[at] = memory;
	seen->mailbox = mailbox;
	seen->delay_ms = delay_ms > 0 ? delay_ms : 0;
	/* Whoever has a person's password also writes Auto-Submitted. */
	seen->own_word = recalled->hearing->person;
	return seen;
}

static bool
authored_here(const struct context *context)
{
	return context->message->from_local &&
		custody_born_here(&context->custody) &&
		(context->envelope_local || context->message->null_sender);
}

/* The same machine of ours handed in both: its author wrote to both. */
static bool
is_same_hand(const struct recalled *recalled, const struct memory *memory)
{
	const struct message *message = recalled->context->message;

	if (recalled->hearing->came_in || recalled->hearing->person ||
		hear_on_machine(message))
		return false;
	for (size_t i = 0; i < memory->count; i++) {
		if (memory->members[i].role == TRACE_CLIENT)
			return slice_equal(
				memory->members[i].who, message->client.ip);
	}
	return false;
}

/* Is it told who wrote it, and is that another than who says so now? */
static bool
is_rewritten(const struct recalled *recalled, const struct memory *memory)
{
	const struct message *message = recalled->context->message;
	bool told = false;
	struct slice hash;

	if (message->from.count == 0)
		return false;
	for (size_t i = 0; i < memory->count; i++) {
		if (memory->members[i].role != TRACE_AUTHOR)
			continue;
		if (!told)
			hash = trace_hash(message->arena, &message->from.at[0]);
		if (slice_equal(memory->members[i].who, hash))
			return false;
		told = true;
	}
	return told;
}

/* Is it a line of ours, above what a person wrote, that this memory is of? */
static bool
is_own_line(const struct recalled *recalled, const struct memory *memory)
{
	const struct context *context = recalled->context;
	const struct message *message = context->message;

	for (size_t i = 0; i < context->custody.hops; i++) {
		const struct received *hop = &message->hops[i];

		if (hop->field_index < recalled->hearing->handed &&
			slice_equal(trace_queue_id(
					    message->arena, hop->by, hop->id),
				memory->id))
			return true;
	}
	return false;
}

/* What the message itself left, under its own id or that of our queue. */
static void
read_same_message(struct recalled *recalled, const struct memory *memory)
{
	bool rewritten = is_rewritten(recalled, memory);
	enum evidence evidence = EVIDENCE_SAME_MESSAGE_ID;
	size_t mailboxes = 0;

	if (is_same_hand(recalled, memory))
		return;
	if (memory->of == MEMORY_QUEUE) {
		if (!is_own_line(recalled, memory))
			return;
		evidence = EVIDENCE_SAME_QUEUE_ID;
	} else if (rewritten) {
		evidence = EVIDENCE_CHANGED_AUTHOR;
	}
	for (size_t i = 0; i < memory->count && mailboxes < MAILBOXES_MAX;
		i++) {
		struct observation *seen;

		if (memory->members[i].role != TRACE_MAILBOX)
			continue;
		mailboxes++;
		seen = add_memory(
			recalled, evidence, memory, &memory->members[i]);
		if (seen != NULL && evidence == EVIDENCE_SAME_MESSAGE_ID &&
			authored_here(recalled->context))
			seen->confidence = AUTHORED_HERE_CONFIDENCE;
	}
}

/*
 * Does the message answer the very one that came last with this subject? Only
 * the first who wrote under it stand in its memory: an answer to another one,
 * of the same name, is known by what it refers to. Whoever refers to some other
 * letter does not make an answer of what he carries on.
 */
static bool
is_answered(const struct recalled *recalled, const struct memory *memory)
{
	int64_t newest_ms = newest_delivery(memory);

	for (size_t i = 0; i < recalled->answered_count; i++) {
		int64_t apart_ms = recalled->answered_ms[i] - newest_ms;

		if (apart_ms >= -AT_ONCE_MS && apart_ms <= AT_ONCE_MS)
			return true;
	}
	return false;
}

/* Whoever got it, and writes another's name into From, has not begun it
 * himself: most likely that name is its author's. */
static bool
is_under_anothers_name(
	const struct recalled *recalled, const struct memory *memory)
{
	const struct address *login = &recalled->hearing->login;

	return login->text.len > 0 &&
		!address_equal(login, &recalled->context->author) &&
		find_mailbox(memory, login) != NULL;
}

/* The hash of who may have begun it; absent: nobody of ours. A foreign author
 * in what a person of ours hands in is the one who wrote it, and no author at
 * all is nobody: both say the more. */
static struct slice
find_beginner(const struct recalled *recalled, const struct memory *memory)
{
	const struct message *message = recalled->context->message;

	if (message->from.count == 0 || !message->from_local ||
		is_under_anothers_name(recalled, memory))
		return (struct slice){NULL, 0};
	return trace_hash(message->arena, &message->from.at[0]);
}

/* A subject that everybody got, or that one of ours began himself, is none;
 * nor is one that came too long ago. */
static bool
is_about_one(const struct recalled *recalled, const struct memory *memory)
{
	int64_t now_ms = recalled->context->message->at_ms;
	struct slice beginner;

	if (memory->count == 0 || is_answered(recalled, memory))
		return false;
	beginner = find_beginner(recalled, memory);
	for (size_t i = 0; i < memory->count; i++) {
		const struct trace_member *member = &memory->members[i];

		if (member->at_ms + SUBJECT_MAX_MS < now_ms ||
			(member->role == TRACE_AUTHOR && beginner.len > 0 &&
				slice_equal(member->who, beginner)))
			return false;
	}
	return count_mailboxes(memory) <= SUBJECT_MAILBOXES_MAX;
}

/* He refers to what another mailbox of ours got: an alias, perhaps, or a
 * shared one, of which nobody says who reads it. */
static void
read_anothers(struct recalled *recalled, enum evidence evidence,
	const struct memory *memory)
{
	const struct address *sender = &recalled->hearing->login;
	const struct trace_member *member = NULL;
	struct observation *seen;

	if (sender->text.len == 0)
		sender = &recalled->context->author;
	for (size_t i = 0; i < memory->count && member == NULL; i++) {
		if (memory->members[i].role == TRACE_MAILBOX)
			member = &memory->members[i];
	}
	if (member == NULL || sender->text.len == 0)
		return;
	seen = add_memory(recalled, evidence, memory, member);
	if (seen == NULL)
		return;
	seen->written = seen->mailbox.text;
	seen->mailbox = *sender;
	seen->confidence = HEARING_ANOTHERS_CONFIDENCE;
}

static void
read_reference(struct recalled *recalled, const struct memory *memory)
{
	const struct context *context = recalled->context;
	const struct trace_member *member = NULL;
	enum evidence evidence = EVIDENCE_FORWARDED_MESSAGE_ID;

	if (memory->of == MEMORY_THREAD) {
		evidence = EVIDENCE_THREAD_INDEX;
	} else if (memory->of == MEMORY_SUBJECT) {
		if (!is_about_one(recalled, memory))
			return;
		evidence = EVIDENCE_SAME_SUBJECT;
	}
	if (recalled->hearing->login.text.len > 0)
		member = find_mailbox(memory, &recalled->hearing->login);
	if (member == NULL && context->author.text.len > 0)
		member = find_mailbox(memory, &context->author);
	if (member != NULL) {
		(void)add_memory(recalled, evidence, memory, member);
	} else if (memory->of == MEMORY_REFERENCE ||
		(memory->of == MEMORY_SUBJECT &&
			count_mailboxes(memory) <= SUBJECT_OTHERS_MAX)) {
		read_anothers(recalled, evidence, memory);
	}
}

/* Does the transaction also go to somebody who took part in what it refers
 * to? Then it is an answer, and those who are new in it are shown an answer. */
static bool
is_answer(const struct recalled *recalled, const struct memory *memory)
{
	const struct message *message = recalled->context->message;

	for (size_t i = 0; i < message->rcpt_count; i++) {
		const struct recipient *rcpt = &message->rcpts[i];
		struct slice hash;

		if (!rcpt->external || memory->count == 0)
			continue;
		hash = trace_hash(message->arena, &rcpt->address);
		if (took_part(memory, hash))
			return true;
	}
	return false;
}

/* What is asked for the subject is asked last: it reads these. */
static void
note_answered(struct recalled *recalled, const struct memory *memory)
{
	if (recalled->answered_count < RECALLED_ANSWERED_MAX) {
		recalled->answered_ms[recalled->answered_count++] =
			newest_delivery(memory);
	}
}

static bool
is_same_ip(struct slice a, struct slice b)
{
	struct network one, other;

	return network_parse_address(a, &one) &&
		network_parse_address(b, &other) &&
		network_covers(&one, &other);
}

/* Did our intake take the message itself from strangers, and from none at that
 * address? What came by a relay of ours does not tell. */
static bool
came_elsewhere(const struct recalled *recalled, struct slice ip)
{
	const struct remembered *remembered = recalled->hearing->remembered;
	const struct realm *realm = recalled->context->message->realm;
	bool known = false;

	for (size_t i = 0; i < remembered->memory_count; i++) {
		const struct memory *memory = &remembered->memories[i];

		if (memory->of != MEMORY_OWN && memory->of != MEMORY_QUEUE)
			continue;
		for (size_t k = 0; k < memory->count; k++) {
			struct slice who = memory->members[k].who;

			if (memory->members[k].role != TRACE_CLIENT)
				continue;
			if (is_same_ip(who, ip) || realm_has_ip(realm, who))
				return false;
			known = true;
		}
	}
	return known;
}

/* Who handed it in shows a stranger's line, but the store has no such mail, or
 * has it from another. */
static void
read_foreign_hop(struct recalled *recalled)
{
	const struct hearing *hearing = recalled->hearing;
	const struct context *context = recalled->context;
	const struct remembered *remembered = hearing->remembered;
	const struct received *hop;
	struct observation *seen;

	if (!hearing->person || custody_born_here(&context->custody) ||
		remembered->down || remembered->memory_count == 0)
		return;
	hop = &context->message->hops[context->custody.hops - 1];
	if (hearing->traced &&
		(hop->from_ip.len == 0 ||
			!came_elsewhere(recalled, hop->from_ip)))
		return;
	seen = findings_add(&recalled->common, EVIDENCE_FOREIGN_HOP, hop->by);
	if (seen == NULL)
		return;
	seen->index = context->custody.end;
	recalled->of[recalled->common.count - 1] = NULL;
}

static void
read_forged_tag(struct recalled *recalled)
{
	const struct hearing *hearing = recalled->hearing;
	const struct field *tag = hearing->remembered->forged_tag;
	struct observation *seen;

	if (tag == NULL)
		return;
	seen = findings_add(&recalled->common, EVIDENCE_FORGED_TAG, tag->value);
	if (seen == NULL)
		return;
	seen->index = tag->index;
	seen->inside = custody_holds(&recalled->context->custody, tag->index);
	if (!hearing->person || tag->index < hearing->handed)
		seen->confidence = LATE_TAG_CONFIDENCE;
	recalled->of[recalled->common.count - 1] = NULL;
}

void
recalled_read(struct recalled *recalled, const struct hearing *hearing)
{
	const struct remembered *remembered = hearing->remembered;

	recalled->hearing = hearing;
	recalled->context = hearing->context;
	recalled->answers = recalled->cut = false;
	recalled->answered_count = 0;
	findings_clear(&recalled->common);
	for (size_t i = 0; i < remembered->memory_count; i++) {
		const struct memory *memory = &remembered->memories[i];

		if (memory->of == MEMORY_OWN || memory->of == MEMORY_QUEUE) {
			read_same_message(recalled, memory);
		} else if (is_answer(recalled, memory)) {
			recalled->answers = true;
			note_answered(recalled, memory);
		} else {
			recalled->cut |= memory->of == MEMORY_REFERENCE &&
				is_cut(memory);
			read_reference(recalled, memory);
		}
	}
	read_foreign_hop(recalled);
	read_forged_tag(recalled);
}

/* Not all who took part are known: it may be an answer. What goes by the
 * subject is about the same message. */
static void
doubt(struct findings *findings, size_t begin)
{
	findings->cut = true;
	for (size_t i = begin; i < findings->count; i++)
		findings->at[i].standing = STANDING_EXCUSED;
}

/*
 * What a memory says is left out where the recipient took part in that
 * message. Each answers for itself: an outsider who writes into an old
 * thread, with a copy to his own address, must not become a participant of
 * all that follows.
 */
void
recalled_find(const struct recalled *recalled, const struct recipient *rcpt,
	struct findings *findings)
{
	size_t end, count = recalled->common.count;
	struct slice hash;

	findings->took_part = recalled->answers;
	if (count == 0)
		return;
	hash = trace_hash(recalled->context->message->arena, &rcpt->address);
	if (hash.p == NULL)
		return;
	for (size_t i = 0; i < count; i = end) {
		const struct memory *memory = recalled->of[i];
		size_t before = findings->count;

		for (end = i + 1; end < count && recalled->of[end] == memory;)
			end++;
		if (memory != NULL && took_part(memory, hash)) {
			findings->took_part = true;
			continue;
		}
		findings_copy(findings, &recalled->common, i, end);
		if (memory != NULL && memory->of != MEMORY_OWN &&
			memory->of != MEMORY_QUEUE &&
			(recalled->cut || is_cut(memory)))
			doubt(findings, before);
	}
}
