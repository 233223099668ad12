/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Observations: what a message shows of one recipient. They only observe;
 * bind.c tells whose mail it is, weigh.c what they are worth.
 */
#ifndef FORWARD_OBSERVE_H
#define FORWARD_OBSERVE_H

#include "forward/context.h"

/* All but what the store remembers, which recalled_find() adds; the findings
 * are cleared first. The recipient is one of the context's message. */
void observe_recipient(
	const struct context *, const struct recipient *, struct findings *);

#endif
