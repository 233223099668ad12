/* SPDX-License-Identifier: BSD-2-Clause */
/* Each verb on the table, and the log of what was done. */
#include "store/memory/memory_verbs.h"

#include "store/journal.h"
#include "store/key.h"
#include "store/memory/peers.h"
#include "store/memory/trace.h"
#include "store/memory/window.h"

#include <stdlib.h>

#define LOG_OPS 16

/* Does what the note waits for hold? A note may only wait for an earlier. */
static bool
may_note(const struct memory_verbs *ctx, const struct note *note)
{
	const struct store_op *after;

	if (note->after < 0)
		return true;
	if ((size_t)note->after >= ctx->at)
		return false;
	after = &ctx->ops[note->after];
	return after->verb == STORE_NOTE && after->note.done &&
		after->note.count >= note->after_least;
}

static void
apply_note(const struct memory_verbs *ctx, struct store_op *op)
{
	struct memory *memory = ctx->memory;
	struct note *note = &op->note;
	struct key_text room;
	struct slice group = key_bound(note->group, &room);
	uint32_t policy;

	note_clear(note);
	if (!may_note(ctx, note))
		return;
	policy = symbols_number(memory->policies, note->policy);
	if (policy == 0)
		return;
	window_note(memory->table, policy, group,
		table_print(memory->table, note->member), ctx->at_ms, note);
}

static void
apply_remember(const struct memory_verbs *ctx, struct store_op *op)
{
	struct store_remember remember = op->remember;
	struct key_text room;

	remember.id = key_bound(remember.id, &room);
	trace_remember(ctx->memory->table, ctx->at_ms,
		ctx->memory->trace_members, &remember);
}

static void
apply_recall(const struct memory_verbs *ctx, struct store_op *op)
{
	struct store_recall recall = op->recall;
	struct key_text room;

	if (ctx->arena == NULL)
		return;
	recall.id = key_bound(recall.id, &room);
	trace_recall(ctx->memory->table, ctx->at_ms, ctx->arena, &recall);
	op->recall.members = recall.members;
	op->recall.count = recall.count;
}

static void
apply_facts(const struct memory_verbs *ctx, struct store_op *op)
{
	struct key_text mailbox, destination;
	struct store_facts facts = {
		.mailbox = key_bound(op->facts.mailbox, &mailbox),
		.destination = key_bound(op->facts.destination, &destination),
		.peered = op->facts.peered,
	};

	mailbox_facts(
		ctx->memory->table, &ctx->memory->limits, ctx->at_ms, &facts);
	if (facts.peered) {
		peers_facts(ctx->memory->table, ctx->memory->limits.ttl_ms,
			ctx->at_ms, &facts);
	}
	facts.mailbox = op->facts.mailbox;
	facts.destination = op->facts.destination;
	op->facts = facts;
}

static void
apply_tally(const struct memory_verbs *ctx, struct store_op *op)
{
	struct store_tally tally = op->tally;
	struct key_text mailbox, destination;

	tally.mailbox = key_bound(tally.mailbox, &mailbox);
	tally.destination = key_bound(tally.destination, &destination);
	if (mailbox_tally(ctx->memory->table, &ctx->memory->limits, ctx->at_ms,
		    &tally) &&
		tally.what == TALLY_RECEIVED)
		peers_receive(ctx->memory->table, ctx->at_ms, &tally);
}

static void
apply_peer(const struct memory_verbs *ctx, struct store_op *op)
{
	struct store_peer peer = op->peer;
	struct key_text mailbox, destination;

	peer.mailbox = key_bound(peer.mailbox, &mailbox);
	peer.destination = key_bound(peer.destination, &destination);
	peers_meet(ctx->memory->table, ctx->memory->limits.ttl_ms, ctx->at_ms,
		&peer);
}

static void
apply_append(const struct memory_verbs *ctx, struct store_op *op)
{
	struct slice json = op->append.json;

	if (ctx->known == NULL ||
		dedup_first(ctx->known, table_print(ctx->memory->table, json)))
		(void)ring_append(ctx->memory->ring, ctx->at_ms, json);
}

/* Into the log goes what was done: a note that waited for another one counts
 * as it did, whatever the other one's window holds when it is read again. */
static void
log_done(const struct memory_verbs *ctx, size_t count)
{
	struct store_op few[LOG_OPS], *ops = few;
	size_t kept = 0;

	if (count > LOG_OPS)
		ops = calloc(count, sizeof(*ops));
	for (size_t i = 0; ops != NULL && i < count; i++) {
		if (ctx->ops[i].verb == STORE_NOTE && !ctx->ops[i].note.done)
			continue;
		ops[kept] = ctx->ops[i];
		if (ops[kept].verb == STORE_NOTE)
			ops[kept].note.after = -1;
		kept++;
	}
	if (kept > 0)
		journal_add(ctx->memory->log, ctx->at_ms, ops, kept);
	if (ops != few)
		free(ops);
}

void
memory_verbs_apply(struct memory_verbs *ctx, size_t count)
{
	static void (*const verbs[])(
		const struct memory_verbs *, struct store_op *) = {
		[STORE_NOTE] = apply_note,
		[STORE_REMEMBER] = apply_remember,
		[STORE_RECALL] = apply_recall,
		[STORE_FACTS] = apply_facts,
		[STORE_TALLY] = apply_tally,
		[STORE_APPEND] = apply_append,
		[STORE_PEER] = apply_peer,
	};

	for (; ctx->at < count; ctx->at++)
		verbs[ctx->ops[ctx->at].verb](ctx, &ctx->ops[ctx->at]);
	if (ctx->known == NULL && ctx->memory->logs)
		log_done(ctx, count);
}
