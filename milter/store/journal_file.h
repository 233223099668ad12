/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One file of a journal, to which is appended as the journal grows. It begins
 * with a head that names its version and the policy of privacy under which it
 * was written; then come the batches, each with its length and the SHA-256 of
 * its bytes. Who writes it keeps it locked: a file that is not locked was left
 * by a process that has ended, whatever its end was like. Not thread-safe.
 */
#ifndef STORE_JOURNAL_FILE_H
#define STORE_JOURNAL_FILE_H

#include "base/err.h"
#include "store/journal.h"

struct journal_file;

/* What differs when addresses are kept under another key, or none. */
uint64_t journal_file_privacy(struct slice hash_key);

/* Made anew and locked; NULL with err. */
struct journal_file *journal_file_make(
	const char *path, uint64_t privacy, struct err *);
/*
 * Appends what the journal holds and no file does; when it returns, that is on
 * the disk. False with err: the file ends where it did before, and what could
 * not be written waits for the next time.
 */
bool journal_file_append(struct journal_file *, struct journal *, struct err *);
uint64_t journal_file_bytes(const struct journal_file *);
/* NULL is fine, for both. The second one takes the file away. */
void journal_file_close(struct journal_file *);
void journal_file_remove(struct journal_file *);

enum journal_file_state {
	JOURNAL_FILE_WHOLE,
	JOURNAL_FILE_TORN, /* its last batch was not written to its end */
	JOURNAL_FILE_BUSY, /* somebody writes it */
	JOURNAL_FILE_GONE,
	JOURNAL_FILE_DAMAGED, /* what comes before the damage is read */
	JOURNAL_FILE_FOREIGN, /* of another version, or under another key */
	JOURNAL_FILE_UNREADABLE,
};
/* Adds what it holds; err says what is not as it should be. */
enum journal_file_state journal_file_read(
	const char *path, uint64_t privacy, struct journal *, struct err *);
/* The same for bytes; the name is for err. */
enum journal_file_state journal_file_parse(struct slice bytes, uint64_t privacy,
	struct journal *, const char *name, struct err *);

#endif
