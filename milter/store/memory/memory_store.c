/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory store: the embedded default, and what answers while Redis is
 * away. Every verb is carried out at once, under the lock of the one shard
 * that its key lives in; a thread of its own writes the snapshot.
 */
#include "store/memory/memory_store.h"

#include "base/arena.h"
#include "store/backend.h"
#include "store/key.h"
#include "store/memory/handover.h"
#include "store/memory/memory.h"
#include "store/memory/memory_queries.h"
#include "store/memory/restore.h"
#include "store/memory/snapshot.h"
#include "store/memory/trace.h"
#include "store/memory/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the memory, one part in so many may be events. */
#define RING_PART 8
#define SNAPSHOT_NAME "store.snapshot"

struct context {
	struct memory *memory;
	struct store_op *ops;
	size_t at; /* the operation carried out */
	struct arena *arena; /* NULL: nobody reads the answers */
	int64_t at_ms;
	struct dedup *known; /* events that are there; NULL: none can be */
};

/* Does what the note waits for hold? A note may only wait for an earlier. */
static bool
may_note(const struct context *ctx, const struct note *note)
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
apply_note(const struct context *ctx, struct store_op *op)
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
apply_remember(const struct context *ctx, struct store_op *op)
{
	struct store_remember remember = op->remember;
	struct key_text room;

	remember.id = key_bound(remember.id, &room);
	trace_remember(ctx->memory->table, ctx->at_ms,
		ctx->memory->trace_members, &remember);
}

static void
apply_recall(const struct context *ctx, struct store_op *op)
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
apply_facts(const struct context *ctx, struct store_op *op)
{
	struct key_text mailbox, destination;
	struct store_facts facts = {
		.mailbox = key_bound(op->facts.mailbox, &mailbox),
		.destination = key_bound(op->facts.destination, &destination),
	};

	mailbox_facts(
		ctx->memory->table, &ctx->memory->limits, ctx->at_ms, &facts);
	facts.contained = contained_has(
		ctx->memory->contained, facts.mailbox, ctx->at_ms);
	facts.mailbox = op->facts.mailbox;
	facts.destination = op->facts.destination;
	op->facts = facts;
}

static void
apply_tally(const struct context *ctx, struct store_op *op)
{
	struct store_tally tally = op->tally;
	struct key_text mailbox, destination;

	tally.mailbox = key_bound(tally.mailbox, &mailbox);
	tally.destination = key_bound(tally.destination, &destination);
	mailbox_tally(
		ctx->memory->table, &ctx->memory->limits, ctx->at_ms, &tally);
}

static void
apply_append(const struct context *ctx, struct store_op *op)
{
	struct slice json = op->append.json;

	if (ctx->known == NULL ||
		dedup_first(ctx->known, table_print(ctx->memory->table, json)))
		(void)ring_append(ctx->memory->ring, ctx->at_ms, json);
}

/* Kept for another process only when it is done: what was done before that
 * began is in the snapshot. */
static void
apply(struct context *ctx, size_t count)
{
	static void (*const verbs[])(
		const struct context *, struct store_op *) = {
		[STORE_NOTE] = apply_note,
		[STORE_REMEMBER] = apply_remember,
		[STORE_RECALL] = apply_recall,
		[STORE_FACTS] = apply_facts,
		[STORE_TALLY] = apply_tally,
		[STORE_APPEND] = apply_append,
	};

	for (ctx->at = 0; ctx->at < count; ctx->at++)
		verbs[ctx->ops[ctx->at].verb](ctx, &ctx->ops[ctx->at]);
	handover_add(ctx->memory->handover, ctx->at_ms, ctx->ops, count);
}

static void
apply_all(struct memory *memory, const struct store_batch *batch,
	struct store_op *ops, struct arena *arena)
{
	struct context ctx = {
		.memory = memory,
		.ops = ops,
		.arena = arena,
		.at_ms = batch->at_ms != 0 ? batch->at_ms
					   : clock_now_ms(memory->clock),
	};

	apply(&ctx, batch->count);
}

static enum store_result
memory_ask(struct store *store, struct store_batch *batch, int64_t budget_ms)
{
	(void)budget_ms;
	apply_all((struct memory *)store, batch, batch->ops, batch->arena);
	return STORE_OK;
}

#define TELL_OPS_STACK 16

static void
memory_tell(struct store *store, const struct store_batch *batch)
{
	struct store_op few[TELL_OPS_STACK], *ops = few;

	if (batch->count > TELL_OPS_STACK)
		ops = calloc(batch->count, sizeof(*ops));
	if (ops == NULL)
		return;
	memcpy(ops, batch->ops, batch->count * sizeof(*ops));
	apply_all((struct memory *)store, batch, ops, NULL);
	if (ops != few)
		free(ops);
}

void
memory_store_learn(
	struct store *store, const struct store_facts *facts, int64_t at_ms)
{
	struct memory *memory = (struct memory *)store;
	struct key_text mailbox, destination;
	struct store_facts known = *facts;

	known.mailbox = key_bound(known.mailbox, &mailbox);
	known.destination = key_bound(known.destination, &destination);
	mailbox_learn(memory->table, &memory->limits, at_ms, &known);
}

static bool
memory_snapshot(struct store *store, struct err *err)
{
	struct memory *memory = (struct memory *)store;

	/* The next process has read the last one. */
	return memory->path == NULL || handover_is_on(memory->handover) ||
		snapshot_write(memory, err);
}

static void
know_event(int64_t at_ms, struct slice json, void *ctx)
{
	struct context *adopting = ctx;

	(void)at_ms;
	(void)dedup_first(
		adopting->known, table_print(adopting->memory->table, json));
}

