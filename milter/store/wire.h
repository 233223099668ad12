/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection to a Redis and its replies; hiredis is known here alone.
 * After any failure a connection is good for nothing but wire_free. Not
 * thread-safe. SIGPIPE must be blocked or ignored by the caller.
 */
#ifndef STORE_WIRE_H
#define STORE_WIRE_H

#include "base/err.h"
#include "base/slice.h"
#include "store/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct wire;

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
struct wire *wire_connect(const struct endpoint *, int64_t timeout_ms,
	int64_t reply_ms, struct err *);
void wire_free(struct wire *);
/* Puts a command into the pipeline; nothing is sent yet. */
bool wire_add(struct wire *, size_t count, const struct slice *words);
/* Sends what is waiting and waits for one answer. */
bool wire_wait(struct wire *, struct err *);
/* Copies the answer waited for into the arena; NULL when that is full. */
struct reply *wire_take(struct wire *, struct arena *);

/* Does the error begin with this word ("MOVED")? */
bool reply_is_error(const struct reply *, const char *word);
/* A text or integer as a number; false when it is none. */
bool reply_number(const struct reply *, int64_t *out);

#endif
