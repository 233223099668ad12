/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has this been counted already? A set of 64-bit prints in two generations:
 * the younger takes new ones until it is full, then becomes the older, and
 * what was in the older is forgotten. So the memory is bounded, and the last
 * limit prints at least are known. Not thread-safe.
 */
#ifndef STORE_ONCE_H
#define STORE_ONCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct once_generation {
	uint64_t *prints; /* open addressing; 0 is an empty place */
	uint32_t size, count;
};

struct once {
	struct once_generation young, old;
	uint32_t limit; /* prints a generation */
};

void once_init(struct once *, uint32_t limit);
void once_fini(struct once *);
/* True the first time; also when memory is short (it counts then). */
bool once_first(struct once *, uint64_t print);
size_t once_bytes(const struct once *);

#endif
