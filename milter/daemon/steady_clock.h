/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A wall clock that believes no leap at once. Whoever sets the system's clock
 * a hundred days ahead, by mistake and back again, would have every record
 * that is touched meanwhile expire. So the time goes on at the pace of the
 * monotonic clock, follows small corrections, and takes over a leap of more
 * than an hour only when it has held for ten minutes; until then it is a
 * trouble that is said.
 */
#ifndef DAEMON_STEADY_CLOCK_H
#define DAEMON_STEADY_CLOCK_H

#include "base/clock.h"

#include <stdbool.h>

#define STEADY_CLOCK_LEAP_MS (INT64_C(3600) * 1000)
#define STEADY_CLOCK_BELIEF_MS (INT64_C(600) * 1000)

struct steady_clock {
	bool started;
	int64_t offset_ms; /* of the wall to the monotonic clock, as believed */
	int64_t leapt_ms; /* the one that was seen, where it is another */
	int64_t leapt_at_ms; /* when it was first seen, monotonic; 0: none */
};

/* What time it is, when the two clocks say so. Not thread-safe. */
int64_t steady_clock_tell(
	struct steady_clock *, int64_t monotonic_ms, int64_t wall_ms);
/* The process' own: one, thread-safe. */
struct clock steady_clock(void);
/* Says a leap in the troubles, or its end. */
void steady_clock_watch(void);

#endif
