/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options with which something was attached, as its files have them:
 * what main.cf says, whoever wrote it, and where somebody made main.cf anew
 * without it, the title of the block in master.cf.
 */
#ifndef MTA_ATTACHED_H
#define MTA_ATTACHED_H

#include "mta/recipe.h"
#include "mta/site.h"

struct attached {
	unsigned parts; /* bits of enum recipe_part; 0: nothing is there */
	uint16_t port; /* 0: no listener */
	struct buf away, outside; /* as recipe_wish has them; empty: not said */
	char probes[PROBE_PLACE_BYTES];
};

/* False with err where there is no memory; attached_fini() either way. */
bool attached_read(struct attached *, const struct site *, struct err *err);
/* The same of a title (recipe_add_title()). */
bool attached_read_title(
	struct attached *, struct slice title, struct err *err);
void attached_fini(struct attached *);
/* Where its listener holds mail. */
void attached_find_probes(
	const struct postfix *, char probes[PROBE_PLACE_BYTES]);
/* A wish with what it leaves open (no parts, no away, port 0, outside NULL)
 * taken from there, and else as it is by default. An empty outside means that
 * there is to be none. The texts stay theirs. */
void attached_settle(const struct attached *, struct recipe_wish *);

#endif
