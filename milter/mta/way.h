/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distinct ways by which mail leaves a Postfix, by sender: one sender for
 * each, and how his mail must be sent on from the listener. Found by asking
 * the site's own tables, not by the recipe, which they prove.
 */
#ifndef MTA_WAY_H
#define MTA_WAY_H

#include "base/buf.h"
#include "mta/postfix.h"

#define WAYS_MAX 32

struct way {
	char sender[256]; /* empty: the null sender */
	char domain[256]; /* of the recipient; empty: any outside */
	char filter[512]; /* "smtp:[relay.example]:587" */
};

/* How many; the first is that of the null sender. notes: tables that cannot
 * be listed, a sentence a line. */
size_t ways_find(
	const struct postfix *, struct way ways[WAYS_MAX], struct buf *notes);

/* The value of a key in the tables of a parameter, the first that has one. */
bool way_look_up(const struct postfix *, const char *parameter, const char *key,
	struct buf *value);
/* The rows of one table, "key<TAB>value" a line. */
void way_list(const struct postfix *, struct slice table, struct buf *rows,
	struct buf *notes);

#endif
