/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The newest events, bounded by number and bytes. An event's id is the time
 * it was appended and a number within that millisecond, "<ms>-<n>", as the
 * ids of a Redis stream, and grows always. Thread-safe.
 */
#ifndef STORE_MEMORY_RING_H
#define STORE_MEMORY_RING_H

#include "store/store.h"

struct ring;

struct ring *ring_new(uint32_t events, size_t bytes);
void ring_free(struct ring *);
/* Copies it; false when out of memory. */
bool ring_append(struct ring *, int64_t at_ms, struct slice json);
/* Events after the id (absent: the last limit ones); false for an id that is
 * none. */
bool ring_read(struct ring *, struct arena *, struct slice after, size_t limit,
	struct store_events *, struct err *);
/* Takes out the events that name it between quotes; how many. */
uint64_t ring_forget(struct ring *, struct slice name);
size_t ring_bytes(struct ring *);
/* Calls visit for every event, oldest first, under the lock. */
void ring_each(struct ring *,
	void (*visit)(int64_t at_ms, struct slice json, void *ctx), void *ctx);

#endif
