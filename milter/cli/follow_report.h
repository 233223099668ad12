/* SPDX-License-Identifier: BSD-2-Clause */
/* How it goes with who follows a log, told to the daemon. */
#ifndef CLI_FOLLOW_REPORT_H
#define CLI_FOLLOW_REPORT_H

#include "cli/ask.h"
#include "cli/follow_state.h"

struct follow_report {
	int64_t now_ms;
	bool caught_up; /* there was no line left to read */
	uint64_t lost; /* parts of logs that were gone before they were read */
};

/* Lines, queue ids and routes that could not be seen. */
uint64_t follow_report_gaps(const struct follow_state *);
/* A daemon that cannot be reached hears of it later. */
void follow_report_send(const struct follow_report *,
	const struct follow_state *, struct ask *);

#endif
