/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling a regular expression into a test. */
#ifndef SIGMA_MATCHERS_REGEX_H
#define SIGMA_MATCHERS_REGEX_H

#include "sigma/build.h"

struct matchers_regex {
	const struct yaml_node *node; /* for the place */
	struct slice text; /* node's, or of a list that node names */
	uint32_t flags; /* of regex_compile() */
};

/* False with an error told; the build owns the expression. */
bool matchers_regex(
	struct build *, const struct matchers_regex *, struct matcher *out);

#endif
