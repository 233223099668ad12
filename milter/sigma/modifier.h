/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The modifiers after a field's name (Sigma 2.1.0, "Value Modifiers"): one
 * table of what each means and which ones may stand before it.
 */
#ifndef SIGMA_MODIFIER_H
#define SIGMA_MODIFIER_H

#include "sigma/transform.h"

#include <stdbool.h>
#include <stddef.h>

enum modifier_op {
	OP_EQUAL, /* no modifier */
	OP_CONTAINS,
	OP_STARTSWITH,
	OP_ENDSWITH,
	OP_RE,
	OP_CIDR,
	OP_EXISTS,
	OP_FIELDREF,
	OP_COMPARE
};

enum comparison {
	COMPARE_EQUAL,
	COMPARE_LT,
	COMPARE_LTE,
	COMPARE_GT,
	COMPARE_GTE
};

/* Which number of a time is compared. */
enum time_part {
	PART_NONE,
	PART_MINUTE,
	PART_HOUR,
	PART_DAY,
	PART_WEEK,
	PART_MONTH,
	PART_YEAR
};

#define MODIFIERS_MAX 8

struct modifiers {
	enum modifier_op op;
	enum modifier_op how; /* of fieldref: equal, contains, ... */
	enum comparison comparison;
	enum time_part part;
	unsigned regex_flags;
	bool all, cased, neq, expand;
	transform_fn *transforms[MODIFIERS_MAX];
	size_t transform_count;
};

/* What is wrong, and where: the part of that number after the name. */
struct modifier_fault {
	char why[160];
	char hint[320];
	size_t part;
};

/* Reads "contains|all" (absent: none). refuse may be NULL: see
 * sigma_schema.refuse_modifier. */
struct sigma_schema;
bool modifiers_parse(struct slice text, const struct sigma_schema *,
	struct modifiers *out, struct modifier_fault *fault);

#endif
