/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The id in our own field is a ticket: it tells another listener of ours,
 * where the message comes by again, that the policies have seen it. Whoever
 * got the copy can read it, so it is good once for each recipient, at another
 * listener than the one that issued it (or behind the queue it went through
 * there), for a while, and for the same content.
 * It excuses from policies, never from counting. Private to verdict/.
 */
#ifndef VERDICT_TICKET_H
#define VERDICT_TICKET_H

#include "forward/custody.h"
#include "store/store.h"

/* Of a message to more recipients nothing is issued: it is judged twice. */
#define TICKET_RCPTS_MAX 64
#define TICKET_OPS_MAX (TICKET_RCPTS_MAX + 1)
/* Between two listeners; what is held may be released as late as a trace is
 * kept. */
#define TICKET_TTL_MS ((int64_t)15 * 60 * 1000)

enum ticket {
	TICKET_NONE, /* it has none of ours, or the store does not tell */
	TICKET_GOOD,
	TICKET_FORGED /* one that does not fit */
};

/* Issues one for the message under the event's id; false if there is none. */
bool ticket_issue(const struct message *, struct slice event_id, int64_t ttl_ms,
	struct store_op *);

/* Asks whether the one the message came with is good, and uses it up; how
 * many operations that takes, at most TICKET_OPS_MAX. */
size_t ticket_ask(
	const struct message *, const struct custody *, struct store_op *ops);
/* What was answered. */
enum ticket ticket_check(const struct message *, const struct custody *,
	const struct store_op *ops, size_t count);

#endif
