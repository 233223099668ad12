/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Redis that may be away, with memory behind it. Every batch passes through
 * memory first: so its sets are warm when an outage begins, and its answers
 * are there when Redis gives none. What Redis did not take goes into the
 * journal, whether it never was sent, or was sent and nobody knows: all of it
 * may be repeated. A thread replays the journal when Redis is back, oldest
 * first, a few batches at a time so that mail keeps its place in the queue.
 *
 * An acknowledged write can be lost, too: a master that dies had not told its
 * replica, a server that restarts had not written its last second. So what each
 * node took in its last seconds is kept, and goes into the journal when the
 * server that is found again is another process than before, or when its slots
 * have gone to others without it.
 */
#include "store/resilient.h"

#include "base/arena.h"
#include "base/date.h"
#include "store/backend.h"
#include "store/foreseen.h"
#include "store/hearing_orders.h"
#include "store/journal.h"
#include "store/journal_files.h"
#include "store/memory/memory_store.h"
#include "store/recent.h"
#include "store/redis/redis.h"
#include "store/redis/redis_clock.h"
#include "store/redis/redis_queries.h"
#include "store/redis/wiper.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPLAY_BATCHES 256
#define REPLAY_ARENA_BYTES ((size_t)80 << 20)
#define POLL_MS 200
#define SAY_MS 60000
/* Of the journal's bytes, one part in so many for what each node took in its
 * last seconds. */
#define RECENT_PART 8
#define CLOCK_POLLS 150
/* Two messages in a row that waited in vain are no accident; and it is over
 * when none has for so long. */
#define SLOW_LATE 2
#define SLOW_OVER_MS 10000
#define JOURNAL_FILES_POLLS 25 /* between two looks for files */

struct resilient {
	struct store store;
	struct store *memory;
	struct redis *redis;
	struct wiper *wiper; /* of traces in Redis */
	struct journal *journal;
	struct recent *recent; /* acknowledged in the last seconds */
	struct journal_files *files; /* the journal's */
	struct clock clock;

	struct waiter waiter; /* its thread replays */
	size_t in_flight; /* batches being replayed */
	bool replay_failed;
	struct hearing_orders orders;
	uint64_t replayed, refused;
	int64_t said_ms; /* that something was lost */
	uint64_t lost_said;
	uint64_t dropped_before; /* when the journal was empty last */
	unsigned late; /* in a row */
	int64_t late_ms; /* the last one, monotonic */
	int64_t slow_since_ms; /* 0: it is not */
};

/* Lines about what is lost for good, at most one a minute. */
static void
say_lost(struct resilient *resilient, const char *reason)
{
	int64_t now_ms = clock_monotonic_ms();
	struct journal_counts counts;
	uint64_t lost;
	bool say;

	journal_count(resilient->journal, &counts);
	waiter_lock(&resilient->waiter);
	lost = counts.dropped + resilient->refused;
	say = lost > resilient->lost_said &&
		(resilient->said_ms == 0 ||
			now_ms >= resilient->said_ms + SAY_MS);
	if (say) {
		resilient->said_ms = now_ms;
		resilient->lost_said = lost;
	}
	waiter_unlock(&resilient->waiter);
	if (say) {
		redis_say(resilient->redis, LOG_LEVEL_ERROR,
			"store: %llu operations are lost: %s",
			(unsigned long long)lost, reason);
	}
}

/* From a node's thread, or the one that told. */
static void
lost(void *ctx, struct request *request)
{
	struct resilient *resilient = ctx;
	struct journal_counts before, after;

	if (request->outcome == REQUEST_REFUSED) {
		waiter_lock(&resilient->waiter);
		resilient->refused += request->refused;
		waiter_unlock(&resilient->waiter);
		say_lost(resilient, request->reason);
		return;
	}
	journal_count(resilient->journal, &before);
	journal_add(resilient->journal, request->at_ms, request->ops,
		request->op_count);
	journal_count(resilient->journal, &after);
	if (after.dropped > before.dropped)
		say_lost(resilient, "the journal is full");
}

static void
keep_recent(void *ctx, struct request *request)
{
	struct resilient *resilient = ctx;
	bool seen[RECENT_NODES] = {false};

	for (const struct command *command = request->commands; command != NULL;
		command = command->sibling) {
		unsigned node;

		if (command->node == NULL)
			continue;
		node = node_number(command->node);
		if (!seen[node]) {
			recent_add(resilient->recent, node, request->at_ms,
				request->ops, request->op_count);
		}
		seen[node] = true;
	}
}

static void
replay_recent(void *ctx, unsigned node)
{
	struct resilient *resilient = ctx;

	recent_move(resilient->recent, node, resilient->journal);
}

/* Is it slow? One that is late is asked no more until it has answered, and
 * then the next message waits in vain again: each by itself says nothing. */
