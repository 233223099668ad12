/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inference: facts -> flows. Pure: the same message and the same memories
 * give the same flows. The essays are in infer.c, bind.c and weigh.c.
 */
#ifndef FORWARD_INFER_H
#define FORWARD_INFER_H

#include "forward/context.h"
#include "forward/flow.h"
#include "forward/trace.h"

/* Reads what all recipients share, once a message, which is borrowed. */
void infer_begin(struct context *, const struct message *);

/* One flow for each judged recipient, in their order, in the message's arena;
 * an array of its rcpt_count. What is remembered may be NULL. NULL only when
 * the arena is full. */
const struct flow *infer_flows(
	const struct context *, const struct remembered *);

#endif
