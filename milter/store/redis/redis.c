/* SPDX-License-Identifier: BSD-2-Clause */
/* The Redis backend: opening, asking, telling, closing. */
#include "store/redis/redis.h"

#include "base/date.h"
#include "base/file.h"
#include "store/redis/cluster.h"
#include "store/redis/commands_build.h"
#include "store/redis/sentinel.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REQUEST_BYTES ((size_t)8 << 20)
#define REPLY_MS 1000

void
redis_say(struct redis *redis, enum log_level level, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (redis->options.say == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	redis->options.say(redis->options.say_ctx, level, text);
}

int64_t
redis_now_ms(struct redis *redis)
{
	return clock_now_ms(redis->options.clock) +
		atomic_load(&redis->shared.ahead_ms);
}

bool
redis_submit(struct command *command, void *ctx)
{
	struct redis *redis = ctx;

	if (command->target != NULL)
		return node_submit(command->target, command);
	if (redis->cluster != NULL)
		return cluster_submit(redis->cluster, command);
	return node_submit(redis->node, command);
}

struct node *
redis_node(struct redis *redis, size_t i)
{
	if (redis->cluster != NULL)
		return cluster_node(redis->cluster, i);
	return i == 0 ? redis->node : NULL;
}

/* What was asked, or told by nobody who wants to know, is not lost. */
static void
finish(struct request *request, void *ctx)
{
	struct redis *redis = ctx;

	atomic_fetch_add(&redis->rounds, request->rounds);
	if (request->outcome == REQUEST_DONE) {
		redis->hooks.done(redis->hooks.ctx, request);
		return;
	}
	atomic_fetch_add(&redis->failed, 1);
	redis->hooks.lost(redis->hooks.ctx, request);
}

static struct request *
make_request(struct redis *redis, const struct store_batch *batch)
{
	struct request *request = request_new(batch,
		batch->at_ms != 0 ? batch->at_ms
				  : clock_now_ms(redis->options.clock),
		REQUEST_BYTES);

	if (request == NULL)
		return NULL;
	request->submit = redis_submit;
	request->next_round = commands_build;
	request->round_ctx = &redis->shared;
	request->on_finish = finish;
	request->ctx = redis;
	return request;
}

static bool
start(struct redis *redis, struct request *request)
{
	struct command *round = commands_build(request, &redis->shared);

	atomic_fetch_add(&redis->operations, request->op_count);
	if (round == NULL)
		return false;
	request_start(request, round);
	return true;
}

/*
 * The answers of a request that is finished, into the caller's batch, where
 * memory's are already. Redis knows all that memory knows, and what other
 * machines told it; where it knows less it was emptied or fell back, and
 * memory's answer is the better one.
 */
static void
copy_recall(struct store_batch *batch, const struct store_recall *from,
	int64_t ahead_ms, struct store_recall *to)
{
	struct arena *arena = batch->arena;
	struct store_member *members =
		arena_array(arena, from->count, sizeof(*members));

	if (from->count < to->count || from->count == 0 || members == NULL)
		return;
	for (size_t i = 0; i < from->count; i++) {
		members[i].at_ms = from->members[i].at_ms - ahead_ms;
		members[i].name = arena_copy(arena, from->members[i].name);
		if (members[i].name.p == NULL)
			return;
	}
	to->members = members;
	to->count = from->count;
}

/* Counts are not waited for (queue.h): the last of them memory has, and not
 * Redis. */
static void
keep_most(uint64_t *count, uint64_t here)
{
	if (*count < here)
		*count = here;
}

static void
copy_facts(const struct store_facts *from, int64_t ahead_ms,
	struct store_facts *to)
{
	struct store_facts here = *to;

	if (from->known || !here.known)
		*to = *from;
	to->person = from->person || here.person;
	keep_most(&to->received_day, here.received_day);
	keep_most(&to->forwarded_day, here.forwarded_day);
	keep_most(&to->keyword_received_day, here.keyword_received_day);
	keep_most(&to->keyword_forwarded_day, here.keyword_forwarded_day);
	keep_most(&to->forwarded_hour, here.forwarded_hour);
	if (to->route_first_ms > 0) {
		to->route_first_ms -= ahead_ms;
		to->route_last_ms -= ahead_ms;
	}
	if (from->route_count < here.route_count) {
		to->route_count = here.route_count;
		to->route_first_ms = here.route_first_ms;
		to->route_last_ms = here.route_last_ms;
	}
	to->mailbox = here.mailbox;
	to->destination = here.destination;
}

static void
copy_note(const struct note *from, struct note *to)
{
	if (to->done && to->count > from->count)
		return;
	note_take_answers(to, from);
}

static void
copy_answers(const struct request *request, struct store_batch *batch,
	int64_t ahead_ms)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct store_op *from = &request->ops[i];
		struct store_op *to = &batch->ops[i];

		if (to->verb == STORE_NOTE) {
			copy_note(&from->note, &to->note);
		} else if (to->verb == STORE_RECALL) {
			copy_recall(
				batch, &from->recall, ahead_ms, &to->recall);
		} else if (to->verb == STORE_FACTS) {
			copy_facts(&from->facts, ahead_ms, &to->facts);
		}
	}
}

