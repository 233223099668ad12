/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be known before a Postfix is changed, and then is not. */
#ifndef MTA_ATTACH_CHECK_H
#define MTA_ATTACH_CHECK_H

#include "mta/attach_help.h"
#include "mta/recipe.h"
#include "mta/site.h"

/* Each is false with err. */
/* It runs, takes its files, and what is wished can be proved. A port of 0 is
 * replaced by one that is free. */
bool attach_check(const struct site *, const struct attach_help *,
	struct recipe_wish *, struct err *err);
/* A warning where main.cf is made anew from another file; or nothing. */
void attach_check_origin(const struct site *, const struct attach_help *);
/* Is there nothing that another version put into main.cf itself? */
bool attach_check_old(const struct site *, struct err *err);

#endif
