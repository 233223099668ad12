/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration files of an MTA changed as one: each is replaced by rename,
 * with its owner and mode; one change at a time (a lock on their directory);
 * and while a change is under way a journal lies beside them, so that one that
 * was cut short between two files is noticed.
 */
#ifndef MTA_CF_FILE_H
#define MTA_CF_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

bool cf_file_read(const char *path, struct buf *out, struct err *err);
/* Replaces it, or makes it (mode 0644). A symbolic link stays one. */
bool cf_file_write(const char *path, struct slice text, struct err *err);

/* The lock, to be closed with cf_unlock(); -1 with err when another has it
 * or the directory cannot be written. */
int cf_lock(const char *directory, struct err *err);
void cf_unlock(int lock);

/* note: for whoever goes on with it; absent if there is nothing to say. */
bool cf_journal_begin(
	const char *directory, struct slice note, struct err *err);
/* Its text; empty when there is none. */
void cf_journal_read(const char *directory, struct buf *out);
void cf_journal_end(const char *directory);
/* Was a change begun and never ended? */
bool cf_journal_is_there(const char *directory);

#endif