static void
notice_pace(struct resilient *resilient, enum request_outcome outcome)
{
	int64_t now_ms = clock_monotonic_ms();

	waiter_lock(&resilient->waiter);
	if (outcome == REQUEST_OPEN) {
		resilient->late_ms = now_ms;
		if (++resilient->late == SLOW_LATE &&
			resilient->slow_since_ms == 0) {
			resilient->slow_since_ms =
				clock_now_ms(resilient->clock);
		}
	} else if (outcome == REQUEST_DONE) {
		resilient->late = 0;
		if (now_ms >= resilient->late_ms + SLOW_OVER_MS)
			resilient->slow_since_ms = 0;
	}
	waiter_unlock(&resilient->waiter);
}

static bool
resilient_foresee(struct store *store, struct store_batch *batch)
{
	struct resilient *resilient = (struct resilient *)store;

	return foreseen_can_be(batch) && redis_may_foresee(resilient->redis) &&
		store_foresee(resilient->memory, batch);
}

static enum store_result
resilient_ask(struct store *store, struct store_batch *batch, int64_t budget_ms)
{
	struct resilient *resilient = (struct resilient *)store;
	struct store_batch dated = *batch;
	enum request_outcome outcome;

	if (dated.at_ms == 0)
		dated.at_ms = clock_now_ms(resilient->clock);
	if (dated.foreseen == 0)
		(void)store_ask(resilient->memory, &dated, budget_ms);
	outcome = redis_ask(resilient->redis, &dated, budget_ms);
	batch->came_true = dated.came_true;
	foreseen_count(resilient->memory, &dated);
	notice_pace(resilient, outcome);
	if (outcome == REQUEST_DONE) {
		memory_store_learn(resilient->memory, &dated);
		return STORE_OK;
	}
	return outcome == REQUEST_OPEN ? STORE_LATE : STORE_FALLBACK;
}

static void
resilient_tell(struct store *store, const struct store_batch *batch)
{
	struct resilient *resilient = (struct resilient *)store;
	struct store_batch dated = *batch;

	if (dated.at_ms == 0)
		dated.at_ms = clock_now_ms(resilient->clock);
	store_tell(resilient->memory, &dated);
	if (!redis_tell(resilient->redis, &dated, NULL, NULL)) {
		journal_add(resilient->journal, dated.at_ms, dated.ops,
			dated.count);
	}
}

/* One batch of the replay has come to an end. */
static void
replayed(struct request *request, void *ctx)
{
	struct resilient *resilient = request->finish_ctx;
	bool again = request->outcome == REQUEST_DOWN;

	(void)ctx;
	if (again) {
		journal_add(resilient->journal, request->at_ms, request->ops,
			request->op_count);
	} else if (request->outcome == REQUEST_DONE) {
		keep_recent(resilient, request);
	}
	waiter_lock(&resilient->waiter);
	if (!again) {
		resilient->replayed += request->op_count - request->refused;
		resilient->refused += request->refused;
	}
	resilient->replay_failed = resilient->replay_failed || again;
	resilient->in_flight--;
	waiter_wake(&resilient->waiter);
	waiter_unlock(&resilient->waiter);
	if (request->outcome == REQUEST_REFUSED)
		say_lost(resilient, request->reason);
}

static void
wait_landed(struct resilient *resilient)
{
	waiter_lock(&resilient->waiter);
	while (resilient->in_flight > 0)
		waiter_wait_always(&resilient->waiter);
	waiter_unlock(&resilient->waiter);
}

/* Some batches; false when there was none, or one did not get through. */
static bool
replay_some(struct resilient *resilient, struct arena *arena)
{
	struct store_batch batch;
	size_t i;

	resilient->replay_failed = false;
	for (i = 0; i < REPLAY_BATCHES &&
		journal_take(resilient->journal, arena, &batch);
		i++) {
		waiter_lock(&resilient->waiter);
		resilient->in_flight++;
		waiter_unlock(&resilient->waiter);
		if (!redis_tell(
			    resilient->redis, &batch, replayed, resilient)) {
			journal_add(resilient->journal, batch.at_ms, batch.ops,
				batch.count);
			waiter_lock(&resilient->waiter);
			resilient->in_flight--;
			resilient->replay_failed = true;
			waiter_unlock(&resilient->waiter);
		}
		arena_reset(arena);
	}
	wait_landed(resilient);
	return i > 0 && !resilient->replay_failed;
}

/* Everything that can be replayed now; true when nothing is left. Orders do
 * not wait for it. */
