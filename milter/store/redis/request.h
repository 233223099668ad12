/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A batch on its way to Redis: its operations, copied, and the commands that
 * they became. It is shared between who asked (and may leave when the budget
 * is over) and the threads of the nodes; the last to let go frees it.
 *
 * Commands go out in rounds: the next round holds what could only be built when
 * the answers of the one before were known (a conditional note in another
 * slot of a cluster). The request is finished when the last round is answered,
 * or when a command found no node that takes it now. What a server will never
 * take keeps nothing else of the batch from being taken.
 */
#ifndef STORE_REDIS_REQUEST_H
#define STORE_REDIS_REQUEST_H

#include "base/arena.h"
#include "base/waiter.h"
#include "store/redis/command.h"
#include "store/store.h"

#include <stdatomic.h>

enum request_outcome {
	REQUEST_OPEN,
	REQUEST_DONE,
	REQUEST_DOWN, /* no node, or it went away: may be tried again */
	REQUEST_REFUSED, /* some of it the server will never take */
};

struct request {
	atomic_int references;
	struct waiter waiter;
	struct arena *arena;
	int64_t at_ms;
	struct store_op *ops; /* copies; their answers are written here */
	size_t op_count;
	size_t foreseen; /* as of a batch; 0: nothing is behind that */
	bool exact;
	bool came_true; /* or nothing was foreseen */
	bool awaited; /* somebody waits for it: it is not to be held back */
	uint8_t *commands_of; /* op: the round that carries it, from 1; 0: none
				 yet */

	struct command *commands; /* all so far */
	size_t pending; /* not answered yet, that somebody may wait for */
	size_t asides; /* not answered yet, of the others */
	size_t rounds;
	enum request_outcome outcome;
	size_t refused; /* operations */
	char reason[STORE_REASON_BYTES];

	/* Called once, when finished, by the thread that finished it and
	 * without the lock. */
	void (*on_finish)(struct request *, void *ctx);
	/* Builds the next round, under the lock; NULL: that was all. */
	struct command *(*next_round)(struct request *, void *ctx);
	/* Gives a round's command to a node; false: nobody takes it. */
	bool (*submit)(struct command *, void *ctx);
	void *ctx; /* of submit and on_finish */
	void *round_ctx;
	void *finish_ctx; /* for who made on_finish */
};

/* With one reference. Copies the batch (without its answers) when there is
 * one. NULL when out of memory. */
struct request *request_new(
	const struct store_batch *, int64_t at_ms, size_t arena_bytes);
void request_keep(struct request *);
void request_drop(struct request *);

/* Sends the first round: command lists linked by next. */
void request_start(struct request *, struct command *round);
/* A node has the answer (NULL: it went away, reason says why). Takes the
 * request's lock. */
void request_answer(struct command *, struct reply *, const char *reason);
/* Waits until all that is no aside is answered, or until the monotonic time:
 * REQUEST_OPEN. */
enum request_outcome request_wait(struct request *, int64_t until_ms);

#endif
