/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters. A filter is ANDed to the rules it names, as the reference
 * implementation does; so an exception is written with "not", and one
 * without it would leave nothing of the rule but the exception.
 */
#include "sigma/filter.h"

#include "sigma/condition.h"
#include "sigma/logsource.h"
#include "sigma/reference.h"

#include <stdio.h>

/* What the expression is when no item of it holds. */
static bool
holds_of_nothing(const struct expr *expr)
{
	switch (expr->op) {
	case EXPR_ITEM:
	case EXPR_FALSE:
		return false;
	case EXPR_NOT:
		return !holds_of_nothing(expr->parts[0]);
	case EXPR_AND:
		for (size_t i = 0; i < expr->count; i++) {
			if (!holds_of_nothing(expr->parts[i]))
				return false;
		}
		return true;
	case EXPR_OR:
		break;
	}
	for (size_t i = 0; i < expr->count; i++) {
		if (holds_of_nothing(expr->parts[i]))
			return true;
	}
	return false;
}

static bool
check_widens(struct build *build, const struct expr *expr,
	const struct yaml_node *condition)
{
	static const char what[] =
		"this filter would leave only the exception: a filter is "
		"ANDed to its rules";
	char hint[200];

	if (holds_of_nothing(expr))
		return true;
	if (condition->kind == YAML_SCALAR && condition->text.len < 100 &&
		slice_find_byte(condition->text, ' ', 0) == SLICE_NONE) {
		(void)snprintf(hint, sizeof(hint), "write condition: not %.*s",
			SLICE_ARG(condition->text));
	} else {
		(void)snprintf(hint, sizeof(hint),
			"write condition: not (...), so that what it describes "
			"is taken away");
	}
	if (build->options->narrowing_filters)
		return !build_warn(build, condition->mark, hint, "%s", what);
	return build_error(build, condition->mark, hint, "%s", what);
}

static bool
is_any(const struct yaml_node *rules)
{
	if (rules == NULL)
		return false;
	if (rules->kind == YAML_LIST && rules->count == 1)
		rules = rules->children;
	return rules->kind == YAML_SCALAR &&
		slice_equal(rules->text, SLICE("any"));
}

static const struct reader_key keys[] = {
	{"rules", &reader_any,
		.missing = "write rules: and a list of names or ids"},
	{"condition", &reader_any, .missing = "write condition: not selection"},
};

static const struct reader_table table = {
	.keys = keys,
	.count = sizeof(keys) / sizeof(*keys),
	.where = " in the filter",
	.shape = "write rules, a selection and a condition below it",
	.other = selection_read,
};

bool
filter_parse(
	struct build *build, struct rule *rule, const struct yaml_node *map)
{
	const struct yaml_node *rules = yaml_find(map, "rules");
	struct selections selections;

	rule->filters_any = is_any(rules);
	rule->filtered_mark = build_mark(build, map->key_mark);
	if (rules != NULL && !rule->filters_any)
		(void)references_parse(build, rules, &rule->filtered);
	if (!selections_parse(build, &table, map, &selections))
		return false;
	rule->expr = condition_parse(build, selections.condition, &selections);
	return rule->expr->op == EXPR_FALSE ||
		check_widens(build, rule->expr, selections.condition);
}

static void
attach(struct build *build, struct rule *filter, struct rule *rule)
{
	if (!pointers_add(&rule->filters, filter))
		(void)build_no_memory(build);
}

static void
attach_to_all(struct build *build, struct rule *filter)
{
	for (size_t i = 0; i < build->rules.count; i++) {
		struct rule *rule = build->rules.at[i];

		if (rule->said.kind == SIGMA_DETECTION &&
			logsource_contains(
				&filter->logsource, &rule->logsource))
			attach(build, filter, rule);
	}
}

static bool
attach_reference(struct build *build, struct rule *filter,
	const struct reference *reference)
{
	struct rule *rule = map_find(build->rule_by_name, reference->name);

	if (rule == NULL)
		return reference_unknown(build, reference);
	if (rule->said.kind != SIGMA_DETECTION) {
		return build_error(build, reference->mark,
			"name the detections that it counts",
			"\"%.*s\" is not a detection: filters take away from "
			"detections",
			SLICE_ARG(reference->name));
	}
	if (rule->foreign || rule->retired) {
		return build_note(build, reference->mark, NULL,
			"\"%.*s\" is not loaded: there is nothing to filter",
			SLICE_ARG(reference->name));
	}
	if (!logsource_contains(&filter->logsource, &rule->logsource)) {
		return build_error(build, reference->mark,
			"give the filter the rule's logsource, or a wider one "
			"(without service)",
			"the filter's log source does not contain that of "
			"\"%.*s\"",
			SLICE_ARG(reference->name));
	}
	attach(build, filter, rule);
	return true;
}

void
filters_resolve(struct build *build)
{
	for (size_t i = 0; i < build->rules.count; i++) {
		struct rule *filter = build->rules.at[i];

		if (filter->said.kind != SIGMA_FILTER || filter->expr == NULL)
			continue;
		if (filter->filters_any)
			attach_to_all(build, filter);
		for (size_t k = 0; k < filter->filtered.count; k++) {
			(void)attach_reference(
				build, filter, &filter->filtered.at[k]);
		}
	}
}
