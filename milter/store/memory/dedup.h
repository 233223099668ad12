/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has this been counted already? A set of 64-bit prints in two generations:
 * the younger takes new ones until it is full, then becomes the older, and
 * what was in the older is forgotten. So the memory is bounded, and the last
 * limit prints at least are known. Not thread-safe.
 */
#ifndef STORE_MEMORY_DEDUP_H
#define STORE_MEMORY_DEDUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dedup_generation {
	uint64_t *prints; /* open addressing; 0 is an empty place */
	uint32_t size, count;
};

struct dedup {
	struct dedup_generation young, old;
	uint32_t limit; /* prints a generation */
};

void dedup_init(struct dedup *, uint32_t limit);
void dedup_fini(struct dedup *);
/* True the first time; also when out of memory (it counts then). */
bool dedup_first(struct dedup *, uint64_t print);
size_t dedup_bytes(const struct dedup *);

#endif
