/* SPDX-License-Identifier: BSD-2-Clause */
/* Mailboxes to be wiped from traces, page by page of their hashes, and then
 * from what others write to. */
#include "store/redis/wiper.h"

#include "base/arena.h"
#include "base/waiter.h"
#include "store/redis/query_forget.h"
#include "store/redis/redis_trace.h"

#include <stdlib.h>
#include <string.h>

/* Some, so that a server is never held up for long. */
#define HASHES_A_CALL 16
/* A page is as many hashes as take about this long. */
#define PAGE_MS 20
#define PAGE_MIN 256
#define PAGE_MAX 8192
/* What a person waits for. */
#define PATIENCE_MS 100
#define RETRY_MS 1000

/* One mailbox, and how far it is. */
struct wipe {
	struct wipe *next;
	unsigned at, page; /* hash number; how many are next */
	bool has_peers; /* it may be one to whom others write */
	uint64_t wiped;
	int64_t took_ms; /* the page before */
	size_t len;
	char name[];
};

struct wiper {
	struct redis *redis;
	struct waiter waiter;
	struct wipe *first, **last; /* that wait, and the one at work */
};

/* The hashes are those of one server; in a cluster each has a slot of its own.
 */
static void
ask_hashes(
	struct queries *q, struct slice mailbox, unsigned first, unsigned count)
{
	size_t roles = sizeof(STORE_ROLES_NAMED) - 1;
	struct slice keys[HASHES_A_CALL];
	struct command *command;

	for (unsigned i = 0; i < count; i++) {
		keys[i] =
			redis_trace_hash(q->arena, q->redis->prefix, first + i);
	}
	command = queries_add_script_keys(
		q, SCRIPT_FORGET, keys, count, 1 + roles);
	for (size_t i = 0; i < roles; i++) {
		const struct slice parts[] = {
			{&STORE_ROLES_NAMED[i], 1}, mailbox};
		struct slice member = redis_trace_pack(
			q->arena, arena_join(q->arena, parts, 2));

		if (i == 0)
			command_word(command, slice_sub(member, 2, member.len));
		command_word(command, member);
	}
}

static bool
is_in_no_trace(const struct wipe *wipe)
{
	return wipe->at >= REDIS_TRACE_HASHES;
}

static bool
is_done(const struct wipe *wipe)
{
	return is_in_no_trace(wipe) && !wipe->has_peers;
}

static void
count_wiped(struct queries *q, struct wipe *wipe)
{
	int64_t number;

	for (const struct command *command = q->request->commands;
		command != NULL; command = command->sibling) {
		if (reply_number(command->reply, &number) && number > 0)
			wipe->wiped += (uint64_t)number;
	}
}

static bool
wipe_page(struct redis *redis, struct wipe *wipe, struct err *err)
{
	const unsigned step = redis->cluster != NULL ? 1 : HASHES_A_CALL;
	const struct slice mailbox = {wipe->name, wipe->len};
	int64_t begun_ms = clock_monotonic_ms();
	unsigned end = wipe->at + wipe->page;
	struct queries q;
	bool ok;

	if (!queries_begin(&q, redis, err))
		return false;
	if (end > REDIS_TRACE_HASHES)
		end = REDIS_TRACE_HASHES;
	for (unsigned at = wipe->at; at < end; at += step)
		ask_hashes(&q, mailbox, at, step);
	ok = queries_put(&q, err);
	if (ok) {
		count_wiped(&q, wipe);
		wipe->at = end;
	}
	queries_end(&q);
	wipe->took_ms = clock_monotonic_ms() - begun_ms;
	if (wipe->took_ms < PAGE_MS / 2 && wipe->page < PAGE_MAX) {
		wipe->page *= 2;
	} else if (wipe->took_ms > PAGE_MS && wipe->page > PAGE_MIN) {
		wipe->page /= 2;
	}
	return ok;
}

static bool
wipe_next(struct redis *redis, struct wipe *wipe, struct err *err)
{
	int64_t begun_ms = clock_monotonic_ms();

	if (!is_in_no_trace(wipe))
		return wipe_page(redis, wipe, err);
	wipe->has_peers = !query_forget_peers(redis,
		(struct slice){wipe->name, wipe->len}, &wipe->wiped, err);
	wipe->took_ms = clock_monotonic_ms() - begun_ms;
	return !wipe->has_peers;
}

