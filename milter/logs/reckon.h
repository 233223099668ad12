/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Judges a family of queue ids: who sent mail of which mailbox on to whom,
 * and what tells it. What a sender or a stranger wrote tells nothing: only
 * what the MTA did, and in which order.
 */
#ifndef LOGS_RECKON_H
#define LOGS_RECKON_H

#include "logs/found.h"
#include "logs/judged.h"
#include "logs/ledger.h"
#include "logs/ours.h"
#include "logs/passed.h"

struct reckon {
	const struct ours *ours;
	struct found *found;
	struct passed *passed; /* NULL: nobody asks */
	struct judged *judged; /* NULL: nothing is known of it */
	/* Each flow as it is found, borrowed; or NULL. */
	void (*tell)(void *ctx, const struct found_flow *);
	void *tell_ctx;
	bool failed; /* out of memory */
};

void reckon_family(struct reckon *, struct ledger_family *);

#endif
