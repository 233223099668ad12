/* SPDX-License-Identifier: BSD-2-Clause */
/* A verdict for a person's eye: explain's screens. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "base/buf.h"
#include "verdict/judge.h"

/* The facts of the message. */
void show_message(const struct verdict *, struct buf *);
struct show_options {
	bool all; /* what was looked for and the other policies as well */
	struct slice policy; /* it alone, whatever came of it; or absent */
};

/* One recipient: the flow, the sum of its evidence, its excuses, and policies
 * with the item that decided. */
void show_flow(const struct verdict *, size_t flow, const struct show_options *,
	struct buf *);
/* What is done, and what mode enforce would do. */
void show_verdict(const struct verdict *, struct buf *);

#endif
