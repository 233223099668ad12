/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Findings: all observations for one recipient of a message, or those that
 * hold for every one of them.
 */
#ifndef FORWARD_FINDINGS_H
#define FORWARD_FINDINGS_H

#include "forward/marks.h"

#include <stdbool.h>
#include <stddef.h>

#define FINDINGS_MAX (MARKS_MAX + 24)

struct findings {
	bool took_part; /* the recipient, in a message that would be evidence */
	bool cut; /* not all who took part are known */
	size_t count;
	struct observation at[FINDINGS_MAX]; /* last: it is large, and only
					      * the first count are filled in */
};

/* None so far. */
void findings_clear(struct findings *);
/* Adds an observation of full confidence, written inside, that names no
 * mailbox; the caller changes what differs. NULL when there is no room. */
struct observation *findings_add(
	struct findings *, enum evidence, struct slice value);
/* Adds copies of from[begin] to from[end - 1], as far as there is room. */
void findings_copy(struct findings *, const struct findings *from, size_t begin,
	size_t end);

#endif