static void
mark_late(struct redis *redis, struct request *request, int64_t waited_ms)
{
	atomic_fetch_add(&redis->late, 1);
	waiter_lock(&request->waiter);
	for (struct command *command = request->commands; command != NULL;
		command = command->sibling) {
		if (!command->answered && !command->aside &&
			command->node != NULL)
			node_mark_late(command->node, waited_ms);
	}
	waiter_unlock(&request->waiter);
}

enum request_outcome
redis_ask(struct redis *redis, struct store_batch *batch, int64_t budget_ms)
{
	int64_t until_ms = clock_monotonic_ms() + budget_ms;
	struct request *request = make_request(redis, batch);
	enum request_outcome outcome;

	if (request == NULL)
		return REQUEST_DOWN;
	request->awaited = true;
	batch->came_true = false;
	if (!start(redis, request)) {
		copy_answers(
			request, batch, atomic_load(&redis->shared.ahead_ms));
		request_drop(request);
		return REQUEST_DONE;
	}
	outcome = request_wait(request, until_ms);
	if (outcome == REQUEST_DONE) {
		batch->came_true = request->came_true;
		copy_answers(
			request, batch, atomic_load(&redis->shared.ahead_ms));
	} else if (outcome == REQUEST_OPEN) {
		mark_late(redis, request, budget_ms);
	}
	request_drop(request);
	return outcome;
}

bool
redis_tell(struct redis *redis, const struct store_batch *batch,
	void (*on_finish)(struct request *, void *ctx), void *ctx)
{
	struct request *request = make_request(redis, batch);
	bool empty;

	if (request == NULL)
		return false;
	if (on_finish != NULL)
		request->on_finish = on_finish;
	request->finish_ctx = ctx;
	empty = !start(redis, request);
	if (empty && on_finish != NULL) {
		request->outcome = REQUEST_DONE;
		on_finish(request, redis);
	}
	request_drop(request);
	return true;
}

static void
node_health_of(struct redis *redis, struct node_health *health)
{
	if (redis->cluster != NULL) {
		(void)cluster_health(redis->cluster, health);
	} else {
		node_health(redis->node, health);
	}
}

bool
redis_is_up(struct redis *redis)
{
	struct node_health health;

	node_health_of(redis, &health);
	return health.up;
}

bool
redis_may_foresee(struct redis *redis)
{
	return !redis->shared.spread && redis_is_up(redis);
}

/* What the log says when a node comes and goes. */
static void
node_changed(void *ctx, struct node *node, enum node_news news,
	const struct node_health *health)
{
	struct redis *redis = ctx;
	struct endpoint_text name;
	char since[DATE_TEXT_BYTES];
	struct endpoint endpoint;

	node_endpoint(node, &endpoint);
	(void)endpoint_show(&endpoint, &name);
	date_print(health->since_ms, since);
	if (news == NODE_NEWS_DOWN) {
		redis_say(redis, LOG_LEVEL_WARNING,
			"store: Redis %s is down since %s: %s; memory answers, "
			"and what is counted is kept to be replayed",
			name.text, since, health->reason);
	} else if (news == NODE_NEWS_STILL_DOWN) {
		redis_say(redis, LOG_LEVEL_WARNING,
			"store: Redis %s is still down, since %s: %s",
			name.text, since, health->reason);
	} else if (news == NODE_NEWS_SLOT) {
		redis_say(redis, LOG_LEVEL_WARNING,
			"store: Redis %s: %s; for what is in that slot memory "
			"answers, and what is counted is kept to be replayed",
			name.text, health->reason);
	} else if (news == NODE_NEWS_FORGOTTEN) {
		redis_say(redis, LOG_LEVEL_NOTICE,
			"store: Redis %s has no slots any more: forgotten",
			name.text);
	} else {
		redis_say(redis, LOG_LEVEL_NOTICE, "store: Redis %s is up%s%s",
			name.text,
			health->reason[0] != '\0' ? "; it was down since " : "",
			health->reason);
	}
}

