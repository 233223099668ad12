/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exemptions: flows that look like forwards and are none. An excuse is a claim
 * like any other, and believed by who makes it. Most excuse what is inferred
 * (routes, trace lines, memory), not what a forwarder's own mark or the MTA
 * says: a bounce that a mailbox forwards is forwarded. Only two go further: a
 * list of ours is the mailbox it names, and a mailbox' own auto-reply carries
 * its rule's mark.
 */
#ifndef FORWARD_EXEMPT_H
#define FORWARD_EXEMPT_H

#include "forward/hear.h"

#include <stdbool.h>

struct exempt {
	unsigned bits; /* of enum exemption: believed */
	unsigned unproven; /* those that nothing we know speaks for, or
			    * against */
	enum ground grounds[EXEMPTION_COUNT]; /* by their bits' numbers */
};

/* For this recipient and the mailbox the flow is bound to (text absent: to
 * none). */
struct exempt exempt_find(const struct hearing *, const struct findings *,
	const struct address *mailbox);

/* Is it said by the MTA, by the forwarder itself or by a delivery? */
bool exempt_is_told(enum evidence);
/* Does one of those exemptions excuse this observation? */
bool exempt_covers(unsigned exempt, const struct observation *);

#endif
