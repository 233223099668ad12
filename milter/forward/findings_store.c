/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the store remembers, made observations. Its own Message-ID seen before
 * says that the message passed through a mailbox; a Message-ID it refers to
 * says that its author got that message. Whoever took part in the other
 * message is answered, not forwarded to.
 */
#include "forward/findings.h"

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

static void
add_memory(struct findings *findings, enum evidence evidence,
	const struct memory *memory, const struct trace_member *member)
{
	const struct message *message = findings->context->message;
	int64_t delay_ms = message->at_ms - member->at_ms;
	struct observation *seen;
	struct address mailbox;

	if (!address_parse_path(message->arena, member->who, &mailbox) ||
		!address_is_mailbox(&mailbox))
		return;
	seen = findings_add(findings, evidence, memory->message_id);
	if (seen == NULL)
		return;
	seen->mailbox = mailbox;
	seen->delay_ms = delay_ms > 0 ? delay_ms : 0;
}

static bool
authored_here(const struct context *context)
{
	return context->message->from_local &&
		custody_born_here(&context->custody) &&
		(context->envelope_local || context->message->null_sender);
}

static void
find_same_message(struct findings *findings, const struct memory *memory)
{
	size_t i, mailboxes = 0;

	for (i = 0; i < memory->count && mailboxes < MAILBOXES_MAX; i++) {
		size_t before = findings->count;

		if (memory->members[i].role != TRACE_MAILBOX)
			continue;
		mailboxes++;
		add_memory(findings, EVIDENCE_SAME_MESSAGE_ID, memory,
			&memory->members[i]);
		if (findings->count > before &&
			authored_here(findings->context)) {
			findings->at[before].confidence =
				AUTHORED_HERE_CONFIDENCE;
		}
	}
}

static void
find_reference(struct findings *findings, const struct memory *memory)
{
	const struct context *context = findings->context;
	const struct trace_member *member = NULL;
	bool thread = slice_starts_fold(memory->message_id, SLICE("thread:"));

	if (context->login.text.len > 0)
		member = find_mailbox(memory, &context->login);
	if (member == NULL && context->author.text.len > 0)
		member = find_mailbox(memory, &context->author);
	if (member != NULL) {
		add_memory(findings,
			thread ? EVIDENCE_THREAD_INDEX
			       : EVIDENCE_FORWARDED_MESSAGE_ID,
			memory, member);
	}
}

/*
 * What one memory says, unless the recipient took part in that message. Each
 * answers for itself: an outsider who writes into an old thread, with a copy
 * to his own address, must not become a participant of all that follows.
 */
static void
find_memory(struct findings *findings, const struct memory *memory,
	struct slice hash)
{
	size_t before = findings->count;

	if (memory->own) {
		find_same_message(findings, memory);
	} else {
		find_reference(findings, memory);
	}
	if (findings->count == before || !took_part(memory, hash))
		return;
	findings->count = before;
	findings->took_part = true;
}

void
findings_store_find(struct findings *findings)
{
	const struct context *context = findings->context;
	struct slice hash;

	if (context->memory_count == 0)
		return;
	hash = trace_hash(context->message->arena, &findings->rcpt->address);
	if (hash.p == NULL)
		return;
	for (size_t i = 0; i < context->memory_count; i++)
		find_memory(findings, &context->memories[i], hash);
}
