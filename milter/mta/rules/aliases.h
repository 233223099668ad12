/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * aliases(5) as text: Postfix's, Sendmail's and Exim's lsearch files, whose
 * left sides end in a colon or a blank.
 */
#ifndef MTA_RULES_ALIASES_H
#define MTA_RULES_ALIASES_H

#include "mta/rules/survey.h"

/* One entry: name, unquoted, and right side, continued lines joined. */
struct alias {
	struct slice name, value;
	unsigned line; /* of the name */
};

/* Where reading is. */
struct aliases {
	struct slice rest;
	unsigned line;
};

/* The next entry; its texts are the arena's. False at the end. */
bool aliases_next(struct aliases *, struct arena *, struct alias *);
/* The rules of a whole file. */
void aliases_read(struct survey *, const struct source *);

#endif
