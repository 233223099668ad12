/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener on this machine that mail for the outside passes. */
#ifndef MTA_POSTFIX_EGRESS_H
#define MTA_POSTFIX_EGRESS_H

#include "mta/postfix_check.h"

/* NULL if there is none. */
const struct postfix_service *postfix_egress_find(const struct postfix *);
/* Is it there, does it ask, does it take what the intake took? */
void postfix_egress_check(const struct postfix_check *);

#endif
