/* SPDX-License-Identifier: BSD-2-Clause */
/* A Redis node: its thread, its queue, its breaker. */
#include "store/redis/node.h"

#include "base/arena.h"
#include "base/date.h"
#include "base/waiter.h"
#include "store/redis/pipeline.h"
#include "store/redis/redis_error.h"
#include "store/redis/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIPELINE_MAX 512
#define GATHER_MS 2
#define OVERDUE_MS 20
#define OVERTAKEN_MAX 32
#define TRIES_MAX 2
#define IDLE_MS 5000
#define THROTTLE_MS 10000
#define REMIND_MS 300000
#define HELLO_ARENA_BYTES (256u << 10)

enum node_state {
	NODE_STARTING,
	NODE_DOWN,
	NODE_LATE, /* connected, but somebody waited in vain */
	NODE_UP,
};

struct queue {
	struct command *first, **last;
};

struct node {
	struct node_options options;
	struct endpoint endpoint; /* connected to, or tried last */

	struct waiter waiter;
	struct queue awaited; /* somebody waits for these */
	struct queue told; /* nobody does, or they must not overtake these */
	int64_t gathered_ms; /* until then more may be told */
	struct command *later; /* not before command->due_ms, the next first */
	enum node_state state;
	int64_t since_ms;
	char reason[STORE_REASON_BYTES];
	atomic_ullong pipelines;

	/* The thread's own. */
	struct handshake hello;
	struct pipeline pipeline;
	int64_t backoff_ms;
	bool was_connected;
	bool told_up; /* what the log was told last */
	int64_t told_ms; /* when it was told "down"; 0: never */
};

/*
 * News for the log. "Down" is told at most every ten seconds, and again every
 * five minutes while it lasts; "up" only after a "down" that was told.
 */
static bool
is_news(const struct node *node, bool up, int64_t now_ms, enum node_news *news)
{
	if (up) {
		*news = NODE_NEWS_UP;
		return !node->told_up;
	}
	if (node->told_up || node->told_ms == 0) {
		*news = NODE_NEWS_DOWN;
		return node->told_ms == 0 ||
			now_ms >= node->told_ms + THROTTLE_MS;
	}
	*news = NODE_NEWS_STILL_DOWN;
	return now_ms >= node->told_ms + REMIND_MS;
}

static void
tell(struct node *node, bool up, int64_t down_since_ms)
{
	int64_t now_ms = clock_monotonic_ms();
	struct node_health health;
	enum node_news news;

	if (node->options.changed == NULL || !is_news(node, up, now_ms, &news))
		return;
	if (!up)
		node->told_ms = now_ms;
	node->told_up = up;
	node_health(node, &health);
	if (up && down_since_ms != 0)
		date_print(down_since_ms, health.reason);
	node->options.changed(node->options.ctx, node, news, &health);
}

static void
set_state(struct node *node, enum node_state state, const char *reason)
{
	int64_t down_since_ms = 0;
	bool changed;

	waiter_lock(&node->waiter);
	if (node->state == state && state == NODE_UP) {
		waiter_unlock(&node->waiter);
		return;
	}
	changed = node->state == NODE_STARTING ||
		(node->state == NODE_DOWN) != (state == NODE_DOWN);
	if (changed && node->state == NODE_DOWN)
		down_since_ms = node->since_ms;
	if (changed)
		node->since_ms = clock_now_ms(node->options.clock);
	node->state = state;
	(void)snprintf(node->reason, sizeof(node->reason), "%s", reason);
	waiter_wake(&node->waiter);
	waiter_unlock(&node->waiter);
	if (state == NODE_DOWN && node->options.went_down != NULL)
		node->options.went_down(node->options.place_ctx);
	tell(node, state == NODE_UP, down_since_ms);
}

static void
put_last(struct queue *queue, struct command *command)
{
	*queue->last = command;
	queue->last = &command->next;
}

