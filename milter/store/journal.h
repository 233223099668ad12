/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What could not be told to Redis, oldest first, until it can. Only what
 * changes something is kept: notes, traces, tallies, events. Bounded: past
 * the bound the oldest go. Its files are those of journal_files.h.
 * Thread-safe.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/buf.h"
#include "store/store.h"

struct journal;

/* limit: bytes it may hold. NULL when out of memory. */
struct journal *journal_new(size_t limit);
/* One that holds what is on its way to a file, and nothing else. */
struct journal *journal_new_passing(size_t limit);
bool journal_is_passing(const struct journal *);
void journal_free(struct journal *);

/* Copies what the operations change; nothing for a batch without such. */
void journal_add(
	struct journal *, int64_t at_ms, const struct store_op *, size_t count);
/* Takes the oldest batch out; its parts live in the arena. False when there
 * is none. */
bool journal_take(struct journal *, struct arena *, struct store_batch *);

/* Moves all of it behind what the other holds. */
void journal_move(struct journal *from, struct journal *to);
/* Moves all of it before that. Nobody gathers from the other meanwhile. */
void journal_move_before(struct journal *from, struct journal *to);
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

/*
 * What is on a disk and what is not. Gathered are those batches that are not,
 * oldest first, up to about so many bytes: each as its length (32 bits) and
 * its bytes. *mark says which they were, for journal_written().
 */
bool journal_gather(
	struct journal *, size_t most, struct buf *gathered, uint64_t *mark);
/* They are; of a journal that only passes through they go. */
void journal_written(struct journal *, uint64_t mark);
/* Nothing of it is, or none of it counts as that any more. */
void journal_unwrite(struct journal *);
/* Adds a batch that is on a disk; false: it is none. */
bool journal_add_written(struct journal *, struct slice bytes);

#endif
