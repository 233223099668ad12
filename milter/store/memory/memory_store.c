/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory store: the embedded default, and what answers while Redis is
 * away. Its verbs are in memory_verbs.c; a thread of its own writes the
 * snapshot.
 */
#include "store/memory/memory_store.h"

#include "base/arena.h"
#include "store/backend.h"
#include "store/journal.h"
#include "store/journal_files.h"
#include "store/key.h"
#include "store/memory/memory.h"
#include "store/memory/memory_queries.h"
#include "store/memory/memory_verbs.h"
#include "store/memory/restore.h"
#include "store/memory/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often the thread looks whether a snapshot is due. */
#define LOOK_MS 1000
#define ADOPT_ARENA_BYTES ((size_t)80 << 20)
#define ADOPT_TIMES 8

/* Of the memory, one part in so many may be events. */
#define RING_PART 8
#define SNAPSHOT_NAME "store.snapshot"

static void
apply_all(struct memory *memory, const struct store_batch *batch,
	struct store_op *ops, struct arena *arena)
{
	struct memory_verbs ctx = {
		.memory = memory,
		.ops = ops,
		.at = batch->foreseen,
		.arena = arena,
		.at_ms = batch->at_ms != 0 ? batch->at_ms
					   : clock_now_ms(memory->clock),
	};

	memory_verbs_apply(&ctx, batch->count);
}

static enum store_result
memory_ask(struct store *store, struct store_batch *batch, int64_t budget_ms)
{
	(void)budget_ms;
	apply_all((struct memory *)store, batch, batch->ops, batch->arena);
	batch->came_true = true;
	return STORE_OK;
}

/* Nobody knows more. */
static bool
memory_foresee(struct store *store, struct store_batch *batch)
{
	return memory_ask(store, batch, 0) == STORE_OK;
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

static void
learn(struct memory *memory, const struct store_facts *facts, int64_t at_ms)
{
	struct key_text mailbox, destination;
	struct store_facts known = *facts;

	known.mailbox = key_bound(known.mailbox, &mailbox);
	known.destination = key_bound(known.destination, &destination);
	mailbox_learn(memory->table, &memory->limits, at_ms, &known);
}

void
memory_store_learn(struct store *store, const struct store_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct store_op *op = &batch->ops[i];

		if (op->verb == STORE_FACTS && op->facts.route_count > 0)
			learn((struct memory *)store, &op->facts, batch->at_ms);
	}
}

void
memory_store_set_ahead(struct store *store, int64_t ahead_ms)
{
	orders_set_ahead(((struct memory *)store)->orders, ahead_ms);
}

void
memory_store_obey(struct store *store, const struct store_orders *heard,
	struct arena *arena, struct store_orders *missing)
{
	struct memory *memory = (struct memory *)store;

	orders_obey(memory->orders, heard, arena, missing);
	memory->orders_unsaved = true;
}

static bool
memory_snapshot(struct store *store, struct err *err)
{
	struct memory *memory = (struct memory *)store;

	/* The next process has read the last one. */
	return memory->path == NULL || memory->hands_over ||
		snapshot_write(memory, err);
}

static void
know_event(int64_t at_ms, struct slice json, void *ctx)
{
	struct memory_verbs *adopting = ctx;

	(void)at_ms;
	(void)dedup_first(
		adopting->known, table_print(adopting->memory->table, json));
}

/* What another process has left, as if it had been told. */
static bool
carry_out_all(struct memory_verbs *ctx, struct journal *left, struct err *err)
{
	struct arena *arena = arena_new(ADOPT_ARENA_BYTES);
	struct store_batch batch;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	while (journal_take(left, arena, &batch)) {
		ctx->ops = batch.ops;
		ctx->at = 0;
		ctx->at_ms = batch.at_ms;
		memory_verbs_apply(ctx, batch.count);
		arena_reset(arena);
	}
	arena_free(arena);
	return true;
}

static void
say_dropped(const struct memory *memory, struct journal *left)
{
	struct journal_counts counts;
	struct err err;

	journal_count(left, &counts);
	if (counts.dropped == 0)
		return;
	(void)err_set(&err, ERR_LIMIT,
		"store: %llu operations that other processes left are lost: "
		"there is no room for them",
		(unsigned long long)counts.dropped);
	memory_say(memory, &err);
}

/* Notes may be repeated, tallies have an identity, events are looked for: what
 * is in both the snapshot and a file counts once. In memory a batch is longer
 * than in a file, and several processes may have left one. */