/* At most so many of its first, behind the list that ends there; how many. */
static size_t
take_first(struct queue *queue, size_t most, struct command ***end)
{
	size_t count = 0;

	**end = queue->first;
	while (**end != NULL && count < most) {
		*end = &(**end)->next;
		count++;
	}
	queue->first = **end;
	if (queue->first == NULL)
		queue->last = &queue->first;
	**end = NULL;
	return count;
}

/* Under the lock: what waited long enough joins the queue. When to look
 * again, at the latest until_ms. */
static int64_t
ripen(struct node *node, int64_t now_ms, int64_t until_ms)
{
	while (node->later != NULL && node->later->due_ms <= now_ms) {
		struct command *command = command_cut(&node->later);

		put_last(&node->awaited, command);
	}
	return node->later != NULL && node->later->due_ms < until_ms
		? node->later->due_ms
		: until_ms;
}

/*
 * Under the lock: is it time to send what there is? Most of it is told, and
 * nobody waits: it is gathered for a moment, so that a busy machine wakes one
 * thread and sends one pipeline for some ten messages. What somebody waits for
 * goes at once, and before what was told, unless that is of the same keys: for
 * Redis answers when it has gone through the whole pipeline.
 * *at_ms: when to look again.
 */
static bool
is_time(const struct node *node, int64_t now_ms, int64_t *at_ms)
{
	if (node->awaited.first != NULL || node->waiter.stopping)
		return true;
	if (node->told.first == NULL)
		return false;
	if (now_ms >= node->gathered_ms)
		return true;
	if (node->gathered_ms < *at_ms)
		*at_ms = node->gathered_ms;
	return false;
}

/* Waits for work; the queue comes back, at most so many of it. NULL after
 * the time, or when the node closes. */
static struct command *
take_queue(struct node *node, int64_t wait_ms, bool *closing)
{
	int64_t now_ms = clock_monotonic_ms(), until_ms = now_ms + wait_ms;
	struct command *list = NULL, **end = &list;
	size_t count;

	waiter_lock(&node->waiter);
	while (now_ms < until_ms) {
		int64_t at_ms = ripen(node, now_ms, until_ms);

		if (is_time(node, now_ms, &at_ms))
			break;
		(void)waiter_wait(&node->waiter, at_ms);
		now_ms = clock_monotonic_ms();
	}
	*closing = node->waiter.stopping;
	count = take_first(&node->awaited, PIPELINE_MAX, &end);
	if (count == 0 || now_ms >= node->gathered_ms + OVERDUE_MS)
		(void)take_first(&node->told, PIPELINE_MAX - count, &end);
	waiter_unlock(&node->waiter);
	return list;
}

static void
put_back(struct node *node, struct command *list)
{
	struct command **end = &list;

	if (list == NULL)
		return;
	while (*end != NULL)
		end = &(*end)->next;
	waiter_lock(&node->waiter);
	*end = node->awaited.first;
	if (node->awaited.first == NULL)
		node->awaited.last = end;
	node->awaited.first = list;
	waiter_unlock(&node->waiter);
}

static void
fail_list(struct command *list, const char *reason)
{
	struct command *next;

	for (; list != NULL; list = next) {
		next = list->next;
		list->next = NULL;
		request_answer(list, NULL, reason);
	}
}

static void
fail_queue(struct node *node, const char *reason)
{
	struct command *list = NULL, **end = &list;

	waiter_lock(&node->waiter);
	(void)take_first(&node->awaited, SIZE_MAX, &end);
	(void)take_first(&node->told, SIZE_MAX, &end);
	*end = node->later;
	node->later = NULL;
	waiter_unlock(&node->waiter);
	fail_list(list, reason);
}

static void
disconnect(struct node *node)
{
	connection_free(node->hello.connection);
	node->hello.connection = NULL;
}

