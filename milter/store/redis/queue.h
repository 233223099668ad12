/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queue in front of a Redis node. Redis answers as fast as it works, and
 * mail is told faster than that whenever a burst comes in: so what nobody waits
 * for piles up, and must keep nobody waiting. What is awaited goes first,
 * however long the rest is, and what is told goes in small pipelines, so that
 * who comes next finds none that holds Redis for long.
 *
 * An answer knows all the same what its asker told before: what was told of
 * the same trace, window or peer (command_order) goes along in front of it, and
 * in front of that, what was told of those before. Counts for people are not
 * among them: of a mailbox that gets a thousand messages a second there would
 * be no end; memory knows them (redis.c).
 *
 * What is told has a bound. Past it the queue is full, and whoever told it
 * takes it to the journal. Not thread-safe: the node has a lock.
 */
#ifndef STORE_REDIS_QUEUE_H
#define STORE_REDIS_QUEUE_H

#include "store/redis/command.h"

#include <stdint.h>

#define QUEUE_TOLD_MAX 4096 /* waiting at once */
/* Of them in one pipeline: some 0.1 ms of Redis's work, so that nobody who
 * comes meanwhile waits long. Where more piles up, because the way to Redis is
 * long or a burst comes in, a sixteenth of it, up to eight times as many
 * (docs/performance.md). */
#define QUEUE_TOLD_LEAST 2
#define QUEUE_TOLD_SHARE 16
#define QUEUE_TOLD_MOST 16

struct queue;

/* NULL when out of memory, or when the system has no random bytes. */
struct queue *queue_new(void);
/* Nothing is in it any more. NULL is fine. */
void queue_free(struct queue *);

/* False: it is full. *wakes: whoever takes from it has reason to look. */
bool queue_put(struct queue *, struct command *, int64_t now_ms, bool *wakes);
/* ... once it is time. */
void queue_put_later(struct queue *, struct command *, int64_t due_ms);
/* In front of all, in their order. */
void queue_put_back(struct queue *, struct command *list);

/* Is it time to send what there is? If not, when to look again: at the latest
 * when *at_ms says already. */
bool queue_is_due(struct queue *, int64_t now_ms, int64_t *at_ms);
/* The next pipeline. */
struct command *queue_take(struct queue *, int64_t now_ms);
struct command *queue_take_all(struct queue *);

#endif
