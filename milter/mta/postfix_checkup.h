/* SPDX-License-Identifier: BSD-2-Clause */
/* All that is looked at in a Postfix. */
#ifndef MTA_POSTFIX_CHECKUP_H
#define MTA_POSTFIX_CHECKUP_H

#include "mta/postfix_check.h"

/* Listeners, the egress, what goes past it, copies, what `forwarden attach`
 * put there, domains and networks. Runs postmap(1) for tables that can be
 * listed. */
void postfix_checkup(const struct postfix_check *);

#endif
