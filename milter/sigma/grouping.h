/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields a correlation names: those of group-by, and those whose values
 * it counts. An alias may stand for another field in each rule.
 */
#ifndef SIGMA_GROUPING_H
#define SIGMA_GROUPING_H

#include "sigma/build.h"
#include "sigma/rule.h"

/* A correlation being read. */
struct correlating {
	struct build *build;
	struct correlation *correlation;
	const struct yaml_node *map; /* below "correlation:" */
};

/* A list of fields to be filled, and how many it takes. */
struct grouping {
	struct correlated *at;
	size_t most, count;
};

/* Reads a name or a list of names. False with errors told. */
bool grouping_read(const struct correlating *, const struct yaml_node *names,
	struct grouping *out);

#endif
