/* SPDX-License-Identifier: BSD-2-Clause */
/* Open addressing; what is removed is closed up by moving others back. */
#include "logs/hashes.h"

#include <stdlib.h>

#define ROOM_LEAST 16

uint64_t
hashes_of(uint64_t seed, struct slice bytes)
{
	static const uint64_t odd = 0x9e3779b97f4a7c15U;
	uint64_t hash = seed ^ (bytes.len * odd), word;
	size_t i = 0;

	for (; i + sizeof(word) <= bytes.len; i += sizeof(word)) {
		memcpy(&word, bytes.p + i, sizeof(word));
		hash = (hash ^ word) * odd;
		hash ^= hash >> 29;
	}
	word = 0;
	if (i < bytes.len)
		memcpy(&word, bytes.p + i, bytes.len - i);
	hash = (hash ^ word) * odd;
	hash ^= hash >> 32;
	hash = (hash ^ seed) * odd;
	hash ^= hash >> 29;
	return hash != 0 ? hash : 1;
}

void
hashes_fini(struct hashes *table)
{
	free(table->keys);
	free(table->values);
	*table = (struct hashes){0};
}

/* Where the key is, or the free place where it belongs. */
static size_t
place_of(const struct hashes *table, uint64_t key)
{
	size_t mask = table->room - 1, at = (size_t)key & mask;

	while (table->keys[at] != 0 && table->keys[at] != key)
		at = (at + 1) & mask;
	return at;
}

void *
hashes_find(const struct hashes *table, uint64_t key)
{
	size_t at;

	if (table->count == 0)
		return NULL;
	at = place_of(table, key);
	return table->keys[at] == key ? table->values[at] : NULL;
}

static bool
grow(struct hashes *table)
{
	size_t room = table->room > 0 ? table->room * 2 : ROOM_LEAST;
	struct hashes larger = {calloc(room, sizeof(*larger.keys)),
		calloc(room, sizeof(*larger.values)), room, table->count};

	if (larger.keys == NULL || larger.values == NULL) {
		hashes_fini(&larger);
		return false;
	}
	for (size_t i = 0; i < table->room; i++) {
		if (table->keys[i] != 0) {
			size_t at = place_of(&larger, table->keys[i]);

			larger.keys[at] = table->keys[i];
			larger.values[at] = table->values[i];
		}
	}
	hashes_fini(table);
	*table = larger;
	return true;
}

bool
hashes_add(struct hashes *table, uint64_t key, void *value)
{
	size_t at;

	if (table->count * 2 >= table->room && !grow(table))
		return false;
	at = place_of(table, key);
	table->keys[at] = key;
	table->values[at] = value;
	table->count++;
	return true;
}

void
hashes_remove(struct hashes *table, uint64_t key)
{
	size_t mask = table->room - 1, hole, at;

	if (table->count == 0)
		return;
	hole = place_of(table, key);
	if (table->keys[hole] != key)
		return;
	table->count--;
	for (at = (hole + 1) & mask; table->keys[at] != 0;
		at = (at + 1) & mask) {
		size_t home = (size_t)table->keys[at] & mask;

		/* Not if it would come to lie before its home. */
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		table->keys[hole] = table->keys[at];
		table->values[hole] = table->values[at];
		hole = at;
	}
	table->keys[hole] = 0;
	table->values[hole] = NULL;
}
