/* SPDX-License-Identifier: BSD-2-Clause */
/* What an operator allows: one mailbox' mail to one destination, or one
 * domain, or anybody's to one destination. */
#ifndef VERDICT_ALLOWED_H
#define VERDICT_ALLOWED_H

#include "forward/flow.h"
#include "store/store.h"

#define ALLOWED_ANY "*" /* mailbox */
#define ALLOWED_WHAT "allow"

/* The order's name in the store; absent: memory is short, or one of them has a
 * byte that parts a group. */
struct slice allowed_about(
	struct arena *, struct slice mailbox, struct slice destination);
/* Is it such a name? */
bool allowed_is(struct slice about);
/* Is there an order for mail of that mailbox to that destination? In the names
 * that the store has, or in plain. */
bool allowed_between(struct store *, struct arena *, const struct store_route *,
	struct store_containment *word);
/* Does an order cover the flow? Its mailbox must be known, and not by a word
 * that a better speaker contradicts: an allowance is one mailbox'. */
bool allowed_find(struct store *, struct arena *, const struct flow *,
	struct store_containment *word);

#endif
