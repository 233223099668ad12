/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which rules could match at all? The cost of a message must grow with that,
 * not with the number of rules. Rules are filed under the anchors (anchor.h)
 * that their expressions need, by service and by the scope of the field.
 */
#ifndef SIGMA_CANDIDATES_H
#define SIGMA_CANDIDATES_H

#include "base/arena.h"
#include "sigma/needles.h"
#include "sigma/rule.h"

#include <stdint.h>

#define CANDIDATE_GROUPS_MAX 10
#define CANDIDATE_WORD_BITS 64

/* One field whose values tell. */
struct watched {
	const struct sigma_field *field;
	const struct needles *needles; /* or NULL */
	const uint32_t *present; /* rules by number in their group */
	size_t present_count;
};

struct watch {
	struct watched *at;
	size_t count;
};

/* The rules of one service. */
struct group {
	unsigned services;
	const struct rule **rules;
	size_t count, words;
	uint64_t *always; /* bits of rules */
	struct watch message, flow;
};

struct candidates {
	struct group groups[CANDIDATE_GROUPS_MAX];
	size_t count;
};

/* Of the detections among the rules. NULL when out of memory. */
struct candidates *candidates_new(struct arena *, struct rule *const *rules,
	size_t rule_count, struct field_item *const *items, size_t item_count);

#endif
