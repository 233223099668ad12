/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge: facts + store + policies -> verdict. It takes a message through
 * DESIGN section 2, steps 3 to 6, and is the same for the daemon, a test, an
 * explanation and a replay.
 */
#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "forward/flow.h"
#include "mail/message.h"
#include "sigma/program.h"
#include "store/store.h"
#include "verdict/action.h"
#include "verdict/keyword.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Immutable, one a configuration; outlives every verdict made under it. */
struct judge_options {
	const struct sigma_program *program; /* may be NULL: no policies */
	struct respond respond; /* level -> action, ceiling, mode */
	int64_t store_budget_ms; /* all calls of one message together */
	int64_t trace_ttl_ms;
	size_t trace_members; /* kept of one Message-ID */
	const struct keywords *keywords; /* NULL: the default list */
	bool explain; /* run the policies on every flow and keep the run for
		       * verdict_outcomes(); for people, not for mail */
};
/* The defaults: no program, observe, 250 ms, 7 days, 64 members. */
void judge_options_init(struct judge_options *);

struct matched {
	const struct sigma_rule *rule;
	const struct flow *flow;
	enum action action; /* after status, ceiling and exemptions */
	bool edge;
	uint64_t count; /* a correlation's; else 0 */
	struct slice group; /* a correlation's; else absent */
	struct slice item; /* what decided */
};

/* Lives in the message's arena. */
struct verdict {
	const struct message *message; /* NULL only when memory was out */
	const struct judge_options *options;
	enum action action; /* what is to be done now */
	enum action would; /* what enforce would do: the same, or more */
	const struct flow *flow; /* that decided it, or the strongest forward;
				  * may be NULL */
	const struct flow *flows; /* one a judged recipient; may be NULL */
	size_t flow_count;
	const struct matched *matched; /* strongest action first */
	size_t matched_count;
	unsigned gaps; /* of the message, the store and the policies */
	struct slice id; /* the event's id, 16 hex digits; absent when the
			  * message is neither a forward nor matched */
	int64_t store_us; /* waited for the store */
	unsigned round_trips;
	struct sigma_run *run; /* with explain; else NULL */
	struct store *store; /* may be NULL */
};

/* How events, tags and counters call a rule: its name, its id or, where it
 * has neither, its title. */
struct slice verdict_policy(const struct sigma_rule *);

/* What came of each rule for the flow with that number; needs explain. */
const struct sigma_outcome *verdict_outcomes(
	const struct verdict *, size_t flow, size_t *count);

/*
 * Never fails: with no memory, no store and no policies the verdict is
 * ACTION_NONE with the gaps that tell why. store may be NULL. Waits for the
 * store at most store_budget_ms, in at most two round trips, and in none for
 * a message without an external recipient.
 */
const struct verdict *judge(
	const struct judge_options *, struct store *, const struct message *);

/*
 * For every message, after its reply was chosen: the trace of what was
 * delivered here, the counters of what became of the mailbox' mail, and the
 * event for the stream, all in one tell. Nobody waits. taken is what was
 * really done; json may be absent.
 */
void judge_record(struct store *, const struct verdict *, enum action taken,
	struct slice json);

#endif