static bool
adopt(struct memory *memory, struct err *err)
{
	struct journal *left =
		journal_new((size_t)memory->log_bytes * ADOPT_TIMES);
	struct memory_verbs ctx = {.memory = memory};
	struct dedup known;
	bool ok;

	if (left == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (!journal_files_read(memory->files, left)) {
		journal_free(left);
		return true;
	}
	say_dropped(memory, left);
	ctx.known = &known;
	dedup_init(&known, memory->events);
	ring_each(memory->ring, know_event, &ctx);
	ok = carry_out_all(&ctx, left, err);
	dedup_fini(&known);
	journal_free(left);
	if (memory->path == NULL)
		return ok;
	if (!ok || !memory_snapshot(&memory->store, err))
		return false;
	journal_files_replayed(memory->files);
	return true;
}

static bool
memory_hand(struct store *store, enum store_hand hand, struct err *err)
{
	struct memory *memory = (struct memory *)store;
	bool ok = true;

	switch (hand) {
	case STORE_HAND_BEGIN:
		ok = memory->path == NULL || snapshot_write_last(memory, err);
		break;
	case STORE_HAND_CANCEL:
		memory->hands_over = false;
		break;
	case STORE_HAND_ADOPT:
		ok = adopt(memory, err);
		break;
	}
	return ok;
}

void
memory_store_log(struct store *store)
{
	struct memory *memory = (struct memory *)store;

	memory->logs = memory->path != NULL;
	journal_files_start(memory->files);
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

	bool order = query->kind == STORE_ORDER || query->kind == STORE_FORGET;

	/* The process to come may have read already what an order changes. */
	if (memory->hands_over && order)
		return err_set(err, ERR_DOWN,
			"another process takes over just now: ask again");
	if (!memory_queries(memory, arena, query, err))
		return false;
	/* Orders are not in the log, and what it holds must not undo one. */
	return !memory->logs || !order ||
		(journal_files_write(memory->files, err) &&
			memory_snapshot(store, err));
}

static bool
memory_ordered(struct store *store, struct arena *arena, struct slice about,
	struct store_containment *word)
{
	struct memory *memory = (struct memory *)store;
	struct key_text room;

	return orders_get(memory->orders, arena, key_bound(about, &room),
		clock_now_ms(memory->clock), word);
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
	if (health->unsaved[0] == '\0') {
		journal_files_trouble(memory->files, health->unsaved,
			sizeof(health->unsaved));
	}
	for (uint32_t i = 0; i < memory->table->shard_count; i++) {
		struct table_shard *shard = &memory->table->shards[i];

		pthread_mutex_lock(&shard->lock);
		health->bytes += table_bytes(shard);
		health->entries += shard->count;
		health->evicted += shard->evicted;
		pthread_mutex_unlock(&shard->lock);
	}
}

/* Did the log grow past its bound, or lose what it had no room for? */
static bool
log_is_full(struct memory *memory, uint64_t *dropped)
{
	struct journal_counts counts;
	bool full;

	journal_count(memory->log, &counts);
	full = counts.dropped > *dropped ||
		journal_files_bytes(memory->files) > memory->log_bytes;
	*dropped = counts.dropped;
	return full;
}

static void *
snapshot_thread(void *arg)
{
	struct memory *memory = arg;
	int64_t every_ms = memory->snapshot_ms, last_ms = clock_monotonic_ms();
	uint64_t dropped = 0;
	struct err err;

	while (waiter_sleep(&memory->waiter,
		every_ms > 0 && every_ms < LOOK_MS ? every_ms : LOOK_MS)) {
		bool due = every_ms > 0 &&
			clock_monotonic_ms() >= last_ms + every_ms;

		/* They are few, and are to outlive this process. */
		due = atomic_exchange(&memory->orders_unsaved, false) || due;
		if (!log_is_full(memory, &dropped) && !due)
			continue;
		if (!memory_snapshot(&memory->store, &err))
			memory_say(memory, &err);
		last_ms = clock_monotonic_ms();
	}
	return NULL;
}

static void
memory_free(struct memory *memory)
{
	memory_free_parts(memory);
	journal_files_free(memory->files);
	journal_free(memory->log);
	waiter_fini(&memory->waiter);
	pthread_mutex_destroy(&memory->snapshot_lock);
	free(memory->path);
	free(memory);
}

/* What is told after the snapshot that another process began from waits in
 * the files for it; so it does when there can be no snapshot. */
static bool
leave_files(struct memory *memory, struct err *err)
{
	struct journal_counts counts;

	if (!journal_files_write(memory->files, err))
		return false;
	journal_count(memory->log, &counts);
	return counts.dropped == memory->log_dropped || !memory->hands_over ||
		err_set(err, ERR_LIMIT,
			"%llu operations found no room on their way to the "
			"next process",
			(unsigned long long)(counts.dropped -
				memory->log_dropped));
}

static bool
end_files(struct memory *memory, struct err *err)
{
	struct err unwritten;

	journal_files_stop(memory->files);
	if (memory->hands_over)
		return leave_files(memory, err);
	if (!memory_snapshot(&memory->store, err)) {
		(void)leave_files(memory, &unwritten);
		return false;
	}
	journal_files_turn(memory->files);
	journal_files_drop_turned(memory->files);
	return true;
}

static void
memory_close(struct store *store)
{
	struct memory *memory = (struct memory *)store;
	struct err err;

	waiter_stop(&memory->waiter);
	if (!end_files(memory, &err))
		memory_say(memory, &err);
	memory_free(memory);
}

static const struct store_backend backend = {
	.name = "memory",
	.ask = memory_ask,
	.foresee = memory_foresee,
	.tell = memory_tell,
	.snapshot = memory_snapshot,
	.hand = memory_hand,
	.close = memory_close,
	.name_of = memory_name,
	.query = memory_query,
	.ordered = memory_ordered,
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
	memory->log_bytes = options->journal_bytes;
	memory->log = journal_new_passing((size_t)options->journal_bytes);
	memory->files = memory->log != NULL
		? journal_files_new(options, memory->log)
		: NULL;
	memory->events = options->events;
	return memory->files != NULL &&
		memory_make_parts(
			memory, bytes - ring, options->events, ring) &&
		(memory->path != NULL || options->state_dir == NULL);
}

/* What others have left is known, too, and stays for who goes on from it. */
static bool
look(struct memory *memory, struct err *err)
{
	free(memory->path);
	memory->path = NULL;
	return adopt(memory, err);
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
	if (options->look_only && !look(memory, err)) {
		memory_free(memory);
		return NULL;
	}
	if (memory->path != NULL)
		(void)waiter_start(&memory->waiter, snapshot_thread, memory);
	return &memory->store;
}
