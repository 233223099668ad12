/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a rule asks, compiled: a tree of and, or, not, whose leaves are items
 * (a field, and what its values are tested for). Items are shared: rules
 * that ask the same have the same item, which is evaluated once.
 */
#ifndef SIGMA_EXPR_H
#define SIGMA_EXPR_H

#include "base/network.h"
#include "base/slice.h"
#include "sigma/modifier.h"
#include "sigma/pattern.h"
#include "sigma/record.h"
#include "sigma/regex.h"
#include "yaml/diag.h"

#include <stdbool.h>
#include <stddef.h>

enum test_kind {
	TEST_TEXT,
	TEST_REGEX,
	TEST_NETWORK,
	TEST_NUMBER,
	TEST_FIELD, /* compared with another field's values */
	TEST_EXISTS,
	TEST_NULL
};

/* One value of an item. */
struct matcher {
	enum test_kind kind;
	union {
		struct pattern pattern;
		struct {
			const struct regex *code;
			/* one of these is in every match; count 0: unknown */
			const struct slice *literals;
			size_t literal_count;
		} regex;
		struct network network;
		struct {
			double least; /* what is compared with */
			enum comparison comparison;
			enum time_part part;
		} number;
		struct {
			const struct sigma_field *field;
			enum modifier_op how;
		} other;
		bool exists;
	};
};

struct needles;

struct field_item {
	const struct sigma_field *field; /* NULL: any value, of keywords */
	struct slice text; /* "rcpt.domain|expand" */
	bool all, neq, cased;
	const struct matcher *tests;
	size_t count;
	/* When there are many texts: all of them at once. They are the last
	 * of the tests, from bulk_from on. */
	const struct needles *bulk;
	size_t bulk_from;
	enum sigma_scope scope;
	unsigned slot; /* of its memory in a run */
};

enum expr_op {
	EXPR_ITEM,
	EXPR_AND,
	EXPR_OR,
	EXPR_NOT,
	EXPR_FALSE /* of a part that had errors */
};

struct expr {
	enum expr_op op;
	size_t count;
	const struct expr *const *parts;
	const struct field_item *item;
	struct slice label; /* of an item: the selection it is in, */
	struct mark mark; /* and where */
};

#endif
