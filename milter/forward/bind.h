/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Binding: whose mailbox a flow is of. It is apart from weighing, so that the
 * store can be asked for what it knows of a mailbox before anything it
 * remembers is weighed.
 */
#ifndef FORWARD_BIND_H
#define FORWARD_BIND_H

#include "forward/context.h"

/* What bound a flow, in the order of the essay in bind.c: the least wins. */
enum bind_rank {
	BIND_ORCPT,
	BIND_VENDOR,
	BIND_SENDER,
	BIND_AUTHOR_LOGIN,
	BIND_TRACE,
	BIND_STORE,
	BIND_LOGIN,
	BIND_AUTHOR,
	BIND_ENVELOPE,
	BIND_OUTSIDE,
	BIND_ADDRESSEE,
	BIND_NONE
};

struct bound {
	enum bind_rank rank; /* BIND_NONE: to no mailbox */
	struct address mailbox; /* local; text absent: none */
};

/* Of a flow with these findings. Where there are none at all, it is bound to
 * nobody. */
struct bound bind_findings(const struct context *, const struct findings *);

/* Of a recipient by the message's own words; nothing, where our side does not
 * send it to the outside. */
struct bound bind_recipient(const struct context *, const struct recipient *);

#endif
