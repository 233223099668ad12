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
#include "mail/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a flow that looked like one is no forward (FORWARDING.md section 4);
 * bits of flow.exempt. */
enum exemption {
	EXEMPT_OWN_LIST = 1 << 0,
	EXEMPT_BOUNCE = 1 << 1,
	EXEMPT_AUTO_REPLY = 1 << 2,
	EXEMPT_REPLY = 1 << 3, /* the recipient took part in the original */
	EXEMPT_GENERATED = 1 << 4, /* tickets, CRM: From and sender local */
	EXEMPT_CALENDAR = 1 << 5,
};
#define EXEMPTION_COUNT 6
const char *exemption_name(unsigned bit);

struct observation {
	enum evidence evidence;
	struct slice value; /* what was seen, for explain and the event */
	struct address mailbox; /* the local mailbox it names; text absent */
};

struct flow {
	const struct recipient *rcpt;
	struct address mailbox; /* text absent: bound to no local mailbox */
	enum kind kind;
	const char *platform; /* of the strongest evidence; "" if none */
	unsigned confidence; /* 0..100; 0 for KIND_NONE */
	uint64_t evidence; /* bit set of enum evidence */
	const struct observation *seen; /* strongest first */
	size_t seen_count;
	unsigned exempt; /* bit set of enum exemption */
	int64_t delay_ms; /* since the mailbox got it; -1 unknown */
};

/* Does it move mail of a local mailbox to an external recipient by itself? */
bool flow_is_forward(const struct flow *);

#endif
