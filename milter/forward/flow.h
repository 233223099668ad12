/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow: one (message, recipient) seen as mail of a mailbox moving to a
 * destination. Inference makes one for each recipient; most are of kind none.
 */
#ifndef FORWARD_FLOW_H
#define FORWARD_FLOW_H

#include "base/arena.h"
#include "base/slice.h"
#include "forward/evidence.h"
#include "forward/ground.h"
#include "forward/speaker.h"
#include "mail/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct correspondence; /* trace.h */

/* Why a flow that looked like one is not a forward (docs/forwarding.md);
 * bits of flow.exempt. */
enum exemption {
	EXEMPT_OWN_LIST = 1 << 0,
	EXEMPT_BOUNCE = 1 << 1,
	EXEMPT_AUTO_REPLY = 1 << 2,
	EXEMPT_REPLY = 1 << 3, /* the recipient took part in the original */
	EXEMPT_GENERATED = 1 << 4, /* tickets, CRM: From and sender local */
	EXEMPT_CALENDAR = 1 << 5,
	EXEMPT_TICKET = 1 << 6, /* one that answers for a local address */
	EXEMPT_CONFIGURED_LIST = 1 << 7, /* local.lists says so */
};
#define EXEMPTION_COUNT 8
const char *flow_exemption_name(unsigned bit);
/* All of them, ended by NULL. */
const char *const *flow_exemption_names(void);

/* What became of an observation, for explain. */
enum standing {
	STANDING_COUNTS,
	STANDING_EXCUSED, /* an exemption covers it: it counts little */
	STANDING_FOREIGN, /* names somebody else's mailbox */
	STANDING_OTHER, /* names another local mailbox than the bound one */
	STANDING_OUTSIDE, /* written before the message reached our side */
	STANDING_UNBOUND, /* no local mailbox to bind it to */
	STANDING_UNHEARD, /* its speaker is not believed about that mailbox */
	STANDING_CONTRADICTED, /* a better speaker names another */
	STANDING_COUNT
};

struct observation {
	enum evidence evidence;
	enum standing standing;
	enum speaker speaker;
	unsigned char confidence; /* here; at most what its row says */
	bool inside; /* written by our own side */
	const char *platform; /* or NULL */
	struct slice value; /* what was seen, for explain and the event */
	struct address mailbox; /* the mailbox it names, or binds, in its one
				 * form; text absent: none */
	struct slice written; /* as it was written; absent: the same */
	bool bare; /* says only that a product touched the message */
	bool own_word; /* an excuse would be the word of whom it accuses */
	size_t index; /* of its header field; 0 for the envelope */
	int64_t delay_ms; /* since the store saw it delivered; -1 unknown */
};

/* Is it known by a better speaker than the client that the message came for
 * the mailbox? */
enum confirmed {
	CONFIRMED_UNKNOWN, /* nothing is remembered of it */
	CONFIRMED_NO, /* what is known names others */
	CONFIRMED_YES
};
/* "unknown", "no", "yes". */
const char *flow_confirmed_name(enum confirmed);
/* All of them, ended by NULL. */
const char *const *flow_confirmed_names(void);

struct flow {
	const struct recipient *rcpt;
	bool told; /* by the MTA, by the forwarder or a delivery, or remembered
		    * by the store; else it is inferred */
	struct address mailbox; /* in its one form; text absent: bound to no
				 * local mailbox. It may be a forward all the
				 * same, whose mailbox is not known */
	struct address original; /* as it was written; text absent: the same */
	size_t one_of; /* where several mailboxes may be meant and none is
			* named: how many; else 0 */
	enum confirmed confirmed;
	enum kind kind;
	const char *platform; /* of the strongest evidence; "" if none */
	unsigned confidence; /* 0..100; 0 for KIND_NONE */
	uint64_t evidence; /* bit set of enum evidence: what counts;
			    * 0 for KIND_NONE */
	const struct observation *seen; /* all, what counts most first */
	size_t seen_count;
	unsigned exempt; /* bit set of enum exemption: all that apply */
	unsigned excused_by; /* those of them without which it would be taken
			      * for a forward */
	unsigned unproven; /* those of excused_by that nothing confirms: our
			    * side does not know better */
	enum ground grounds[EXEMPTION_COUNT]; /* of each, by its bit's number:
					       * why it is believed or not */
	unsigned would_confidence; /* what it would be without excuses */
	int64_t delay_ms; /* since the mailbox got it; -1 unknown */
	const struct correspondence *peer; /* of who handed it in and the
					    * recipient; NULL: it is not
					    * known */
};

/* From this confidence on a flow is taken for a forward. A person who
 * forwards by hand stays below it. */
#define FLOW_CONFIDENCE_LIKELY 70

/* Does it move mail of a local mailbox to an external recipient by itself? */
bool flow_is_forward(const struct flow *);

/* Would it, but for an excuse that somebody else than the operator gave it? */
bool flow_is_excused(const struct flow *);

#endif
