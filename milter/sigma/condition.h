/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The condition: how a detection's selections go together.
 *
 *   cond := or;  or := and {"or" and};  and := not {"and" not}
 *   not  := {"not"} prim
 *   prim := "(" cond ")" | ("1"|"any"|"all") "of" ("them"|pattern)
 *         | identifier
 */
#ifndef SIGMA_CONDITION_H
#define SIGMA_CONDITION_H

#include "sigma/selection.h"

/* A scalar, or a list of them, which are OR. Marks the selections it uses.
 * Errors are told and give an EXPR_FALSE. */
const struct expr *condition_parse(
	struct build *, const struct yaml_node *, struct selections *);

#endif
