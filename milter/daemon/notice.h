/* SPDX-License-Identifier: BSD-2-Clause */
/* An alert as it is sent: one for all ways that it goes. Not thread-safe. */
#ifndef DAEMON_NOTICE_H
#define DAEMON_NOTICE_H

#include "base/buf.h"
#include "verdict/alert.h"

struct notice {
	unsigned refs;
	unsigned test; /* its number; 0: it is none */
	enum alert_weight weight;
	struct buf json; /* with a newline behind */
	struct buf line; /* for syslog */
};

/* NULL when out of memory; starts with one reference. */
struct notice *notice_new(void);
void notice_unref(struct notice *);

#endif
