/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What could not be told to Redis, oldest first, until it can. Only what
 * changes something is kept: notes, traces, tallies, events. Bounded: past
 * the bound the oldest go. On shutdown it is written to a file, on start read
 * from it. Thread-safe.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/err.h"
#include "store/store.h"

struct journal;

/* limit: bytes it may hold. NULL when out of memory. */
struct journal *journal_new(size_t limit);
void journal_free(struct journal *);

/* Copies what the operations change; nothing for a batch without such. */
void journal_add(
	struct journal *, int64_t at_ms, const struct store_op *, size_t count);
/* Takes the oldest batch out; its parts live in the arena. False when there
 * is none. */
bool journal_take(struct journal *, struct arena *, struct store_batch *);

/* Moves all of it behind what the other holds. */
void journal_move(struct journal *from, struct journal *to);
/* Drops what was added before the monotonic time; not counted as lost. */
void journal_expire(struct journal *, int64_t before_ms);

struct journal_counts {
	uint64_t operations; /* waiting */
	uint64_t dropped; /* lost to the bound */
	size_t bytes;
};
void journal_count(struct journal *, struct journal_counts *);

/* Takes out every operation that names it; how many went. */
uint64_t journal_forget(struct journal *, struct slice name);

/* Writes it, private and whole or not at all; an empty one removes the file. */
bool journal_save(struct journal *, const char *path, struct err *);
/* Adds what the file holds; a file that is not there holds nothing. */
bool journal_load(struct journal *, const char *path, struct err *);

#endif
