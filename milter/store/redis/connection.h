/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection to a Redis and its replies; hiredis is known here alone.
 * After any failure a connection is good for nothing but connection_free. Not
 * thread-safe. SIGPIPE must be blocked or ignored by the caller.
 */
#ifndef STORE_REDIS_CONNECTION_H
#define STORE_REDIS_CONNECTION_H

#include "base/err.h"
#include "base/slice.h"
#include "store/uri.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct connection;

enum reply_type {
	REPLY_NIL,
	REPLY_TEXT, /* a string or a status */
	REPLY_INTEGER,
	REPLY_ARRAY,
	REPLY_ERROR,
};

struct reply {
	enum reply_type type;
	int64_t integer;
	struct slice text; /* of REPLY_TEXT and REPLY_ERROR */
	struct reply *items;
	size_t count;
};

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

/* Does the error begin with this word ("MOVED")? */
bool reply_is_error(const struct reply *, const char *word);
/* A text or integer as a number; false when it is none. */
bool reply_number(const struct reply *, int64_t *out);

#endif
