/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash map from bytes to pointers (uthash inside). Keys are copied. Its hash
 * is seeded at random for each process, so that senders cannot choose
 * colliding keys. Not thread-safe.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct map;

struct map *map_new(void);
/* Calls drop on every value (drop may be NULL), then frees the map. */
void map_free(struct map *, void (*drop)(void *));

/* Borrowed, or NULL. */
void *map_find(const struct map *, struct slice key);
/* Replaces; the old value comes back in *old (may be NULL). False when out
 * of memory: nothing has changed then. */
bool map_put(struct map *, struct slice key, void *value, void **old);
/* The value that was there, or NULL. */
void *map_remove(struct map *, struct slice key);
size_t map_count(const struct map *);

/* Visits every entry in insertion order until visit returns false. The map
 * must not change meanwhile. */
void map_each(const struct map *,
	bool (*visit)(struct slice key, void *value, void *ctx), void *ctx);

#endif
