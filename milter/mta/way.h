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
	char filter[512]; /* "smtp:[relay.example]:587" */
};

/* How many; the first is that of the null sender. notes: tables that cannot
 * be listed, a sentence a line. */
size_t ways_find(
	const struct postfix *, struct way ways[WAYS_MAX], struct buf *notes);

/* Does transport_maps send an address to the outside by itself, so that its
 * mail meets no listener of ours? The answer of the table is appended. */
bool way_is_fixed(
	const struct postfix *, const char *address, struct buf *answer);

#endif