static bool
connect_node(struct node *node, struct err *err)
{
	const struct node_options *options = &node->options;
	struct endpoint endpoint = options->endpoint;

	if (options->locate != NULL &&
		!options->locate(options->place_ctx, &endpoint, err))
		return false;
	waiter_lock(&node->waiter);
	node->endpoint = endpoint;
	waiter_unlock(&node->waiter);
	node->hello.connection = connection_connect(
		&endpoint, options->connect_ms, options->reply_ms, err);
	if (node->hello.connection == NULL)
		return false;
	arena_reset(node->hello.arena);
	if (handshake_run(&node->hello, err))
		return true;
	disconnect(node);
	return false;
}

/* Commands without an answer: those that were tried twice fail. */
static void
retry(struct node *node, struct command *list, bool again, const char *reason)
{
	struct command *kept = NULL, **end = &kept;

	while (list != NULL) {
		struct command *command = command_cut(&list);

		if (again && ++command->tries < TRIES_MAX) {
			*end = command;
			end = &command->next;
		} else {
			fail_list(command, reason);
		}
	}
	put_back(node, kept);
}

static bool
ping(struct node *node, struct err *err)
{
	const struct slice word = SLICE("PING");
	const struct reply *reply;

	arena_reset(node->hello.arena);
	reply = handshake_call(&node->hello, &word, 1, err);
	return reply != NULL && !redis_error_words(reply, err);
}

/* Down until the back-off is over; false when the node closes. */
static bool
stay_down(struct node *node, const struct err *err)
{
	int64_t wait_ms = node->backoff_ms;

	disconnect(node);
	set_state(node, NODE_DOWN, err->text);
	fail_queue(node, err->text);
	node->backoff_ms = wait_ms * 2 < node->options.backoff_max_ms
		? wait_ms * 2
		: node->options.backoff_max_ms;
	return waiter_sleep(&node->waiter, wait_ms);
}

static bool
come_up(struct node *node)
{
	struct err err = {0};

	while (!connect_node(node, &err)) {
		if (!stay_down(node, &err))
			return false;
	}
	if (node->was_connected && node->hello.is_another &&
		node->options.reconnected != NULL)
		node->options.reconnected(
			node->options.ctx, node->options.number);
	node->was_connected = true;
	set_state(node, NODE_UP, "");
	return true;
}

/*
 * One round with a connection: a pipeline, or a PING when nobody came. The
 * first failure after a success is met with a new connection at once, a
 * second one in a row with the back-off.
 */
static bool
serve(struct node *node, bool *failed_before)
{
	struct err err = {0};
	bool closing, ok;
	struct command *list = take_queue(node, IDLE_MS, &closing);

	if (list == NULL && closing)
		return false;
	node->pipelines += list != NULL;
	ok = list != NULL ? pipeline_run(&node->pipeline, &list, &err)
			  : ping(node, &err);
	if (ok) {
		*failed_before = false;
		node->backoff_ms = node->options.backoff_ms;
		set_state(node, NODE_UP, "");
		return true;
	}
	retry(node, list, !*failed_before, err.text);
	if (*failed_before && !stay_down(node, &err))
		return false;
	*failed_before = true;
	disconnect(node);
	return true;
}

static void *
node_thread(void *arg)
{
	struct node *node = arg;
	bool failed_before = false;

	while (node->hello.connection != NULL || come_up(node)) {
		if (!serve(node, &failed_before))
			break;
	}
	fail_queue(node, "the store closes");
	disconnect(node);
	return NULL;
}

void
node_free(struct node *node)
{
	if (node == NULL)
		return;
	waiter_fini(&node->waiter);
	arena_free(node->hello.arena);
	free(node);
}

