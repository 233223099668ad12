/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection to a Redis and its replies; hiredis is known here alone.
 * After any failure a connection is good for nothing but connection_free. Not
 * thread-safe. SIGPIPE must be blocked or ignored by the caller.
 */
#ifndef STORE_REDIS_CONNECTION_H
#define STORE_REDIS_CONNECTION_H

#include "store/endpoint.h"
#include "store/redis/reply.h"

struct arena;
struct connection;

/* timeout_ms: for the connection; reply_ms: for each answer after it. */
struct connection *connection_connect(const struct endpoint *,
	int64_t timeout_ms, int64_t reply_ms, struct err *);
void connection_free(struct connection *);
/* Puts a command into the pipeline; nothing is sent yet. */
bool connection_add(
	struct connection *, size_t count, const struct slice *words);
/* Sends what is waiting and waits for one answer. */
bool connection_wait(struct connection *, struct err *);
/* Copies the answer waited for into the arena; NULL when that is full. */
struct reply *connection_take(struct connection *, struct arena *);

#endif
