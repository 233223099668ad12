/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people ask, on its way to Redis: lists of plain commands, each sent at
 * once. A query about everything walks the keys with SCAN, node by node, a
 * page at a time, and so never holds a server up.
 */
#ifndef STORE_REDIS_QUERIES_H
#define STORE_REDIS_QUERIES_H

#include "store/redis/redis.h"

struct queries {
	struct redis *redis;
	struct request *request;
	struct arena *arena; /* of the commands and their replies */
	struct command *first, **end;
	struct command spare; /* what is added when out of memory */
	bool full;
};

bool queries_begin(struct queries *, struct redis *, struct err *);
/* Sends what was added since the last time, and waits. False when memory was
 * short for some of it, or Redis gives no answer. */
bool queries_put(struct queries *, struct err *);
void queries_end(struct queries *);
/* Adds "name key ..."; key may be absent (SCAN). The command takes up to
 * eight words. Never NULL. */
struct command *queries_add(
	struct queries *, const char *name, struct slice key);
/* Adds a script's call with that one key. */
struct command *queries_add_script(
	struct queries *, enum script, struct slice key, size_t words);
/* ... with several, which are one slot's or one node's. */
struct command *queries_add_script_keys(struct queries *, enum script,
	const struct slice *keys, size_t count, size_t words);

/* "prefix:kind:{text}" and "prefix:kind". */
struct slice queries_tagged(
	const struct queries *, const char *kind, struct slice text);
struct slice queries_plain(const struct queries *, const char *kind);

/* What a walk over the keys does with one page of them. */
typedef bool queries_page_fn(
	struct queries *, const struct reply *keys, void *ctx, struct err *);
/* All keys "prefix:kind*" of all nodes, a page at a time. A key may come
 * twice (SCAN's own promise). */
bool queries_walk(struct redis *, const char *kind, queries_page_fn *,
	void *ctx, struct err *);

#endif
