/* SPDX-License-Identifier: BSD-2-Clause */
/* A Sendmail as its .cf files tell: what it shows to the filter. */
#ifndef MTA_SENDMAIL_CHECK_H
#define MTA_SENDMAIL_CHECK_H

#include "base/slice.h"
#include "mta/checkup.h"

/* cf: the intake's; egress: the text of egress.cf, absent if there is none. */
void sendmail_check(struct slice cf, struct slice egress, struct checkup *);

#endif
