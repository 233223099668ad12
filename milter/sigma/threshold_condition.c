/* SPDX-License-Identifier: BSD-2-Clause */
/* The condition of a correlation. */
#include "sigma/threshold_condition.h"

#include "sigma/threshold.h"

#include <math.h>

#define THRESHOLD_MAX 1000000
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
	const char *name;
	enum threshold_op op;
} threshold_names[] = {
	{"gte", THRESHOLD_GTE},
	{"gt", THRESHOLD_GT},
	{"eq", THRESHOLD_EQ},
};

static bool
check_threshold(struct build *build, const struct correlation *correlation,
	const struct yaml_node *node)
{
	double value = correlation->threshold;

	if (!threshold_is_count(correlation))
		return true;
	if (value != floor(value) || value > THRESHOLD_MAX ||
		value < (correlation->op == THRESHOLD_GT ? 0 : 1)) {
		return build_error(build, node->mark,
			"write a whole number from 1 to 1000000",
			"%.*s is no count", SLICE_ARG(node->text));
	}
	if (correlation->type == TEMPORAL &&
		value + (correlation->op == THRESHOLD_GT) >
			(double)correlation->rules.count) {
		return build_error(build, node->mark, NULL,
			"there are only %zu rules", correlation->rules.count);
	}
	return true;
}

static bool
refuse_operator(struct build *build, const struct yaml_node *node)
{
	const struct slice key = node->key;
	const char *hint = "there are gte, gt, eq, and field";

	if (slice_equal(key, SLICE("lt")) || slice_equal(key, SLICE("lte")) ||
		slice_equal(key, SLICE("neq"))) {
		hint = "it would hold for the first message of every group; a "
		       "count can only be reached: gte, gt or eq";
	}
	if (slice_equal(key, SLICE("percentile"))) {
		hint = "a percentile needs every value kept for every group; "
		       "write gte and a number";
	}
	return build_error(build, node->key_mark, hint,
		"the condition \"%.*s\" is not supported", SLICE_ARG(key));
}

static bool
read_values(const struct correlating *ctx, const struct yaml_node *node)
{
	struct grouping values = {
		.at = ctx->correlation->values, .most = VALUE_FIELDS_MAX};
	bool ok = grouping_read(ctx, node, &values);

	ctx->correlation->value_count = values.count;
	return ok;
}

/* One pair of the condition; *seen tells whether a threshold was there. */
static bool
read_pair(
	const struct correlating *ctx, const struct yaml_node *node, bool *seen)
{
	struct build *build = ctx->build;
	struct correlation *correlation = ctx->correlation;
	size_t i;

	if (slice_equal(node->key, SLICE("field")))
		return read_values(ctx, node);
	for (i = 0; i < COUNT(threshold_names); i++) {
		if (slice_equal(node->key, slice_of(threshold_names[i].name)))
			break;
	}
	if (i == COUNT(threshold_names))
		return refuse_operator(build, node);
	if (*seen) {
		return build_error(build, node->key_mark,
			"a count only grows: one gte says it all",
			"a condition has one threshold, no range");
	}
	*seen = true;
	correlation->op = threshold_names[i].op;
	if (!yaml_to_number(node, &correlation->threshold)) {
		return build_error(build, node->mark, "write a number",
			"\"%.*s\" is no number", SLICE_ARG(node->text));
	}
	return check_threshold(build, correlation, node);
}

static bool
check_values(struct build *build, const struct correlation *correlation,
	const struct yaml_node *condition)
{
	bool wants = correlation->type == VALUE_COUNT ||
		!threshold_is_count(correlation);

	if (wants && correlation->value_count == 0) {
		return build_error(build, condition->key_mark,
			"add field: and the field whose values count",
			"%s needs a field in its condition",
			threshold_type_name(correlation->type));
	}
	if (!wants && correlation->value_count > 0) {
		return build_error(build, condition->key_mark,
			"take it out, or write type: value_count",
			"%s counts messages: a field has no meaning in it",
			threshold_type_name(correlation->type));
	}
	if (threshold_is_count(correlation))
		return true;
	if (correlation->value_count > 1) {
		return build_error(build, condition->key_mark, NULL,
			"%s takes one field",
			threshold_type_name(correlation->type));
	}
	for (size_t i = 0; i < correlation->rules.count; i++) {
		enum sigma_type type = correlation->values[0].of[i]->type;

		if (type != SIGMA_NUMBER && type != SIGMA_ANY) {
			return build_error(build, condition->key_mark,
				"`forwarden fields` shows the types",
				"\"%.*s\" is no number that can be added up",
				SLICE_ARG(correlation->values[0].name));
		}
	}
	return true;
}

/* All of its rules, unless it says otherwise. */
static void
default_threshold(struct correlation *correlation)
{
	correlation->op = THRESHOLD_GTE;
	correlation->threshold = (double)correlation->rules.count;
}

static bool
read_condition(const struct correlating *ctx)
{
	struct build *build = ctx->build;
	struct correlation *correlation = ctx->correlation;
	const struct yaml_node *map = ctx->map;
	const struct yaml_node *condition = yaml_find(map, "condition"), *node;
	bool temporal = correlation->type == TEMPORAL ||
		correlation->type == TEMPORAL_ORDERED;
	bool seen = false, ok = true;

	default_threshold(correlation);
	if (condition == NULL && temporal)
		return true;
	if (condition == NULL) {
		return build_error(build, map->key_mark,
			"write condition: {gte: 10}",
			"the correlation has no condition");
	}
	if (correlation->type == TEMPORAL_ORDERED) {
		return build_error(build, condition->key_mark,
			"leave it out: all rules must match, in their order",
			"temporal_ordered takes no condition");
	}
	if (condition->kind != YAML_MAP) {
		return build_error(build, condition->mark,
			"write condition: {gte: 10}; several rules are "
			"combined by type: temporal",
			"conditions in words are not supported here");
	}
	for (node = condition->children; node != NULL; node = node->next)
		ok = read_pair(ctx, node, &seen) && ok;
	if (!seen && ok && !temporal) {
		return build_error(build, condition->key_mark,
			"add gte: and a number",
			"the condition has no threshold");
	}
	return ok && check_values(build, correlation, condition);
}

static uint32_t
cap_of(const struct correlation *correlation)
{
	switch (correlation->type) {
	case EVENT_COUNT:
	case VALUE_COUNT:
		return (uint32_t)correlation->threshold +
			(correlation->op != THRESHOLD_GTE);
	case TEMPORAL:
	case TEMPORAL_ORDERED:
		return (uint32_t)correlation->rules.count;
	case VALUE_SUM:
	case VALUE_AVG:
		break;
	}
	return 0;
}

bool
threshold_condition_read(const struct correlating *ctx)
{
	if (!read_condition(ctx))
		return false;
	ctx->correlation->cap = cap_of(ctx->correlation);
	return true;
}
