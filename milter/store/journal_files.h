/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal's files in the state directory. Each process appends to one of
 * its own, and reads those that others have left: at its start, and now and
 * then later, because while a new process takes over the old one may still be
 * at work. A file goes when what it held has been replayed, or is safe
 * elsewhere. A thread appends twice a second: whoever is killed loses what was
 * added since. Thread-safe.
 */
#ifndef STORE_JOURNAL_FILES_H
#define STORE_JOURNAL_FILES_H

#include "base/err.h"
#include "store/journal.h"
#include "store/store_options.h"

#include <stdbool.h>

struct journal_files;

/* Those of the options' directory; without one nothing is kept. The journal is
 * borrowed. NULL when out of memory. */
struct journal_files *journal_files_new(
	const struct store_options *, struct journal *);
/* Ends the thread; what files there are stay. NULL is fine. */
void journal_files_free(struct journal_files *);

/* Puts into a journal, as written and before all else, what files hold that
 * others left and that were not read yet; false: there were none. What is wrong
 * with one is said; if it is damaged, or is not for us, it is set aside. */
bool journal_files_read(struct journal_files *, struct journal *);
/* What was read has been replayed, and goes. */
void journal_files_replayed(struct journal_files *);
/* The same, and of the own file what is there, if nothing is waiting. */
void journal_files_settled(struct journal_files *);

/* Starts the thread, and ends it. */
void journal_files_start(struct journal_files *);
void journal_files_stop(struct journal_files *);
/* Appends now what is not written. */
bool journal_files_write(struct journal_files *, struct err *);
/* All that the journal holds goes into a new file, and the others go: those
 * that were read, and the own one. */
bool journal_files_rewrite(struct journal_files *, struct err *);

/* The own file ends here, the next one begins with what is added from now on;
 * what comes before is dropped once it is safe elsewhere. */
void journal_files_turn(struct journal_files *);
void journal_files_drop_turned(struct journal_files *);

/* Bytes of the own files. */
uint64_t journal_files_bytes(struct journal_files *);
/* Why nothing can be written, or "". */
void journal_files_trouble(struct journal_files *, char *text, size_t size);

#endif
