/* SPDX-License-Identifier: BSD-2-Clause */
/* The site's tables, as the recipe names them. */
#ifndef MTA_RECIPE_TABLES_H
#define MTA_RECIPE_TABLES_H

#include "base/buf.h"
#include "mta/postfix.h"

#define RECIPE_TABLES_MAX 64

/* Is it one of patterns, which Postfix asks for full addresses only? */
bool recipe_tables_is_pattern(struct slice table);
/* Those of a parameter, expanded; how many. */
size_t recipe_tables_list(const struct postfix *, const char *parameter,
	struct slice tables[RECIPE_TABLES_MAX]);
/* Appends what was expanded as it must stand in main.cf. */
void recipe_tables_add(struct slice, struct buf *out);

#endif