/* Half of the time is mail's. False when the thread is to end. */
static bool
finish(struct wiper *wiper, struct wipe *wipe)
{
	struct err err;

	while (!is_done(wipe)) {
		bool ok = wipe_next(wiper->redis, wipe, &err);

		if (!waiter_sleep(
			    &wiper->waiter, ok ? wipe->took_ms : RETRY_MS))
			return is_done(wipe);
	}
	return true;
}

static void
drop_first(struct wiper *wiper)
{
	struct wipe *wipe = wiper->first;

	waiter_lock(&wiper->waiter);
	wiper->first = wipe->next;
	if (wiper->first == NULL)
		wiper->last = &wiper->first;
	waiter_unlock(&wiper->waiter);
	free(wipe);
}

static struct wipe *
wait_first(struct wiper *wiper)
{
	struct wipe *wipe;

	waiter_lock(&wiper->waiter);
	while (wiper->first == NULL && !wiper->waiter.stopping)
		waiter_wait_always(&wiper->waiter);
	wipe = wiper->waiter.stopping ? NULL : wiper->first;
	waiter_unlock(&wiper->waiter);
	return wipe;
}

static void *
wipe_thread(void *arg)
{
	struct wiper *wiper = arg;

	for (struct wipe *wipe; (wipe = wait_first(wiper)) != NULL;) {
		if (!finish(wiper, wipe))
			break;
		redis_say(wiper->redis, LOG_LEVEL_NOTICE,
			"store: %.*s is wiped from all there was to look "
			"through: it was in %llu places",
			(int)wipe->len, wipe->name,
			(unsigned long long)wipe->wiped);
		drop_first(wiper);
	}
	return NULL;
}

/* Its thread is started when there is something to do for it. */
static bool
go_on(struct wiper *wiper, struct wipe *wipe, struct err *err)
{
	if (!wiper->waiter.has_thread &&
		!waiter_start(&wiper->waiter, wipe_thread, wiper))
		return err_set(err, ERR_MEMORY, "no thread for the traces");
	*wiper->last = wipe;
	wiper->last = &wipe->next;
	waiter_wake(&wiper->waiter);
	return true;
}

bool
wiper_start(struct wiper *wiper, struct store_query *query, struct err *err)
{
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	struct slice mailbox = query->about;
	struct wipe *wipe = calloc(1, sizeof(*wipe) + mailbox.len);
	bool ok = true, goes_on;

	if (wipe == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	wipe->page = PAGE_MIN;
	wipe->has_peers = query->answer.more_to_wipe;
	wipe->len = mailbox.len;
	memcpy(wipe->name, mailbox.p, mailbox.len);
	while (ok && !is_in_no_trace(wipe) && clock_monotonic_ms() < until_ms)
		ok = wipe_page(wiper->redis, wipe, err);
	query->answer.wiped += wipe->wiped;
	goes_on = ok && !is_done(wipe);
	if (goes_on) {
		waiter_lock(&wiper->waiter);
		ok = goes_on = go_on(wiper, wipe, err);
		waiter_unlock(&wiper->waiter);
	}
	query->answer.more_to_wipe = goes_on;
	if (!goes_on)
		free(wipe);
	return ok;
}

uint64_t
wiper_count(struct wiper *wiper)
{
	uint64_t count = 0;

	waiter_lock(&wiper->waiter);
	for (const struct wipe *wipe = wiper->first; wipe != NULL;
		wipe = wipe->next)
		count++;
	waiter_unlock(&wiper->waiter);
	return count;
}

struct wiper *
wiper_new(struct redis *redis)
{
	struct wiper *wiper = calloc(1, sizeof(*wiper));

	if (wiper == NULL)
		return NULL;
	wiper->redis = redis;
	wiper->last = &wiper->first;
	waiter_init(&wiper->waiter);
	return wiper;
}

void
wiper_free(struct wiper *wiper)
{
	if (wiper == NULL)
		return;
	waiter_stop(&wiper->waiter);
	while (wiper->first != NULL) {
		redis_say(wiper->redis, LOG_LEVEL_WARNING,
			"store: not all was looked through: forget %.*s again",
			(int)wiper->first->len, wiper->first->name);
		drop_first(wiper);
	}
	waiter_fini(&wiper->waiter);
	free(wiper);
}
