/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge: facts + store + policies -> verdict. It takes a message through
 * DESIGN section 2, steps 3 to 6, and is the same for the daemon, a test, an
 * explanation and a replay.
 */
#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "verdict/verdict.h"

/*
 * Never fails: with no memory, no store and no policies the verdict is
 * ACTION_NONE with the gaps that tell why. store may be NULL. Waits for the
 * store at most store_budget_ms, in at most two round trips, and in none for
 * a message without an external recipient.
 */
const struct verdict *judge(
	const struct judge_options *, struct store *, const struct message *);

/* A flow of which a log tells, to the one recipient of message. */
struct logged {
	const struct flow *flow;
	struct slice identity; /* the same each time that it is told */
};
/* Runs the policies of service log, and the verdict is ACTION_LOG at most.
 * NULL when out of memory. */
const struct verdict *judge_logged(const struct judge_options *, struct store *,
	const struct message *, const struct logged *);

#endif
