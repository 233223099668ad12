/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling a regular expression into a test. */
#ifndef SIGMA_MATCHERS_REGEX_H
#define SIGMA_MATCHERS_REGEX_H

#include "sigma/matchers.h"

/* text is node's, or of a list that node names. False with an error told; the
 * build owns the expression. */
bool matchers_regex(struct matchers *, const struct yaml_node *node,
	struct slice text, struct matcher *out);

#endif
