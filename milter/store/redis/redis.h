/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Redis backend's parts, known to its own files only: redis.c (life,
 * asking and telling), wave.c (operations to commands and back), redispeople.c
 * (queries), sentinel.c and cluster.c (which node).
 */
#ifndef STORE_REDIS_REDIS_H
#define STORE_REDIS_REDIS_H

#include "store/backend.h"
#include "store/options.h"
#include "store/redis/node.h"
#include "store/redis/request.h"
#include "store/uri.h"

#include "base/map.h"

struct cluster;

/* Who wants to know what became of what was asked and told. Called from the
 * threads that found out. */
struct redis_hooks {
	void (*lost)(void *ctx, struct request *); /* not taken */
	void (*done)(void *ctx, struct request *); /* acknowledged */
	void (*reconnected)(void *ctx); /* what was may be gone */
	void *ctx;
};

struct redis {
	struct store store;
	struct store_options options; /* its strings are those below */
	char prefix[64], probe_key[80];
	struct store_uri uri;
	struct node *node; /* one node, and behind Sentinel */
	struct cluster *cluster;
	struct redis_hooks hooks;

	pthread_mutex_t lock; /* of policies, and of throttling */
	struct map *policies; /* known to Redis: -> its window, as intptr_t */

	atomic_ullong asked, told, waves, operations, failed, late;
};

/* redis.c */
struct redis *redis_open(
	const struct store_options *, const struct redis_hooks *, struct err *);
/* As store_ask, but REQUEST_OPEN when the budget was over: the answers are
 * not touched then. */
enum request_outcome redis_ask(
	struct redis *, struct store_batch *, int64_t budget_ms);
/* on_finish may be NULL; false when there is no memory for it. */
bool redis_tell(struct redis *, const struct store_batch *,
	void (*on_finish)(struct request *, void *ctx), void *ctx);
void redis_close(struct redis *);
bool redis_is_up(struct redis *);
void redis_health(struct redis *, struct store_health *);
void redis_node_options(struct redis *, struct node_options *);
int64_t redis_now_ms(struct redis *);
/* A line for the log. */
void redis_say(struct redis *, enum log_level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A question with no batch: room for commands, then all at once. */
struct request *redis_question(struct redis *, struct err *);
/* Sends them and waits; false: down, refused or late. */
bool redis_put(
	struct redis *, struct request *, struct command *list, struct err *);

/* wave.c: the commands that can go out now, under the request's lock. */
struct command *commands_build(struct request *, void *redis);

/* redispeople.c */
extern const struct store_backend redis_backend;

/* sentinel.c */
bool sentinel_locate(void *redis, struct endpoint *, struct err *);

/* cluster.c */
struct cluster *cluster_open(struct redis *, struct err *);
void cluster_close(struct cluster *);
bool cluster_submit(struct cluster *, struct command *);
/* The node number i of those that are masters; NULL past the last. */
struct node *cluster_node(struct cluster *, size_t i);
bool cluster_health(struct cluster *, struct node_health *);

#endif
