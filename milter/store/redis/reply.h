/* SPDX-License-Identifier: BSD-2-Clause */
/* What a Redis answers. */
#ifndef STORE_REDIS_REPLY_H
#define STORE_REDIS_REPLY_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Does the error begin with this word ("MOVED")? */
bool reply_is_error(const struct reply *, const char *word);
/* A text or integer as a number; false when it is none. */
bool reply_number(const struct reply *, int64_t *out);
/* 0 for what is not an array. */
size_t reply_count(const struct reply *);
/* 0 for what is not a number. */
uint64_t reply_u64(struct slice text);
/* The value of a field in the answer to HGETALL, absent when not there. */
struct slice reply_field(const struct reply *hash, const char *name);
/* ... as a number; 0 when it is none. */
uint64_t reply_field_u64(const struct reply *hash, const char *name);

#endif
