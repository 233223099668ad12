/* SPDX-License-Identifier: BSD-2-Clause */
/* Two items of which a record cannot have both. */
#ifndef SIGMA_LINT_PAIR_H
#define SIGMA_LINT_PAIR_H

#include "sigma/build.h"

/* True only of records without the field. */
bool lint_pair_wants_absent(const struct field_item *);

/* Does no number pass that is that much, or more? */
bool lint_pair_is_under(const struct field_item *, double least);
/* Is one value to be two texts at once? */
bool lint_pair_wants_two(const struct field_item *);

/* Do they exclude each other? Then told at the second's place. */
bool lint_pair_tell(
	struct build *, const struct expr *first, const struct expr *second);

#endif
