/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the store remembers, made observations. Its own Message-ID seen before
 * says that the message passed through a mailbox; a Message-ID it refers to
 * says that its author got that message. Whoever took part in the other
 * message is answered, not forwarded to.
 */
#ifndef FORWARD_RECALLED_H
#define FORWARD_RECALLED_H

#include "forward/hear.h"

#include <stddef.h>

#define RECALLED_ANSWERED_MAX TRACE_QUESTIONS_MAX
struct recalled {
	const struct hearing *hearing;
	const struct context *context;
	bool answers; /* a recipient took part in what it refers to */
	int64_t answered_ms[RECALLED_ANSWERED_MAX]; /* when what it answers
						     * came */
	size_t answered_count;
	bool cut; /* not all who took part in that are known */
	struct findings common; /* alike for all but those who took part */
	const struct memory *of[FINDINGS_MAX]; /* which said it */
};

/* Borrows the hearing. */
void recalled_read(struct recalled *, const struct hearing *);
/* Adds what they say of one recipient. */
void recalled_find(
	const struct recalled *, const struct recipient *, struct findings *);

#endif
