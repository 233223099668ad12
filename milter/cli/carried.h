/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What export writes and import reads: a first line that says what it is, a
 * line for each record (store/record.h), and a last one with their number, so
 * that a file that was cut short is known.
 */
#ifndef CLI_CARRIED_H
#define CLI_CARRIED_H

#include "base/buf.h"
#include "base/err.h"
#include "daemon/config.h"
#include "store/store.h"

/* The configuration of that file, or NULL: what is wrong was printed. */
struct config *carried_config(const char *file);

/* Appends the line, with its end. */
bool carried_begin(const struct config *, struct buf *);
bool carried_end(unsigned long long records, struct buf *);
/* Is the first line one of ours, and are its names made with our key? */
bool carried_may_begin(const struct config *, struct slice line, struct err *);
/* Is the line the last one? False with *is_last: its number is another. */
bool carried_may_end(struct slice line, unsigned long long records,
	bool *is_last, struct err *);

#endif
