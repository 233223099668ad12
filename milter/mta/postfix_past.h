/* SPDX-License-Identifier: BSD-2-Clause */
/* What leaves a Postfix past its egress, by settings of the site's own. */
#ifndef MTA_POSTFIX_PAST_H
#define MTA_POSTFIX_PAST_H

#include "mta/postfix_check.h"

/* Runs postmap(1) for tables that can be listed. */
void postfix_past_check(const struct postfix_check *);

#endif
