/* SPDX-License-Identifier: BSD-2-Clause */
/* A Redis node: its thread, its queue, its breaker. */
#include "store/redis/node.h"

#include "base/arena.h"
#include "base/date.h"
#include "base/waiter.h"
#include "store/redis/pipeline.h"
#include "store/redis/queue.h"
#include "store/redis/redis_error.h"
#include "store/redis/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

struct node {
	struct node_options options;
	struct endpoint endpoint; /* connected to, or tried last */

	struct waiter waiter;
	struct queue *queue;
	int64_t sent_ms; /* since then a pipeline is out; 0: none is */
	enum node_state state;
	int64_t since_ms;
	char reason[STORE_REASON_BYTES];
	atomic_ullong pipelines;

	/* The thread's own. */
	struct handshake hello;
	struct pipeline pipeline;
	int64_t backoff_ms;
	struct command *ill; /* it is down for this one; or NULL */
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

/* Waits for work; the next pipeline comes back. NULL after the time, or when
 * the node closes. */
static struct command *
take_pipeline(struct node *node, int64_t wait_ms, bool *closing)
{
	int64_t now_ms = clock_monotonic_ms(), until_ms = now_ms + wait_ms;
	struct command *list;

	waiter_lock(&node->waiter);
	node->sent_ms = 0;
	while (now_ms < until_ms && !node->waiter.stopping) {
		int64_t at_ms = until_ms;

		if (queue_is_due(node->queue, now_ms, &at_ms))
			break;
		(void)waiter_wait(&node->waiter, at_ms);
		now_ms = clock_monotonic_ms();
	}
	*closing = node->waiter.stopping;
	list = queue_take(node->queue, now_ms);
	node->sent_ms = list != NULL ? now_ms : 0;
	waiter_unlock(&node->waiter);
	return list;
}

static void
put_back(struct node *node, struct command *list)
{
	waiter_lock(&node->waiter);
	node->sent_ms = 0;
	queue_put_back(node->queue, list);
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
	struct command *list;

	waiter_lock(&node->waiter);
	node->sent_ms = 0;
	list = queue_take_all(node->queue);
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

/* Of those without an answer the one that the server could not go on for. */
static void
keep_ill(struct node *node, struct command *list)
{
	while (list != NULL && !list->is_ill)
		list = list->next;
	if (list == NULL || node->ill != NULL || list->request->op_count == 0)
		return;
	request_keep(list->request);
	node->ill = list;
}

static void
drop_ill(struct node *node)
{
	if (node->ill != NULL)
		request_drop(node->ill->request);
	node->ill = NULL;
}

/*
 * What the greeting does not find wrong, the next message would, and the node
 * would be up and down again with each of them. So the command that it went
 * down for is tried first: it may be repeated, as all may.
 */
static bool
is_cured(struct node *node, struct err *err)
{
	if (node->ill != NULL && !pipeline_try(&node->pipeline, node->ill, err))
		return false;
	drop_ill(node);
	return true;
}

static bool
come_up(struct node *node)
{
	struct err err = {0};

	while (!connect_node(node, &err) || !is_cured(node, &err)) {
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
	struct command *list = take_pipeline(node, IDLE_MS, &closing);

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
	keep_ill(node, list);
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
	drop_ill(node);
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
	queue_free(node->queue);
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
	node->queue = queue_new();
	node->since_ms = clock_now_ms(options->clock);
	node->hello.arena = arena_new(HELLO_ARENA_BYTES);
	waiter_init(&node->waiter);
	if (node->hello.arena == NULL || node->queue == NULL ||
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

/* Under the lock. */
static bool
enqueue(struct node *node, struct command *command, int64_t delay_ms)
{
	int64_t now_ms = clock_monotonic_ms();
	bool wakes = true, taken = true;

	if (delay_ms > 0) {
		queue_put_later(node->queue, command, now_ms + delay_ms);
	} else {
		taken = queue_put(node->queue, command, now_ms, &wakes);
	}
	if (wakes)
		waiter_wake(&node->waiter);
	return taken;
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
		taken = enqueue(node, command, delay_ms);
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

/* Under the lock. One that answers, and has only much to do, is not late: the
 * others are better off with it than without. */
static bool
is_late(const struct node *node, int64_t waited_ms)
{
	if (node->state != NODE_UP)
		return node->state == NODE_STARTING;
	return node->sent_ms != 0 &&
		clock_monotonic_ms() >= node->sent_ms + waited_ms / 2;
}

void
node_mark_late(struct node *node, int64_t waited_ms)
{
	waiter_lock(&node->waiter);
	if (is_late(node, waited_ms)) {
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
