/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One Redis node: a thread, one connection, and a queue in front of it. What
 * is waiting when the thread comes round goes out as one pipeline (group
 * commit), so a thousand sessions share one connection and its round trips.
 *
 * The node is its own breaker. While it is down, or has kept somebody waiting
 * past a budget, it takes no commands, and who asks learns so at once; the
 * thread tries to connect again after 1 s, 2 s, ... 30 s. A connection that
 * breaks under a pipeline is made anew once, at once, and the commands that
 * have no answer are sent again: all of them may be repeated.
 */
#ifndef STORE_REDIS_NODE_H
#define STORE_REDIS_NODE_H

#include "base/clock.h"
#include "store/redis/command.h"
#include "store/redis/handshake.h"
#include "store/store.h"

#define NODE_NUMBERS 128

enum node_news {
	NODE_NEWS_UP,
	NODE_NEWS_DOWN,
	NODE_NEWS_STILL_DOWN, /* now and then, while it is */
	NODE_NEWS_SLOT, /* one of its slots takes nothing */
	NODE_NEWS_FORGOTTEN, /* it has no slots any more */
};

struct node_health {
	bool up;
	int64_t since_ms;
	char reason[STORE_REASON_BYTES]; /* NODE_NEWS_UP: the time it was down
					    since */
	uint64_t pipelines;
	unsigned nodes, nodes_down; /* of a cluster's */
};

struct node_options {
	struct endpoint endpoint;
	/* Finds the endpoint before each connection; NULL: the one above. */
	bool (*locate)(void *place_ctx, struct endpoint *, struct err *);
	/* It went down; from the node's thread. Or NULL. */
	void (*went_down)(void *place_ctx);
	void *place_ctx;
	/* As in pipeline.h; or NULL. */
	bool (*redirect)(
		void *redirect_ctx, struct command *, const struct reply *);
	void *redirect_ctx;
	/* News for the log, throttled; from the node's thread. */
	void (*changed)(void *ctx, struct node *, enum node_news,
		const struct node_health *);
	/* What the node of that number acknowledged may be gone: it is
	 * another process than before, or was deposed. */
	void (*reconnected)(void *ctx, unsigned number);
	void *ctx;
	unsigned number; /* below NODE_NUMBERS */
	struct login login;
	int64_t connect_ms, reply_ms, backoff_ms, backoff_max_ms;
	struct clock clock;
};

/* Starts the thread. The strings of the options must live as long as it. */
struct node *node_open(const struct node_options *, struct err *);
/* Answers what is waiting as well as it can and ends the thread; it takes
 * nothing more. NULL is fine, also for node_free. */
void node_stop(struct node *);
void node_free(struct node *);
/* Waits until the first attempt to connect has come to an end. */
void node_settle(struct node *, int64_t timeout_ms);
/* Queues the command; false: the node takes none now. */
bool node_submit(struct node *, struct command *);
/* ... after the delay. */
bool node_submit_later(struct node *, struct command *, int64_t delay_ms);
unsigned node_number(const struct node *);
/* Somebody waited so long in vain. If what is out by now has been for half of
 * that, it takes no more until it answers again. */
void node_mark_late(struct node *, int64_t waited_ms);
void node_health(struct node *, struct node_health *);
/* Where it is connected to, or tried last. */
void node_endpoint(struct node *, struct endpoint *);

#endif
