/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail on hold, and how it is let go. */
#ifndef MTA_POSTFIX_HELD_H
#define MTA_POSTFIX_HELD_H

#include "mta/postfix_check.h"

void postfix_held_check(const struct postfix_check *);

#endif