static void
carry_out(void *ctx, struct store_batch *batch)
{
	struct context *adopting = ctx;

	adopting->ops = batch->ops;
	adopting->at_ms = batch->at_ms;
	apply(adopting, batch->count);
}

static bool
adopt(struct memory *memory, struct err *err)
{
	struct dedup known;
	struct context ctx = {.memory = memory, .known = &known};
	bool ok, found = false;

	dedup_init(&known, memory->events);
	ring_each(memory->ring, know_event, &ctx);
	ok = handover_adopt(memory->handover, carry_out, &ctx, &found, err);
	dedup_fini(&known);
	if (!found)
		return ok;
	if (!memory_snapshot(&memory->store, err))
		return false;
	handover_done(memory->handover);
	return ok;
}

static bool
memory_hand(struct store *store, enum store_hand hand, struct err *err)
{
	struct memory *memory = (struct memory *)store;
	bool ok = true;

	switch (hand) {
	case STORE_HAND_BEGIN:
		handover_begin(memory->handover);
		ok = memory->path == NULL || snapshot_write(memory, err);
		if (!ok)
			handover_cancel(memory->handover);
		break;
	case STORE_HAND_CANCEL:
		handover_cancel(memory->handover);
		break;
	case STORE_HAND_ADOPT:
		ok = adopt(memory, err);
		break;
	}
	return ok;
}

static struct slice
memory_name(struct store *store, struct arena *arena, struct slice address)
{
	(void)store;
	return arena_copy(arena, address);
}

static bool
memory_query(struct store *store, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct memory *memory = (struct memory *)store;

	/* The process to come may have read already what an order changes. */
	if (handover_is_on(memory->handover) &&
		(query->kind == STORE_CONTAIN || query->kind == STORE_FORGET))
		return err_set(err, ERR_DOWN,
			"another process takes over just now: ask again");
	return memory_queries(memory, arena, query, err);
}

static void
memory_health(struct store *store, struct store_health *health)
{
	struct memory *memory = (struct memory *)store;

	health->up = true;
	health->since_ms = memory->opened_ms;
	health->bytes = ring_bytes(memory->ring);
	waiter_lock(&memory->waiter);
	memcpy(health->unsaved, memory->unsaved, sizeof(health->unsaved));
	waiter_unlock(&memory->waiter);
	for (uint32_t i = 0; i < memory->table->shard_count; i++) {
		struct table_shard *shard = &memory->table->shards[i];

		pthread_mutex_lock(&shard->lock);
		health->bytes += table_bytes(shard);
		health->entries += shard->count;
		health->dropped += shard->evicted;
		pthread_mutex_unlock(&shard->lock);
	}
}

static void *
snapshot_thread(void *arg)
{
	struct memory *memory = arg;
	struct err err;

	while (waiter_sleep(&memory->waiter, memory->snapshot_ms)) {
		if (!memory_snapshot(&memory->store, &err))
			memory_say(memory, &err);
	}
	return NULL;
}

static void
memory_free(struct memory *memory)
{
	memory_free_parts(memory);
	handover_free(memory->handover);
	waiter_fini(&memory->waiter);
	pthread_mutex_destroy(&memory->snapshot_lock);
	free(memory->path);
	free(memory);
}

static void
memory_close(struct store *store)
{
	struct memory *memory = (struct memory *)store;
	struct err err;

	waiter_stop(&memory->waiter);
	if (handover_is_on(memory->handover)
			? !handover_leave(memory->handover, &err)
			: !memory_snapshot(store, &err))
		memory_say(memory, &err);
	memory_free(memory);
}

static const struct store_backend backend = {
	.name = "memory",
	.ask = memory_ask,
	.tell = memory_tell,
	.snapshot = memory_snapshot,
	.hand = memory_hand,
	.close = memory_close,
	.name_of = memory_name,
	.query = memory_query,
	.health = memory_health,
};

static char *
path_in(const char *dir)
{
	size_t bytes = dir != NULL ? strlen(dir) + sizeof "/" SNAPSHOT_NAME : 0;
	char *path = bytes > 0 ? malloc(bytes) : NULL;

	if (path != NULL)
		(void)snprintf(path, bytes, "%s/" SNAPSHOT_NAME, dir);
	return path;
}

static bool
make_parts(struct memory *memory, const struct store_options *options)
{
	size_t bytes = (size_t)options->memory_bytes;
	size_t ring = bytes / RING_PART;

	memory->path = path_in(options->state_dir);
	memory->handover = handover_new(
		options->state_dir, (size_t)options->journal_bytes);
	memory->events = options->events;
	return memory->handover != NULL &&
		memory_make_parts(
			memory, bytes - ring, options->events, ring) &&
		(memory->path != NULL || options->state_dir == NULL);
}

struct store *
memory_store_open(const struct store_options *options, struct err *err)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	if (memory == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	memory->store.backend = &backend;
	memory->clock = options->clock;
	memory->opened_ms = clock_now_ms(options->clock);
	memory->say = options->say;
	memory->say_ctx = options->say_ctx;
	memory->limits.routes = options->routes;
	memory->limits.ttl_ms = options->mailbox_ttl_ms;
	memory->trace_members = options->trace_members;
	memory->snapshot_ms = options->snapshot_ms;
	pthread_mutex_init(&memory->snapshot_lock, NULL);
	waiter_init(&memory->waiter);
	if (!make_parts(memory, options)) {
		memory_free(memory);
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	if (memory->path != NULL)
		restore_read(memory);
	if (memory->path != NULL && memory->snapshot_ms > 0)
		(void)waiter_start(&memory->waiter, snapshot_thread, memory);
	return &memory->store;
}
