/* SPDX-License-Identifier: BSD-2-Clause */
/* What let mail go by the listener, and which setting that may be. */
#ifndef CLI_SCAN_CAUSE_H
#define CLI_SCAN_CAUSE_H

#include "base/buf.h"
#include "logs/passed.h"

/* "postfix/smtp to mx.example[192.0.2.1]:25: no mail to .. passes the
 * listener"; foreign text is as it was logged. */
void scan_cause_add(struct buf *, const struct passed_group *);
/* What to look at; a constant. */
const char *scan_cause_setting(enum passed_cause);

#endif
