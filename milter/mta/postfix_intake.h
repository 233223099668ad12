/* SPDX-License-Identifier: BSD-2-Clause */
/* The doors by which mail comes in, and the way from them to Forwarden. */
#ifndef MTA_POSTFIX_INTAKE_H
#define MTA_POSTFIX_INTAKE_H

#include "mta/postfix_check.h"

/* Listeners, sendmail(1), what happens while Forwarden is away, and whether
 * its socket can be reached. */
void postfix_intake_check(const struct postfix_check *);

#endif
