/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the store knows that a judgement needs, in one round trip: the traces
 * of the Message-IDs a message carries, and the facts of the mailboxes it may
 * be a forward of. Mostly this machine knows as much, and what is counted by
 * that is counted in the same round trip. Private to verdict/.
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

	struct store_batch batch; /* the questions, and their answers */
	struct trace_question traces[TRACE_QUESTIONS_MAX]; /* the first */
	size_t trace_count;
	const struct store_op *foreseen; /* answered; NULL: nothing is */
};

struct recollect_wish {
	size_t trace_members; /* of one Message-ID at most */
	bool peers; /* some policy reads what the store knows */
	bool exact; /* ... and counts by what moves */
};
/* The questions of a message that leaves; false: none can be asked. All of it
 * lives in the message's arena; what could not be had is missing, with a gap in
 * waiting. */
bool recollect_begin(struct waiting *, const struct recollect_wish *,
	const struct context *, struct recollection *out);
/* What this machine knows of it (store_foresee()); false: it has no guess. */
bool recollect_foresee(
	const struct waiting *, const struct context *, struct recollection *);

enum recollected {
	RECOLLECTED_ANEW, /* the notes are not counted */
	RECOLLECTED_COUNTED, /* they are; what moves has moved */
	RECOLLECTED_ALIKE, /* they are, and all is as it was foreseen */
};
/* What the store knows, in one round trip, in which it counts the notes that
 * are made by what was foreseen, and answers them. */
enum recollected recollect_ask(struct waiting *, const struct context *,
	struct recollection *, struct note *notes, size_t count);

/* Of the flow's mailbox and destination; NULL if they were not asked for. */
const struct store_facts *recollect_facts(
	const struct store_op *facts, size_t count, const struct flow *);

#endif
