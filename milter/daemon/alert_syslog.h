/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line to the system's log, with a facility and a priority of its own. Not
 * by syslog(3), which neither says whether a line was taken nor comes back
 * while nobody reads.
 */
#ifndef DAEMON_ALERT_SYSLOG_H
#define DAEMON_ALERT_SYSLOG_H

#include "base/err.h"
#include "verdict/alert.h"

#include <stdbool.h>

#define ALERT_SYSLOG_OFF (-1)

/* "no", "yes" (facility mail) or a facility's name. False with err. */
bool alert_syslog_facility(const char *name, int *facility, struct err *err);
/* path: the socket of the log; "": the system's. False with why (alert_why()).
 */
bool alert_syslog_send(const char *path, int facility, enum alert_weight,
	struct slice line, unsigned *why);

#endif
