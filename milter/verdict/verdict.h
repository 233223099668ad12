/* SPDX-License-Identifier: BSD-2-Clause */
/* A verdict: what is to be done with a message, and why. */
#ifndef VERDICT_VERDICT_H
#define VERDICT_VERDICT_H

#include "forward/flow.h"
#include "mail/message.h"
#include "sigma/program.h"
#include "store/store.h"
#include "verdict/keyword.h"
#include "verdict/respond.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which fields of policies an event carries under their own names: all that
 * have a value, those that the policies name, or neither; a few are always
 * there. */
enum told_fields {
	TOLD_ALL,
	TOLD_POLICY,
	TOLD_FEW
};
/* "all", "policy", "few". */
const char *verdict_told_name(enum told_fields);

/* Immutable, one a configuration; outlives every verdict made under it. */
struct judge_options {
	const struct sigma_program *program; /* may be NULL: no policies */
	struct respond respond; /* level -> action, ceiling, mode */
	int64_t store_budget_ms; /* all calls of one message together */
	int64_t trace_ttl_ms;
	size_t trace_members; /* kept of one Message-ID */
	const struct keywords *keywords; /* NULL: there are none */
	struct slice id_key; /* a secret: with it nobody can guess an event's
			      * id; may be absent */
	enum told_fields told;
	const char *host; /* ours, as the tag has it; may be NULL */
	bool explain; /* run the policies on every flow and keep the run for
		       * verdict_outcomes(); for people, not for mail */
};

struct matched {
	const struct sigma_rule *rule;
	const struct flow *flow;
	enum action action; /* after status, ceiling and exemptions */
	bool edge;
	uint64_t count; /* a correlation's; else 0 */
	struct slice group; /* a correlation's; else absent */
	struct slice item; /* what decided */
};

/* X-Forwarden fields that are removed from one message. The MTA pays for each
 * by the length of the whole header: with 10,000 Postfix's cleanup gives up. */
#define VERDICT_TAGS_MAX 50

enum contained_what {
	CONTAINED_MAILBOX, /* what it forwards */
	CONTAINED_WRITER, /* and what it writes */
	CONTAINED_TO, /* what is forwarded there */
	CONTAINED_ALL_TO, /* and what is written there */
	CONTAINED_WHATS
};
/* An operator's order to hold, and the flow that it covers. */
struct contained {
	const struct flow *flow; /* NULL: there is none */
	enum contained_what what;
	struct slice name; /* a mailbox, a destination or a domain */
	struct store_containment word;
};

/* Lives in the message's arena. */
struct verdict {
	const struct message *message; /* NULL only when memory was out */
	const struct judge_options *options;
	enum action action; /* what is to be done now */
	enum action would; /* what enforce would do: the same, or more */
	const struct flow *flow; /* that decided it, or the strongest forward,
				  * or the one that is excused; may be NULL */
	const struct flow *flows; /* one a judged recipient; may be NULL */
	size_t flow_count;
	struct slice *identities; /* of the recipients, each made when it is
				   * asked for; may be NULL */
	const struct matched *matched; /* strongest action first */
	size_t matched_count;
	const struct matched *unknown; /* policies whose regex gave up, so
					* that nobody knows; strongest first */
	size_t unknown_count;
	bool again; /* judged before, at another listener of ours, and let
		     * go (tagged, or released): the policies are not asked
		     * again, it makes no second event, and the tag that it
		     * has stays */
	const struct flow *excused; /* one that would be a forward, but for an
				     * excuse that is not the operator's own
				     * (local.lists); NULL: there is none */
	struct contained contained; /* held, whatever policies, filters, mode
				     * and ceiling say */
	bool logged; /* a log told of it when it had left: nothing can be done
		      * about it but to tell */
	const struct flow *allowed; /* a forward that an operator allows, so
				     * that no policy was asked of it; NULL:
				     * there is none */
	struct store_containment allowed_by; /* of that */
	bool misfit; /* the field of ours that it bears was not written for
		      * it */
	bool forged; /* more fields of our name than one message may have us
		      * remove: refused, whatever the ceiling */
	bool unseen; /* it leaves, and recipients or fields of it could not be
		      * looked at: the gaps tell why */
	unsigned gaps; /* of the message, the store and the policies */
	const struct store_op *facts; /* what the store knows of mailboxes and
				       * where they send to; may be NULL */
	size_t fact_count;
	struct slice login; /* who handed it in, where his login has no domain
			     * and the store was asked; as hear_login() */
	struct slice id; /* the event's id, 16 hex digits; absent when there
			  * is nothing to report of the message */
	int64_t store_us; /* waited for the store */
	int64_t policies_us; /* spent on policies, without the store */
	int64_t total_us; /* the whole judgement */
	unsigned round_trips;
	size_t ungrouped; /* matches that could not be counted, for want of
			   * a field to group by */
	struct sigma_run *run; /* with explain; else NULL */
	struct store *store; /* may be NULL */
};

/* How events, tags and counters call a rule: its name, its id or, where it
 * has neither, its title. */
struct slice verdict_policy(const struct sigma_rule *);

/* message_identity() of a judged recipient by its number: made once. */
struct slice verdict_identity(const struct verdict *, size_t rcpt);

/* The policies that matched, each once however many recipients it matched:
 * start with *at 0; NULL when there are no more. */
const struct matched *verdict_next(const struct verdict *, size_t *at);
/* The same of those of which nobody knows. */
const struct matched *verdict_next_unknown(const struct verdict *, size_t *at);
/* What came of each rule for the flow with that number; needs explain. */
const struct sigma_outcome *verdict_outcomes(
	const struct verdict *, size_t flow, size_t *count);

#endif
