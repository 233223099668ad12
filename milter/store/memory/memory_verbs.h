/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs of the memory store, carried out at once, each under the lock of
 * the one shard that its key lives in.
 */
#ifndef STORE_MEMORY_MEMORY_VERBS_H
#define STORE_MEMORY_MEMORY_VERBS_H

#include "store/memory/dedup.h"
#include "store/memory/memory.h"

struct memory_verbs {
	struct memory *memory;
	struct store_op *ops;
	size_t at; /* the operation carried out, from here on */
	struct arena *arena; /* NULL: nobody reads the answers */
	int64_t at_ms;
	struct dedup *known; /* events that are there; NULL: none can be */
};

/* Carries them out in order, up to count; answers go into them. */
void memory_verbs_apply(struct memory_verbs *, size_t count);

#endif
