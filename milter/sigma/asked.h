/* SPDX-License-Identifier: BSD-2-Clause */
/* What an item is made of, while it is being compiled. */
#ifndef SIGMA_ASKED_H
#define SIGMA_ASKED_H

#include "sigma/build.h"

/* One value: its node, and its text, which may be an entry of a list. */
struct asked {
	const struct yaml_node *node;
	struct slice text;
	struct mark mark; /* of the text */
	bool listed; /* it is an entry */
	bool *told; /* of an entry: it was doubted before; or NULL */
};

/* The makings of an item. */
struct matchers {
	struct build *build;
	const struct sigma_field *field; /* NULL: keywords */
	struct modifiers modifiers;
	struct mark key;
	struct pointers made; /* struct matcher */
	bool reads_flow; /* a field that is compared with is of the flow */
	bool reads_store;
	bool doubted; /* the value in hand was: once is enough */
};

#endif