static bool
replay_all(struct resilient *resilient, struct arena *arena)
{
	struct journal_counts counts;
	uint64_t before = resilient->replayed;

	journal_count(resilient->journal, &counts);
	if (counts.operations == 0)
		return true;
	while (!waiter_is_stopping(&resilient->waiter) &&
		replay_some(resilient, arena))
		hearing_orders_hear(&resilient->orders, arena);
	journal_count(resilient->journal, &counts);
	if (counts.operations == 0 && resilient->replayed > before) {
		redis_say(resilient->redis, LOG_LEVEL_NOTICE,
			"store: %llu operations replayed to Redis",
			(unsigned long long)(resilient->replayed - before));
	}
	return counts.operations == 0;
}

static void *
replay_thread(void *arg)
{
	struct resilient *resilient = arg;
	struct arena *arena = arena_new(REPLAY_ARENA_BYTES);
	bool measured = false;
	unsigned polls = 0;

	if (arena == NULL)
		return NULL;
	while (waiter_sleep(&resilient->waiter, POLL_MS)) {
		if (!redis_is_up(resilient->redis)) {
			measured = false;
			continue;
		}
		hearing_orders_hear(&resilient->orders, arena);
		if (!measured || ++polls % JOURNAL_FILES_POLLS == 0) {
			(void)journal_files_read(
				resilient->files, resilient->journal);
		}
		if (!measured || polls % CLOCK_POLLS == 0)
			measured = redis_clock_measure(resilient->redis);
		if (replay_all(resilient, arena))
			journal_files_settled(resilient->files);
	}
	arena_free(arena);
	return NULL;
}

static bool
resilient_snapshot(struct store *store, struct err *err)
{
	return store_snapshot(((struct resilient *)store)->memory, err);
}

/* What waits goes into one file, for the next process; none is left when
 * nothing does. */
static void
leave_files(struct resilient *resilient)
{
	struct err err;

	journal_files_stop(resilient->files);
	if (!journal_files_rewrite(resilient->files, &err))
		(void)journal_files_write(resilient->files, &err);
}

static bool
resilient_log_in(struct store *store, const struct store_options *options,
	struct err *err)
{
	return access_renew(
		&((struct resilient *)store)->redis->access, options, err);
}

/* Nodes first: what they cannot deliver any more goes into the journal. */
static void
resilient_close(struct store *store)
{
	struct resilient *resilient = (struct resilient *)store;

	waiter_stop(&resilient->waiter);
	wiper_free(resilient->wiper);
	redis_close(resilient->redis);
	if (resilient->files != NULL)
		leave_files(resilient);
	journal_files_free(resilient->files);
	store_close(resilient->memory);
	journal_free(resilient->journal);
	recent_free(resilient->recent);
	waiter_fini(&resilient->waiter);
	free(resilient);
}

static struct slice
resilient_name(struct store *store, struct arena *arena, struct slice address)
{
	(void)store;
	return arena_copy(arena, address);
}

static bool
say_down(struct resilient *resilient, const char *so, struct err *err)
{
	struct store_health health = {0};

	redis_health(resilient->redis, &health);
	return err_set(
		err, ERR_DOWN, "Redis is down (%s): %s", health.reason, so);
}

static bool
down(struct resilient *resilient, struct err *err)
{
	return !redis_is_up(resilient->redis) &&
		!say_down(resilient, "it was done on this machine only", err);
}

/* An order is carried out on this machine, and then in Redis. */
static bool
carry_out(struct resilient *resilient, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct err unwritten;
	bool ok = store_query(resilient->memory, arena, query, err);
	bool rewritten = true;
	uint64_t here = query->answer.wiped;

	if (query->kind == STORE_FORGET) {
		(void)journal_forget(resilient->journal, query->about);
		(void)recent_forget(resilient->recent, query->about);
		rewritten = journal_files_rewrite(resilient->files, &unwritten);
	}
	ok = ok && !down(resilient, err) &&
		redis_queries(resilient->redis, arena, query, err);
	if (ok && query->kind == STORE_FORGET && query->about.len > 0)
		ok = wiper_start(resilient->wiper, query, err);
	if (query->kind == STORE_ORDER && ok)
		hearing_orders_anew(&resilient->orders);
	else if (query->kind == STORE_ORDER)
		hearing_orders_alone(&resilient->orders);
	if (query->answer.wiped < here)
		query->answer.wiped = here;
	if (!ok || rewritten)
		return ok;
	*err = unwritten;
	return err_wrap(err,
		"it is wiped, but what waited on this machine's disk may come "
		"back");
}

/* Memory answers, and says so. */
static bool
answer_alone(struct resilient *resilient, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct store_health health = {0};
	char since[DATE_TEXT_BYTES];

	if (!store_query(resilient->memory, arena, query, err))
		return false;
	redis_health(resilient->redis, &health);
	date_print(health.since_ms, since);
	query->answer.alone = arena_printf(arena,
		"this machine's memory only, Redis down since %s: %s", since,
		health.reason);
	return true;
}

