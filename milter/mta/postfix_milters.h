/* SPDX-License-Identifier: BSD-2-Clause */
/* Is Forwarden among the milters that a Postfix asks? */
#ifndef MTA_POSTFIX_MILTERS_H
#define MTA_POSTFIX_MILTERS_H

#include "mta/postfix_check.h"

/* Our element of a list of milters; false if it has none. */
bool postfix_milters_find(
	const struct postfix_check *, struct slice list, struct slice *ours);
bool postfix_milters_has(const struct postfix_check *, struct slice list);

#endif
