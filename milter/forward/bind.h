/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Binding: whose mailbox a flow is of. It is apart from weighing, so that the
 * store can be asked for what it knows of a mailbox before anything it
 * remembers is weighed.
 */
#ifndef FORWARD_BIND_H
#define FORWARD_BIND_H

#include "forward/hear.h"

struct bound {
	enum bind_rank rank; /* BIND_NONE: to no mailbox */
	struct address mailbox; /* local; text absent: none */
	struct slice written; /* as it was written; absent: the same */
	enum speaker speaker; /* who named it */
	bool unknown; /* somebody's mail leaves, though nobody tells whose */
	size_t one_of; /* ... but that it is one of so many */
};

/* Of a flow with these findings. Where there are none at all, it is bound to
 * nobody. */
struct bound bind_findings(const struct hearing *, const struct recipient *,
	const struct findings *);

/* Of a recipient by the message's own words; nothing, where our side does not
 * send it to the outside. */
struct bound bind_recipient(const struct context *, const struct recipient *);

#endif
