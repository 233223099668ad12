/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Envelope senders that forwarders rewrite. Each scheme packs another address
 * into the local part: the original sender (SRS), the destination (Google's
 * caf), or a signature before the sender itself (BATV).
 */
#ifndef FORWARD_REWRITTEN_H
#define FORWARD_REWRITTEN_H

#include "base/arena.h"
#include "mail/address.h"

#include <stdbool.h>

enum rewritten_scheme {
	REWRITTEN_NONE,
	REWRITTEN_SRS0, /* SRS0=hash=tt=domain=local@forwarder */
	REWRITTEN_SRS1, /* SRS1=hash=first==hash=tt=domain=local@forwarder */
	REWRITTEN_SRS_MAILBOX, /* mailbox+SRS=hash=tt=domain=local@ours */
	REWRITTEN_SRS_BOUNCES, /* bounces+SRS=hash=tt@ours */
	REWRITTEN_CAF, /* mailbox+caf_=local=domain@ours */
	REWRITTEN_BATV, /* prvs=tag=local@ours, btv1==tag==local@ours */
};

struct rewritten {
	enum rewritten_scheme scheme;
	struct address mailbox; /* whose: +SRS=, caf, BATV; else absent */
	struct address original; /* the sender before SRS; else absent */
	struct address destination; /* of caf; else absent */
};

/*
 * Takes an envelope sender apart: SRS by the paper of M. S. Wong and S. Ohm
 * ("SRS", libsrs2's spelling), Exchange Online's "+SRS=", Gmail's "+caf_=",
 * BATV by draft-levine-smtp-batv. REWRITTEN_NONE for everything else, and
 * for what only looks like one of them.
 */
struct rewritten rewritten_parse(struct arena *, const struct address *);

/* An address that stands for a mailbox: itself, or what BATV wraps. False
 * for addresses that only carry bounces back (SRS, caf). */
bool rewritten_mailbox(
	struct arena *, const struct address *, struct address *out);

#endif
