/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Postfix without its programs: main.cf and master.cf as text, expanded as
 * postconf(1) would, for a copy of a site and for one whose postconf fails.
 */
#ifndef MTA_RULES_MAIN_CF_H
#define MTA_RULES_MAIN_CF_H

#include "mta/postfix.h"
#include "mta/rules/survey.h"

/* NULL when there is no main.cf in that folder, or memory is out. */
struct postfix *main_cf_read(struct survey *, struct slice directory);
/* The line of main.cf that sets a parameter last; 0 where none does. */
unsigned main_cf_line(struct slice text, const char *name);
/* What a pipe(8) service of master.cf runs; absent if it is none. */
struct slice main_cf_command(
	struct arena *, struct slice master, struct slice service);

#endif
