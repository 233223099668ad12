/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON written as it is said, one line, ASCII: for what is made for every
 * message and read by nobody here. json.h is for what is taken apart again.
 *
 * A key is NULL at the top and in lists. Whoever opens closes.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>

struct json_writer {
	struct buf *out;
	bool follows; /* something stands before, in the same brackets */
};

void json_writer_open_map(struct json_writer *, const char *key);
void json_writer_close_map(struct json_writer *);
void json_writer_open_list(struct json_writer *, const char *key);
void json_writer_close_list(struct json_writer *);
/* UTF-8; an absent slice writes nothing. What is no UTF-8 is written as the
 * replacement character. */
void json_writer_text(struct json_writer *, const char *key, struct slice);
void json_writer_number(struct json_writer *, const char *key, long long);
/* Finite, and as exact as a reader needs. */
void json_writer_real(struct json_writer *, const char *key, double);
void json_writer_bool(struct json_writer *, const char *key, bool);

#endif
