/* SPDX-License-Identifier: BSD-2-Clause */
/* Redis: opening, asking, telling, closing. */
#ifndef STORE_REDIS_REDIS_H
#define STORE_REDIS_REDIS_H

#include "store/redis/access.h"
#include "store/redis/commands.h"
#include "store/redis/marker.h"
#include "store/redis/node.h"
#include "store/redis/request.h"
#include "store/store_options.h"
#include "store/uri.h"

struct cluster;

/* Who wants to know what became of what was asked and told. Called from the
 * threads that found out. */
struct redis_hooks {
	void (*lost)(void *ctx, struct request *); /* not taken */
	void (*done)(void *ctx, struct request *); /* acknowledged */
	/* What this node had acknowledged may be gone. */
	void (*reconnected)(void *ctx, unsigned node);
	void *ctx;
};

struct redis {
	struct store_options options; /* its strings are those below */
	char prefix[64], probe_key[80];
	char host[ENDPOINT_TEXT_BYTES]; /* this machine's; or empty */
	struct marker marker;
	struct access access;
	struct node *node; /* one node, and behind Sentinel */
	struct cluster *cluster;
	struct redis_hooks hooks;

	struct commands_shared shared;
	atomic_ullong rounds, operations, failed, late;
};

struct redis *redis_open(
	const struct store_options *, const struct redis_hooks *, struct err *);
/* As store_ask, but REQUEST_OPEN when the budget was over: the answers are
 * not touched then. */
enum request_outcome redis_ask(
	struct redis *, struct store_batch *, int64_t budget_ms);
/* May what it will answer be foreseen: is it there, and can one script look
 * and count? */
bool redis_may_foresee(struct redis *);
/* on_finish may be NULL; false when there is no memory for it. */
bool redis_tell(struct redis *, const struct store_batch *,
	void (*on_finish)(struct request *, void *ctx), void *ctx);
void redis_close(struct redis *);
bool redis_is_up(struct redis *);
void redis_health(struct redis *, struct store_health *);
/* The store's own time, as far as it was asked for it. */
int64_t redis_now_ms(struct redis *);
/* A line for the log. */
void redis_say(struct redis *, enum log_level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Gives a command to a node: a request's submit, and its ctx. */
bool redis_submit(struct command *, void *redis);
/* The node number i of those that hold keys; NULL past the last. */
struct node *redis_node(struct redis *, size_t i);

#endif
