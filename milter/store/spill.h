/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal's files. Each process writes one of its own when it ends, and
 * reads those of all: at its start, and now and then later, because while a
 * new process takes over the old one may still be at work and end with a
 * journal. A file goes when what it held has been replayed. Not thread-safe.
 */
#ifndef STORE_SPILL_H
#define STORE_SPILL_H

#include "base/err.h"
#include "store/journal.h"

#include <stdbool.h>

struct spill;

/* dir: NULL keeps nothing. NULL when memory is short. */
struct spill *spill_new(const char *dir);
void spill_free(struct spill *);
/* Adds what files hold that were not read yet. A damaged one is set aside,
 * and err says so. */
bool spill_read(struct spill *, struct journal *, struct err *);
/* What was read has been replayed: the files go. */
void spill_replayed(struct spill *);
/* Writes what the journal holds, then drops the files that it came from. */
bool spill_write(struct spill *, struct journal *, struct err *);

#endif
