/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lookup tables of a Postfix as rows, for a checkup. Their contents are
 * anybody's, a table may hang or never end: each is given its time and its
 * bytes, and what cannot be listed is said.
 */
#ifndef MTA_POSTFIX_TABLE_H
#define MTA_POSTFIX_TABLE_H

#include "mta/postfix_check.h"

struct postfix_row {
	struct slice table, key, value;
};

typedef void postfix_row_fn(void *ctx, const struct postfix_row *);

/* Calls each for the rows of all tables that a parameter lists. A table that
 * cannot be listed is a note of the checkup, under that subject. */
struct postfix_tables {
	const char *parameter, *subject;
	postfix_row_fn *each;
	void *ctx;
};
void postfix_tables_read(
	const struct postfix_check *, const struct postfix_tables *);
/* The file of a table that stands in a file as it was written ("regexp:/x",
 * "hash:/y"); false when it has none, or it is not an ordinary file. */
bool postfix_table_text(struct slice table, struct buf *text);

#endif
