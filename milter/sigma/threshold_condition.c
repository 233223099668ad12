/* SPDX-License-Identifier: BSD-2-Clause */
/* The condition of a correlation. */
#include "sigma/threshold_condition.h"

#include "sigma/threshold.h"
#include "yaml/yaml_scalar.h"

#include <math.h>

#define THRESHOLD_MAX 1000000
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A condition being read. */
struct reading {
	const struct correlating *ctx;
	bool seen; /* was there a threshold? */
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
			"%.*s is not a count", SLICE_ARG(node->text));
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
read_values(struct reader *r, const struct yaml_node *node, void *target)
{
	const struct correlating *ctx = ((struct reading *)target)->ctx;
	struct grouping values = {
		.at = ctx->correlation->values, .most = VALUE_FIELDS_MAX};
	bool ok = grouping_read(ctx, node, &values);

	(void)r;
	ctx->correlation->value_count = values.count;
	return ok;
}

static bool
read_threshold(struct reader *r, const struct yaml_node *node, void *target)
{
	struct reading *reading = target;
	struct correlation *correlation = reading->ctx->correlation;

	if (reading->seen) {
		return build_error(r, node->key_mark,
			"a count only grows: one gte says it all",
			"a condition has one threshold, no range");
	}
	reading->seen = true;
	correlation->op = (enum threshold_op)r->key->least;
	if (!yaml_scalar_number(node, &correlation->threshold)) {
		return build_error(r, node->mark, "write a number",
			"\"%.*s\" is not a number", SLICE_ARG(node->text));
	}
	return check_threshold(reading->ctx->build, correlation, node);
}

#define REFUSED(name, why)                           \
	{                                            \
		name, &reader_refused, .help = (why) \
	}
#define HOLDS                                                          \
	"it would hold for the first message of every group; a count " \
	"can only be reached: gte, gt or eq"

static const struct reader_key keys[] = {
	{"gte", .read = read_threshold, .least = THRESHOLD_GTE},
	{"gt", .read = read_threshold, .least = THRESHOLD_GT},
	{"eq", .read = read_threshold, .least = THRESHOLD_EQ},
	{"field", .read = read_values},
	REFUSED("lt", HOLDS),
	REFUSED("lte", HOLDS),
	REFUSED("neq", HOLDS),
	REFUSED("percentile",
		"a percentile needs every value kept for every group; write "
		"gte and a number"),
};

static const struct reader_table table = {
	.keys = keys,
	.count = COUNT(keys),
	.where = " in a correlation's condition",
};

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
				"\"%.*s\" is not a number that can be added up",
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
	const struct yaml_node *condition = yaml_find(map, "condition");
	struct reader r = build_reader(build);
	struct reading reading = {ctx, .seen = false};
	bool temporal = correlation->type == TEMPORAL ||
		correlation->type == TEMPORAL_ORDERED;
	bool ok;

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
	ok = reader_map(&r, &table, condition, &reading);
	if (!reading.seen && ok && !temporal) {
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
