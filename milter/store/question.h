/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A question to Redis: a list of plain commands sent at once. One about
 * everything walks the keys with SCAN, node by node, a page at a time, and so
 * never holds a server up.
 */
#ifndef STORE_QUESTION_H
#define STORE_QUESTION_H

#include "store/redis.h"

struct question {
	struct redis *redis;
	struct request *request;
	struct arena *arena; /* of the question and its answers */
	struct command *first, **end;
};

bool question_begin(struct question *, struct redis *, struct err *);
/* Sends what was added since the last time, and waits. */
bool question_put(struct question *, struct err *);
void question_end(struct question *);
/* Adds "name key ..."; key may be absent (SCAN). The command takes up to
 * eight words. NULL when memory is short. */
struct command *question_add(
	struct question *, const char *name, struct slice key);
/* Sets the error that says so; false. */
bool question_too_long(struct err *);

/* "prefix:kind:{text}" and "prefix:kind". */
struct slice question_tagged(
	const struct question *, const char *kind, struct slice text);
struct slice question_plain(const struct question *, const char *kind);

/* The value of a field in the answer to HGETALL, absent when not there. */
struct slice reply_field(const struct reply *hash, const char *name);
/* 0 for what is no number. */
uint64_t reply_u64(struct slice text);
/* 0 for what is no array. */
size_t reply_count(const struct reply *);

/* What a walk over the keys does with one page of them. */
typedef bool page_fn(
	struct question *, const struct reply *keys, void *ctx, struct err *);
/* All keys "prefix:kind*" of all nodes, a page at a time. A key may come
 * twice (SCAN's own promise). */
bool question_walk(
	struct redis *, const char *kind, page_fn *, void *ctx, struct err *);

#endif
