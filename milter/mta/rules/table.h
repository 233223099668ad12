/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Postfix's lookup tables of every type, as rows: by postmap(1) what is in
 * force, by the text what somebody wrote, and where the two differ that is a
 * finding. A table that has no list is asked for each address that is known;
 * one that can neither is told as not read.
 */
#ifndef MTA_RULES_TABLE_H
#define MTA_RULES_TABLE_H

#include "mta/rules/survey.h"

struct table_row {
	struct slice key, value;
	unsigned line;
};

/* Which program lists a table. */
enum table_lister {
	TABLE_POSTMAP,
	TABLE_POSTALIAS, /* aliases(5): its text is another, too */
	TABLE_MAKEMAP, /* Sendmail's */
	TABLE_MAKEMAP_ALIASES
};

/* What a table is read for. */
struct table_use {
	struct slice directory; /* of main.cf */
	const struct source *main; /* for tables that stand in main.cf itself */
	unsigned main_line;
	enum table_lister lister;
	void (*each)(struct survey *, const struct source *,
		const struct table_row *, void *ctx);
	void *ctx;
};

/* name: as a parameter names it ("hash:/etc/aliases", "proxy:mysql:/x"). */
void table_read(struct survey *, const struct table_use *, struct slice name);
/* The rows of a text as postmap(1) takes it. */
void table_read_text(
	struct survey *, const struct table_use *, const struct source *);

#endif
