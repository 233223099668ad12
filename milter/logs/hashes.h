/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of pointers by hashes of 64 bits, which are taken for the things
 * themselves: two that share one are one. For what is looked up with every
 * line of a log; base/map.h keeps keys, and is for what is kept.
 */
#ifndef LOGS_HASHES_H
#define LOGS_HASHES_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct hashes {
	uint64_t *keys; /* 0: free */
	void **values;
	size_t room, count;
};

/* Never 0. The seed is random for each run, so that nobody chooses what
 * collides. */
uint64_t hashes_of(uint64_t seed, struct slice bytes);

void hashes_fini(struct hashes *);
void *hashes_find(const struct hashes *, uint64_t key);
/* The key must not be there. False when out of memory. */
bool hashes_add(struct hashes *, uint64_t key, void *value);
void hashes_remove(struct hashes *, uint64_t key);

#endif
