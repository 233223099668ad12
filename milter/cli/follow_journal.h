/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal as it is written, by journalctl: lines of JSON of the facility
 * mail. A cursor says where to go on.
 */
#ifndef CLI_FOLLOW_JOURNAL_H
#define CLI_FOLLOW_JOURNAL_H

#include "base/err.h"
#include "base/slice.h"
#include "logs/tail.h"

struct follow_journal;

/* cursor: of the last line that was read; NULL: begins now. NULL when out of
 * memory. */
struct follow_journal *follow_journal_new(const char *cursor);
void follow_journal_free(struct follow_journal *);
/* As tail_next(); TAIL_FAILED: journalctl ended, or there is none, and is
 * started again when it is asked again. */
enum tail_result follow_journal_next(
	struct follow_journal *, struct slice *line, struct err *);
/* Readable when there may be more; -1: nobody knows. */
int follow_journal_fd(const struct follow_journal *);
/* Of the last line; "" before there is one. */
const char *follow_journal_cursor(struct follow_journal *);

#endif
