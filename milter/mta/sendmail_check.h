/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Sendmail as its two .cf files tell: what the intake shows to the filter,
 * whether all that leaves passes the egress, whose mail it takes for its own,
 * and how its daemons and queues are.
 */
#ifndef MTA_SENDMAIL_CHECK_H
#define MTA_SENDMAIL_CHECK_H

#include "base/socket_name.h"
#include "mail/realm.h"
#include "mta/checkup.h"

#include <stdbool.h>

struct sendmail_check {
	struct slice cf; /* the intake's */
	struct slice egress; /* of egress.cf; absent if there is none */
	const char *directory; /* of both */
	/* Forwarden's own */
	const struct socket_name *listen;
	const struct realm *realm;
	bool enforces;
	struct checkup *checkup; /* where to */
	const char *file; /* forwarden.yaml, for commands; NULL: the usual */
};

void sendmail_check(const struct sendmail_check *);

#endif
