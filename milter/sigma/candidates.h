/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which rules could match at all? The cost of a message must grow with that,
 * not with the number of rules.
 */
#ifndef SIGMA_CANDIDATES_H
#define SIGMA_CANDIDATES_H

#include "sigma/eval.h"

struct candidates;

/* Of the detections among the rules. NULL when memory is short. */
struct candidates *candidates_new(struct arena *, struct rule *const *rules,
	size_t rule_count, struct item *const *items, size_t item_count);

/* What is known of one message. */
struct shortlist;
struct shortlist *shortlist_new(const struct candidates *, struct arena *);

/* Calls visit for each rule that could match the flow that eval has begun,
 * in the order of the rules within their services; false: it was stopped, or
 * the arena is full (see eval->full). */
bool shortlist_each(struct shortlist *, struct eval *, unsigned services,
	bool (*visit)(void *ctx, const struct rule *), void *ctx);

#endif