/* Redis answers people, or memory while it is away. */
static bool
resilient_query(struct store *store, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct resilient *resilient = (struct resilient *)store;

	/* Neither is about what this machine remembers. */
	if (query->kind == STORE_EXPORT || query->kind == STORE_IMPORT) {
		return redis_is_up(resilient->redis)
			? redis_queries(resilient->redis, arena, query, err)
			: say_down(resilient, "nothing is carried", err);
	}
	if (query->kind == STORE_ORDER || query->kind == STORE_FORGET)
		return carry_out(resilient, arena, query, err);
	if (query->kind == STORE_OVER || query->kind == STORE_ORDERS_HEARD)
		return store_query(resilient->memory, arena, query, err);
	return redis_is_up(resilient->redis)
		? redis_queries(resilient->redis, arena, query, err)
		: answer_alone(resilient, arena, query, err);
}

static bool
resilient_ordered(struct store *store, struct arena *arena, struct slice about,
	struct store_containment *word)
{
	return store_ordered(
		((struct resilient *)store)->memory, arena, about, word);
}

static void
resilient_health(struct store *store, struct store_health *health)
{
	struct resilient *resilient = (struct resilient *)store;
	struct journal_counts counts;
	struct store_health memory;

	store_health(resilient->memory, &memory);
	redis_health(resilient->redis, health);
	journal_count(resilient->journal, &counts);
	health->bytes = memory.bytes + counts.bytes;
	health->entries = memory.entries;
	health->journal = counts.operations;
	waiter_lock(&resilient->waiter);
	health->journal += resilient->in_flight;
	health->replayed = resilient->replayed;
	health->evicted = memory.evicted;
	health->wiping = wiper_count(resilient->wiper);
	hearing_orders_health(&resilient->orders, health);
	health->slow_since_ms = resilient->slow_since_ms;
	if (counts.operations == 0)
		resilient->dropped_before = counts.dropped;
	health->full = counts.dropped > resilient->dropped_before;
	memcpy(health->unsaved, memory.unsaved, sizeof(health->unsaved));
	health->lost = counts.dropped + resilient->refused;
	waiter_unlock(&resilient->waiter);
	if (health->unsaved[0] == '\0') {
		journal_files_trouble(resilient->files, health->unsaved,
			sizeof(health->unsaved));
	}
}

static const struct store_backend backend = {
	.name = "redis",
	.ask = resilient_ask,
	.foresee = resilient_foresee,
	.tell = resilient_tell,
	.snapshot = resilient_snapshot,
	.log_in = resilient_log_in,
	.close = resilient_close,
	.name_of = resilient_name,
	.query = resilient_query,
	.ordered = resilient_ordered,
	.health = resilient_health,
};

/* Before the first message is judged: who is contained, and what is allowed. */
static void
hear_first(struct resilient *resilient)
{
	struct arena *arena = redis_is_up(resilient->redis)
		? arena_new(REPLAY_ARENA_BYTES)
		: NULL;

	if (arena == NULL)
		return;
	(void)redis_clock_measure(resilient->redis);
	hearing_orders_hear(&resilient->orders, arena);
	arena_free(arena);
}

static bool
open_parts(struct resilient *resilient, const struct store_options *options,
	struct err *err)
{
	const struct redis_hooks hooks = {
		lost, keep_recent, replay_recent, resilient};

	resilient->memory = memory_store_open(options, err);
	if (resilient->memory == NULL)
		return false;
	resilient->journal = journal_new((size_t)options->journal_bytes);
	resilient->recent =
		recent_new((size_t)options->journal_bytes / RECENT_PART);
	resilient->files = resilient->journal != NULL
		? journal_files_new(options, resilient->journal)
		: NULL;
	if (resilient->recent == NULL || resilient->files == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	(void)journal_files_read(resilient->files, resilient->journal);
	journal_files_start(resilient->files);
	resilient->redis = redis_open(options, &hooks, err);
	if (resilient->redis == NULL)
		return false;
	resilient->orders = (struct hearing_orders){.redis = resilient->redis,
		.memory = resilient->memory,
		.clock = options->clock};
	hear_first(resilient);
	resilient->wiper = wiper_new(resilient->redis);
	return resilient->wiper != NULL ||
		err_set(err, ERR_MEMORY, "out of memory");
}

struct store *
resilient_open(const struct store_options *options, struct err *err)
{
	struct resilient *resilient = calloc(1, sizeof(*resilient));

	if (resilient == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	resilient->store.backend = &backend;
	resilient->clock = options->clock;
	waiter_init(&resilient->waiter);
	if (!open_parts(resilient, options, err)) {
		resilient_close(&resilient->store);
		return NULL;
	}
	(void)waiter_start(&resilient->waiter, replay_thread, resilient);
	return &resilient->store;
}
