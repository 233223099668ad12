/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Search identifiers: the named parts of a detection (Sigma 2.1.0,
 * "Detection").
 */
#ifndef SIGMA_SELECTION_H
#define SIGMA_SELECTION_H

#include "sigma/build.h"

struct selection {
	struct slice name;
	struct mark mark;
	const struct expr *expr;
	bool used; /* by the condition */
};

struct selections {
	struct selection *at;
	size_t count;
};

/* All pairs of a map but those whose key is in skip (ended by NULL). Errors
 * are told and leave an EXPR_FALSE behind. False when out of memory. */
bool selections_parse(struct build *, const struct yaml_node *map,
	const char *const *skip, struct selections *out);

const struct expr *selection_expr_new(struct build *, enum expr_op,
	const struct expr *const *parts, size_t count);

#endif
