/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the store knows that a judgement needs, in one round trip: the traces
 * of the Message-IDs a message carries, and the facts of the mailboxes it may
 * be a forward of. Private to verdict/.
 */
#ifndef VERDICT_RECOLLECT_H
#define VERDICT_RECOLLECT_H

#include "forward/infer.h"
#include "store/store.h"
#include "verdict/waiting.h"

struct recollection {
	struct remembered remembered; /* for inference */
	const struct store_op *facts; /* STORE_FACTS, answered */
	size_t fact_count;
	const struct store_op *ticket; /* of ticket_ask(), answered */
	size_t ticket_count;
};

struct recollect_wish {
	size_t trace_members; /* of one Message-ID at most */
	bool peers; /* some policy reads what the store knows */
};
/* For a message that leaves. All of it lives in the message's
 * arena; what could not be had is missing, with a gap in waiting. */
void recollect(struct waiting *, const struct recollect_wish *,
	const struct context *, struct recollection *out);
/* Of the flow's mailbox and destination; NULL if they were not asked for. */
const struct store_facts *recollect_facts(
	const struct store_op *facts, size_t count, const struct flow *);

#endif
