/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal's files. Each process writes one of its own when it ends, and
 * reads those of all: at its start, and now and then later, because while a
 * new process takes over the old one may still be at work and end with a
 * journal. A file goes when what it held has been replayed. Not thread-safe.
 */
#ifndef STORE_JOURNAL_FILES_H
#define STORE_JOURNAL_FILES_H

#include "base/err.h"
#include "store/journal.h"

#include <stdbool.h>

struct journal_files;

/* dir: NULL keeps nothing. NULL when out of memory. */
struct journal_files *journal_files_new(const char *dir);
void journal_files_free(struct journal_files *);
/* Adds what files hold that were not read yet. A damaged one is set aside,
 * and err says so. */
bool journal_files_read(struct journal_files *, struct journal *, struct err *);
/* What was read has been replayed: the files go. */
void journal_files_replayed(struct journal_files *);
/* Writes what the journal holds, then drops the files that it came from. */
bool journal_files_write(
	struct journal_files *, struct journal *, struct err *);

#endif