struct node *
node_open(const struct node_options *options, struct err *err)
{
	struct node *node = calloc(1, sizeof(*node));

	if (node == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	node->options = *options;
	node->hello.login = &node->options.login;
	node->pipeline = (struct pipeline){
		&node->hello, options->redirect, options->redirect_ctx};
	node->endpoint = options->endpoint;
	node->backoff_ms = options->backoff_ms;
	node->awaited.last = &node->awaited.first;
	node->told.last = &node->told.first;
	node->since_ms = clock_now_ms(options->clock);
	node->hello.arena = arena_new(HELLO_ARENA_BYTES);
	waiter_init(&node->waiter);
	if (node->hello.arena == NULL ||
		!waiter_start(&node->waiter, node_thread, node)) {
		err_set(err, ERR_MEMORY, "cannot start a thread for Redis");
		node_free(node);
		return NULL;
	}
	return node;
}

void
node_stop(struct node *node)
{
	if (node != NULL)
		waiter_stop(&node->waiter);
}

void
node_settle(struct node *node, int64_t timeout_ms)
{
	int64_t until_ms = clock_monotonic_ms() + timeout_ms;

	waiter_lock(&node->waiter);
	while (node->state == NODE_STARTING &&
		waiter_wait(&node->waiter, until_ms))
		continue;
	waiter_unlock(&node->waiter);
}

/* Under the lock: may it go before what was told? A person's question is about
 * all of that. */
static bool
may_overtake(const struct node *node, const struct command *command)
{
	unsigned looks = 0;

	if (!command->request->awaited || command->aside ||
		command->request->op_count == 0)
		return false;
	for (const struct command *told = node->told.first; told != NULL;
		told = told->next) {
		if (++looks > OVERTAKEN_MAX ||
			command_shares_key(command, told))
			return false;
	}
	return true;
}

/* Under the lock. */
static void
enqueue(struct node *node, struct command *command)
{
	bool awaited = command->request->awaited && !command->aside;
	bool wakes = awaited;

	command->next = NULL;
	if (may_overtake(node, command)) {
		wakes = node->awaited.first == NULL;
		put_last(&node->awaited, command);
	} else {
		if (node->told.first == NULL) {
			wakes = true;
			node->gathered_ms = clock_monotonic_ms() + GATHER_MS;
		}
		if (awaited)
			node->gathered_ms = 0;
		put_last(&node->told, command);
	}
	if (wakes)
		waiter_wake(&node->waiter);
}

/* Under the lock; in the order of their times. */
static void
enqueue_later(struct node *node, struct command *command, int64_t delay_ms)
{
	struct command **at = &node->later;

	command->due_ms = clock_monotonic_ms() + delay_ms;
	while (*at != NULL && (*at)->due_ms <= command->due_ms)
		at = &(*at)->next;
	command->next = *at;
	*at = command;
	waiter_wake(&node->waiter);
}

bool
node_submit_later(struct node *node, struct command *command, int64_t delay_ms)
{
	bool taken;

	waiter_lock(&node->waiter);
	taken = (node->state == NODE_UP || node->state == NODE_STARTING) &&
		!node->waiter.stopping;
	if (taken) {
		command->node = node;
		if (delay_ms > 0) {
			enqueue_later(node, command, delay_ms);
		} else {
			enqueue(node, command);
		}
	}
	waiter_unlock(&node->waiter);
	return taken;
}

bool
node_submit(struct node *node, struct command *command)
{
	return node_submit_later(node, command, 0);
}

unsigned
node_number(const struct node *node)
{
	return node->options.number;
}

void
node_mark_late(struct node *node)
{
	waiter_lock(&node->waiter);
	if (node->state == NODE_UP || node->state == NODE_STARTING) {
		node->state = node->state == NODE_UP ? NODE_LATE : NODE_DOWN;
		(void)snprintf(node->reason, sizeof(node->reason),
			"no answer within the budget of a message");
	}
	waiter_unlock(&node->waiter);
}

void
node_health(struct node *node, struct node_health *health)
{
	waiter_lock(&node->waiter);
	health->up = node->state == NODE_UP;
	health->since_ms = node->since_ms;
	memcpy(health->reason, node->reason, sizeof(health->reason));
	health->pipelines = node->pipelines;
	health->nodes = 1;
	health->nodes_down =
		node->state == NODE_DOWN || node->state == NODE_LATE;
	waiter_unlock(&node->waiter);
}

void
node_endpoint(struct node *node, struct endpoint *endpoint)
{
	waiter_lock(&node->waiter);
	*endpoint = node->endpoint;
	waiter_unlock(&node->waiter);
}
