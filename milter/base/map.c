/* SPDX-License-Identifier: BSD-2-Clause */
/* A hash map from bytes to pointers: uthash with a seeded hash. */
#include "base/map.h"
#include "base/random.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_seed;

/* FNV-1a over a random start, finished by a mixer (splitmix64). */
static unsigned
hash_bytes(const void *key, size_t len)
{
	const unsigned char *p = key;
	uint64_t h = hash_seed ^ 0xCBF29CE484222325U;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001B3U;
	h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9U;
	h = (h ^ (h >> 27)) * 0x94D049BB133111EBU;
	return (unsigned)(h ^ (h >> 31));
}

/* Out of memory leaves the table as it was, instead of ending the process. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(keyptr, keylen, hashv) \
	(hashv) = hash_bytes((keyptr), (keylen))

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wshadow"
#include <uthash.h>

struct entry {
	UT_hash_handle hh;
	void *value;
	size_t len;
	char key[];
};

struct map {
	struct entry *head;
};

struct map *
map_new(void)
{
	if (hash_seed == 0 && !random_fill(&hash_seed, sizeof(hash_seed)))
		hash_seed = (uintptr_t)&hash_seed;
	return calloc(1, sizeof(struct map));
}

void
map_free(struct map *map, void (*drop)(void *))
{
	struct entry *entry, *next;

	if (map == NULL)
		return;
	HASH_ITER (hh, map->head, entry, next) {
		HASH_DEL(map->head, entry);
		if (drop != NULL)
			drop(entry->value);
		free(entry);
	}
	free(map);
}

static struct entry *
entry_find(const struct map *map, struct slice key)
{
	struct entry *entry;

	HASH_FIND(hh, map->head, key.p, key.len, entry);
	return entry;
}

void *
map_find(const struct map *map, struct slice key)
{
	const struct entry *entry = entry_find(map, key);

	return entry != NULL ? entry->value : NULL;
}

bool
map_put(struct map *map, struct slice key, void *value, void **old)
{
	struct entry *entry = entry_find(map, key);

	if (old != NULL)
		*old = entry != NULL ? entry->value : NULL;
	if (entry != NULL) {
		entry->value = value;
		return true;
	}
	entry = malloc(sizeof(*entry) + key.len);
	if (entry == NULL)
		return false;
	entry->value = value;
	entry->len = key.len;
	if (key.len > 0)
		memcpy(entry->key, key.p, key.len);
	HASH_ADD_KEYPTR(hh, map->head, entry->key, entry->len, entry);
	if (entry->hh.tbl == NULL) {
		free(entry);
		return false;
	}
	return true;
}

void *
map_remove(struct map *map, struct slice key)
{
	struct entry *entry = entry_find(map, key);
	void *value;

	if (entry == NULL)
		return NULL;
	value = entry->value;
	HASH_DEL(map->head, entry);
	free(entry);
	return value;
}

size_t
map_count(const struct map *map)
{
	return HASH_COUNT(map->head);
}

void
map_each(const struct map *map,
	bool (*visit)(struct slice key, void *value, void *ctx), void *ctx)
{
	struct entry *entry, *next;

	HASH_ITER (hh, map->head, entry, next)
		if (!visit((struct slice){entry->key, entry->len}, entry->value,
			    ctx))
			return;
}
#pragma GCC diagnostic pop
