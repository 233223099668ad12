/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an operator contains: the mail that one mailbox forwards, or that goes
 * on to one destination or one domain; and, where he says so, also what people
 * write: that mailbox, or anybody to there.
 */
#ifndef VERDICT_CONTAINED_H
#define VERDICT_CONTAINED_H

#include "forward/infer.h"
#include "verdict/verdict.h"

/* The order's name in the store; absent: memory is short. */
struct slice contained_about(
	struct arena *, enum contained_what, struct slice name);
/* Whose order is it? The name lives in the arena. False: of another kind. */
bool contained_read(struct arena *, struct slice about, enum contained_what *,
	struct slice *name);
/* "mailbox", "destination", "domain": of what the name is one. */
const char *contained_kind(enum contained_what, struct slice name);
/* Does it hold what people write, too? */
bool contained_is_all(enum contained_what);

/* The mailbox that wrote a message of ours, by who logged in or, where nobody
 * did, by our own side: a stranger's From says nothing. Absent: nobody knows.
 */
struct slice contained_writer(
	const struct context *, const struct remembered *);
/* Is there an order about that mailbox, as it is known to policies? */
bool contained_mailbox(struct store *, struct arena *, struct slice mailbox);
/* Does an order cover some flow of the message? The strongest that one covers,
 * excused or not: an excuse may be the word of whom the order is against. */
bool contained_find(
	const struct verdict *, struct slice writer, struct contained *out);

#endif