static void
reconnected(void *ctx, unsigned node)
{
	struct redis *redis = ctx;

	redis->hooks.reconnected(redis->hooks.ctx, node);
}

static struct node_options
node_options(struct redis *redis)
{
	return (struct node_options){
		.changed = node_changed,
		.reconnected = reconnected,
		.ctx = redis,
		.login = {.user = redis->access.uri.user,
			.password = redis->access.uri.password,
			.db = redis->access.uri.db,
			.lock = &redis->access.lock,
			.probe_key = redis->probe_key,
			.marker = &redis->marker,
			.host = redis->host},
		.connect_ms = redis->options.connect_ms,
		.reply_ms = REPLY_MS,
		.backoff_ms = redis->options.backoff_ms,
		.backoff_max_ms = redis->options.backoff_max_ms,
		.clock = redis->options.clock,
	};
}

static bool
read_options(struct redis *redis, const struct store_options *options,
	struct err *err)
{
	const char *prefix = options->prefix;

	redis->options = *options;
	if (strlen(prefix) >= sizeof(redis->prefix) || prefix[0] == '\0' ||
		strpbrk(prefix, "{}*?[]\\ \t\r\n") != NULL) {
		return err_set(err, ERR_INVALID,
			"store: \"%s\" is not a prefix for keys: up to 63 "
			"bytes "
			"without blanks, braces and wildcards",
			prefix);
	}
	(void)snprintf(redis->prefix, sizeof(redis->prefix), "%s", prefix);
	redis->options.prefix = redis->prefix;
	(void)snprintf(
		redis->probe_key, sizeof(redis->probe_key), "%s:probe", prefix);
	marker_make(&redis->marker, &redis->options);
	if (options->host != NULL) {
		(void)snprintf(
			redis->host, sizeof(redis->host), "%s", options->host);
	}
	return access_open(&redis->access, options, err);
}

static bool
open_cluster(struct redis *redis, struct err *err)
{
	const struct node_options options = node_options(redis);
	struct node_health health;

	redis->shared.spread = true;
	redis->cluster = cluster_open(&options, &redis->access.uri);
	if (redis->cluster == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (!cluster_health(redis->cluster, &health) && health.nodes == 0) {
		redis_say(redis, LOG_LEVEL_WARNING,
			"store: %s; memory answers, and what is counted is "
			"kept to be replayed",
			health.reason);
	}
	return true;
}

static bool
open_nodes(struct redis *redis, struct err *err)
{
	struct node_options options = node_options(redis);

	if (redis->access.uri.kind == URI_CLUSTER)
		return open_cluster(redis, err);
	options.endpoint = redis->access.uri.hosts[0];
	if (redis->access.uri.kind == URI_SENTINEL) {
		options.locate = sentinel_locate;
		options.place_ctx = &redis->access.sentinel;
		options.login.wants_master = true;
	}
	redis->node = node_open(&options, err);
	if (redis->node == NULL)
		return false;
	node_settle(redis->node, redis->options.connect_ms);
	return true;
}

struct redis *
redis_open(const struct store_options *options, const struct redis_hooks *hooks,
	struct err *err)
{
	struct redis *redis = calloc(1, sizeof(*redis));

	if (redis == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	redis->hooks = *hooks;
	redis->shared.options = &redis->options;
	pthread_mutex_init(&redis->shared.lock, NULL);
	redis->shared.policies = map_new();
	if (redis->shared.policies == NULL)
		err_set(err, ERR_MEMORY, "out of memory");
	if (redis->shared.policies != NULL &&
		read_options(redis, options, err) && open_nodes(redis, err))
		return redis;
	redis_close(redis);
	return NULL;
}

void
redis_close(struct redis *redis)
{
	if (redis == NULL)
		return;
	node_stop(redis->node);
	node_free(redis->node);
	cluster_close(redis->cluster);
	map_free(redis->shared.policies, NULL);
	pthread_mutex_destroy(&redis->shared.lock);
	access_close(&redis->access);
	free(redis);
}

void
redis_health(struct redis *redis, struct store_health *health)
{
	struct node_health node;

	node_health_of(redis, &node);
	health->up = node.up;
	health->since_ms = node.since_ms;
	memcpy(health->reason, node.reason, sizeof(health->reason));
	health->pipelines = node.pipelines;
	health->nodes = node.nodes;
	health->nodes_down = node.nodes_down;
	health->round_trips = atomic_load(&redis->rounds);
	health->ops = atomic_load(&redis->operations);
	health->failures = atomic_load(&redis->failed);
	health->late = atomic_load(&redis->late);
	health->ahead_ms = atomic_load(&redis->shared.ahead_ms);
}
