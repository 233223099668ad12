/* SPDX-License-Identifier: BSD-2-Clause */
/* A verdict for a person's eye: explain's screens. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "base/buf.h"
#include "verdict/judge.h"

/* The facts of the message. */
void show_message(const struct verdict *, struct buf *);
/* One recipient: the flow, each candidate evidence with why it counts or
 * not, and each policy with the item that decided. */
void show_flow(const struct verdict *, size_t flow, struct buf *);
/* What is done, and what mode enforce would do. */
void show_verdict(const struct verdict *, struct buf *);

#endif
