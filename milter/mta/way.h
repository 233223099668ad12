/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distinct ways by which mail leaves a Postfix, by sender: one sender for
 * each, and how his mail must be sent on from the listener. Found by asking
 * the site's own tables, not by the recipe, which they prove. Ways by
 * recipient are route.h's.
 */
#ifndef MTA_WAY_H
#define MTA_WAY_H

#include "base/buf.h"
#include "mta/postfix.h"

#define WAYS_MAX 32

struct way {
	char sender[256]; /* empty: the null sender */
	char to[320]; /* a domain, or an address; empty: any outside */
	char filter[512]; /* "smtp:[relay.example]:587" */
};

/* By an entry of transport_maps? */
bool way_is_routed(const struct way *);
/* How many; the first is that of the null sender. notes: what is not among
 * them, a sentence a line. */
size_t ways_find(
	const struct postfix *, struct way ways[WAYS_MAX], struct buf *notes);

/* The note that WAYS_MAX are not enough. */
void ways_note_more(struct buf *notes);

/* The value of a key in the tables of a parameter, the first that has one. */
bool way_look_up(const struct postfix *, const char *parameter, const char *key,
	struct buf *value);
/* The same of an address, without its extension, and of @domain. */
bool way_look_up_address(const struct postfix *, const char *parameter,
	const char *address, struct buf *value);
/* The rows of one table, "key<TAB>value" a line. */
void way_list(const struct postfix *, struct slice table, struct buf *rows,
	struct buf *notes);

#endif
