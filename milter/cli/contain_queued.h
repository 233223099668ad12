/* SPDX-License-Identifier: BSD-2-Clause */
/* contain --queued: what waits in the queues of this machine is held, too. */
#ifndef CLI_CONTAIN_QUEUED_H
#define CLI_CONTAIN_QUEUED_H

#include "cli/ask.h"
#include "mta/held.h"

struct contain_queued {
	const struct ask_options *ask;
	struct held_where where;
	const char *why;
};

/* answer: the daemon's to the order. Says what was held; the exit status. */
int contain_queued_hold(
	const struct contain_queued *, const struct json *answer);

#endif
