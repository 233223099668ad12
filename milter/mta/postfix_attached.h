/* SPDX-License-Identifier: BSD-2-Clause */
/* What `forwarden attach` put into Postfix, as it is now. */
#ifndef MTA_POSTFIX_ATTACHED_H
#define MTA_POSTFIX_ATTACHED_H

#include "mta/postfix_check.h"

/* The recipe and its number, what was changed in it since, and what goes
 * round it. */
void postfix_attached_check(const struct postfix_check *);

#endif
