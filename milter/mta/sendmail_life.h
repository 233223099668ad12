/* SPDX-License-Identifier: BSD-2-Clause */
/* Sendmail's two daemons and their queues. */
#ifndef MTA_SENDMAIL_LIFE_H
#define MTA_SENDMAIL_LIFE_H

#include "mta/sendmail_check.h"

/* egress.cf must be there. */
void sendmail_life_check(const struct sendmail_check *);

#endif
