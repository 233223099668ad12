/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that could match one message's flows. */
#ifndef SIGMA_SHORTLIST_H
#define SIGMA_SHORTLIST_H

#include "sigma/candidates.h"
#include "sigma/eval.h"

/* What is known of one message. */
struct shortlist;
struct shortlist *shortlist_new(const struct candidates *, struct arena *);

/* Calls visit for each rule that could match the flow that eval has begun,
 * in the order of the rules within their services; false: it was stopped, or
 * the arena is full (see eval->full). */
bool shortlist_each(struct shortlist *, struct eval *, unsigned services,
	bool (*visit)(void *ctx, const struct rule *), void *ctx);

#endif
