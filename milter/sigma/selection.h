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
	const struct yaml_node *condition; /* not parsed yet */
};

/* Reads a pair that is not a key of the table: it is a selection. */
reader_fn selection_read;
/* All pairs of a map but those of the table, whose "other" is the function
 * above. Errors are told and leave an EXPR_FALSE behind. False when there is
 * no condition, or no memory. */
bool selections_parse(struct build *, const struct reader_table *,
	const struct yaml_node *map, struct selections *out);

const struct expr *selection_expr_new(struct build *, enum expr_op,
	const struct expr *const *parts, size_t count);

#endif
