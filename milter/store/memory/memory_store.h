/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory store: the embedded default, and what stands behind Redis. */
#ifndef STORE_MEMORY_MEMORY_STORE_H
#define STORE_MEMORY_MEMORY_STORE_H

#include "store/store.h"
#include "store/store_options.h"

struct store *memory_store_open(const struct store_options *, struct err *);
/* From now on what is told is in a file within a second, beside the snapshot,
 * where there is a directory for it. Before that STORE_HAND_ADOPT has taken
 * over what is there. */
void memory_store_log(struct store *);
/* How far the clock is ahead by which orders are given. */
void memory_store_set_ahead(struct store *, int64_t ahead_ms);
/* The orders that another backend knows, all of them, for when it is away; and
 * which of those that are known here it is to hear of, in the arena (until_ms
 * 0: that one was taken back). */
void memory_store_obey(struct store *, const struct store_orders *heard,
	struct arena *, struct store_orders *missing);
/* The routes that another backend knows, of facts that it answered, for when it
 * is away. */
void memory_store_learn(struct store *, const struct store_batch *);

#endif
