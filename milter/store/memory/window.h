/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sliding set in memory: the prints of its members with the time each was
 * last seen, oldest first, in one entry of the table. An ordered sequence
 * (NOTE_STEP) keeps the begin of each step in the same array.
 */
#ifndef STORE_MEMORY_WINDOW_H
#define STORE_MEMORY_WINDOW_H

#include "store/memory/table.h"
#include "store/store.h"

struct window_member {
	uint64_t print;
	int64_t at_ms;
};

/* Carries the note out and fills its answers in; memory that is short leaves
 * it not done. Takes and releases the shard's lock. */
void window_note(struct table *, uint32_t policy, struct slice group,
	uint64_t member, int64_t at_ms, struct note *);
/* Would nothing in it count any more? */
bool window_is_stale(struct window *, int64_t now_ms);
/* Members seen since (window_ms before now), the oldest and the newest. */
void window_sum_up(
	struct window *, int64_t now_ms, struct store_window *summary);
/* Member number i, and its value (for NOTE_SUM; else 0). */
struct window_member window_member(struct window *, uint32_t i, double *value);
/* Takes the member out; false when it was not there. */
bool window_drop(struct window *, uint64_t member);
/* Is what came from a file a window that can be used? */
bool window_is_sound(struct window *);

#endif
