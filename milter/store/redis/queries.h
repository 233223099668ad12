/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A question to Redis: a list of plain commands sent at once. One about
 * everything walks the keys with SCAN, node by node, a page at a time, and so
 * never holds a server up.
 */
#ifndef STORE_REDIS_QUERIES_H
#define STORE_REDIS_QUERIES_H

#include "store/redis/redis.h"

struct queries {
	struct redis *redis;
	struct request *request;
	struct arena *arena; /* of the question and its answers */
	struct command *first, **end;
};

bool queries_begin(struct queries *, struct redis *, struct err *);
/* Sends what was added since the last time, and waits. */
bool queries_put(struct queries *, struct err *);
void queries_end(struct queries *);
/* Adds "name key ..."; key may be absent (SCAN). The command takes up to
 * eight words. NULL when memory is short. */
struct command *queries_add(
	struct queries *, const char *name, struct slice key);
/* Sets the error that says so; false. */
bool queries_too_long(struct err *);

/* "prefix:kind:{text}" and "prefix:kind". */
struct slice queries_tagged(
	const struct queries *, const char *kind, struct slice text);
struct slice queries_plain(const struct queries *, const char *kind);

/* The value of a field in the answer to HGETALL, absent when not there. */
struct slice reply_field(const struct reply *hash, const char *name);
/* 0 for what is no number. */
uint64_t reply_u64(struct slice text);
/* 0 for what is no array. */
size_t reply_count(const struct reply *);

/* What a walk over the keys does with one page of them. */
typedef bool page_fn(
	struct queries *, const struct reply *keys, void *ctx, struct err *);
/* All keys "prefix:kind*" of all nodes, a page at a time. A key may come
 * twice (SCAN's own promise). */
bool queries_walk(
	struct redis *, const char *kind, page_fn *, void *ctx, struct err *);

#endif
