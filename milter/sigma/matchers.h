/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling the values of an item into tests. */
#ifndef SIGMA_MATCHERS_H
#define SIGMA_MATCHERS_H

#include "sigma/build.h"

/* The makings of an item. */
struct matchers {
	struct build *build;
	const struct sigma_field *field; /* NULL: keywords */
	struct modifiers modifiers;
	struct mark key;
	struct pointers made; /* struct matcher */
	bool reads_flow; /* a field that is compared with is of the flow */
	bool reads_store;
};

/* One value; false with an error told. */
bool matchers_add(struct matchers *, const struct yaml_node *value);

#endif
