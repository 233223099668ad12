/* SPDX-License-Identifier: BSD-2-Clause */
/* Memories are read once; each recipient is looked for in each of them. */
#include "forward/recalled.h"

#include "mail/path.h"

#define MAILBOXES_MAX 4

/* Alike, but the author is ours: he may have addressed the mailbox and the
 * recipient in two transactions, as programs that send newsletters do. */
#define AUTHORED_HERE_CONFIDENCE 45

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
	return seen;
}

static bool
authored_here(const struct context *context)
{
	return context->message->from_local &&
		custody_born_here(&context->custody) &&
		(context->envelope_local || context->message->null_sender);
}

static void
read_same_message(struct recalled *recalled, const struct memory *memory)
{
	size_t mailboxes = 0;

	for (size_t i = 0; i < memory->count && mailboxes < MAILBOXES_MAX;
		i++) {
		struct observation *seen;

		if (memory->members[i].role != TRACE_MAILBOX)
			continue;
		mailboxes++;
		seen = add_memory(recalled, EVIDENCE_SAME_MESSAGE_ID, memory,
			&memory->members[i]);
		if (seen != NULL && authored_here(recalled->context))
			seen->confidence = AUTHORED_HERE_CONFIDENCE;
	}
}

static void
read_reference(struct recalled *recalled, const struct memory *memory)
{
	const struct context *context = recalled->context;
	const struct trace_member *member = NULL;
	bool thread = memory->of == MEMORY_THREAD;

	if (context->login.text.len > 0)
		member = find_mailbox(memory, &context->login);
	if (member == NULL && context->author.text.len > 0)
		member = find_mailbox(memory, &context->author);
	if (member != NULL) {
		(void)add_memory(recalled,
			thread ? EVIDENCE_THREAD_INDEX
			       : EVIDENCE_FORWARDED_MESSAGE_ID,
			memory, member);
	}
}

void
recalled_read(struct recalled *recalled, const struct context *context,
	const struct remembered *remembered)
{
	const struct memory *memories = remembered->memories;

	recalled->context = context;
	findings_clear(&recalled->common);
	for (size_t i = 0; i < remembered->memory_count; i++) {
		if (memories[i].of == MEMORY_OWN) {
			read_same_message(recalled, &memories[i]);
		} else {
			read_reference(recalled, &memories[i]);
		}
	}
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

	if (count == 0)
		return;
	hash = trace_hash(recalled->context->message->arena, &rcpt->address);
	if (hash.p == NULL)
		return;
	for (size_t i = 0; i < count; i = end) {
		const struct memory *memory = recalled->of[i];

		for (end = i + 1; end < count && recalled->of[end] == memory;)
			end++;
		if (took_part(memory, hash)) {
			findings->took_part = true;
		} else {
			findings_copy(findings, &recalled->common, i, end);
		}
	}
}
