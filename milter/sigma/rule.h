/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rule as it is inside: what the outside sees of it, and what it asks. A
 * detection has an expression; a correlation refers to rules and counts; a
 * filter has an expression and the rules it takes away from.
 */
#ifndef SIGMA_RULE_H
#define SIGMA_RULE_H

#include "sigma/expr.h"
#include "sigma/pointers.h"
#include "sigma/program.h"
#include "yaml/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROUP_BY_MAX 4
#define VALUE_FIELDS_MAX 4

struct rule;

/* One entry of a list "rules:". */
struct reference {
	struct slice name; /* a name or an id */
	struct mark mark;
	struct rule *rule; /* NULL until resolved */
};

struct references {
	struct reference *at;
	size_t count;
};

enum correlation_type {
	EVENT_COUNT,
	VALUE_COUNT,
	TEMPORAL,
	TEMPORAL_ORDERED,
	VALUE_SUM,
	VALUE_AVG
};

enum threshold_op {
	THRESHOLD_GTE,
	THRESHOLD_GT,
	THRESHOLD_EQ
};

/* A field of group-by or condition: of each referenced rule, since an alias
 * may name another one in each. */
struct correlated {
	struct slice name;
	struct mark mark;
	const struct sigma_field **of; /* by the number of the reference */
};

struct correlation {
	enum correlation_type type;
	bool typed; /* its type is known */
	struct references rules;
	struct correlated group[GROUP_BY_MAX];
	size_t group_count;
	struct correlated values[VALUE_FIELDS_MAX];
	size_t value_count;
	int64_t timespan_ms;
	enum threshold_op op;
	double threshold;
	uint32_t cap; /* members that decide; 0: all */
	bool generate;
	unsigned depth; /* 1: of detections; 0: not known yet */
	bool visiting; /* while cycles are looked for */
	struct slice key; /* of its windows in the store */
};

/* Present or absent, as the rule says. */
struct logsource {
	struct slice category, product, service;
};

struct rule {
	struct sigma_rule said; /* first: what the outside points to */
	struct mark mark; /* of the title, or the document */
	struct logsource logsource;
	unsigned services; /* bits; SIGMA_SERVICE_ANY: all records */
	const struct expr *expr; /* of detections and filters */
	struct correlation *correlation;
	struct references filtered; /* of a filter: the rules it names */
	struct mark filtered_mark;
	bool filters_any;
	struct pointers filters; /* struct rule, of a detection */
	struct pointers feeds; /* struct feed: the correlations it counts in */
	size_t number; /* in the program */
	bool retired; /* deprecated, unsupported: not run */
	bool foreign; /* of another log source: not run */
};

/* The rule is reference number of that correlation. */
struct feed {
	struct rule *correlation;
	size_t reference;
};

#endif
