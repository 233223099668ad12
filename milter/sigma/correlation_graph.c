/* SPDX-License-Identifier: BSD-2-Clause */
/* Tying correlations to what they count: rules, and other correlations. */
#include "sigma/correlation_graph.h"

#include "sigma/reference.h"
#include "sigma/rule.h"
#include "sigma/threshold.h"

#define DEPTH_MAX 4

static bool
can_be_chained(const struct correlation *correlation)
{
	return threshold_is_count(correlation) &&
		correlation->op != THRESHOLD_EQ;
}

static bool
check_reference(struct build *build, const struct reference *reference)
{
	const struct rule *rule = reference->rule;

	if (rule->said.kind == SIGMA_FILTER) {
		return build_error(build, reference->mark,
			"name a detection or a correlation",
			"\"%.*s\" is a filter", SLICE_ARG(reference->name));
	}
	if (rule->retired) {
		return build_error(build, reference->mark,
			"such rules are not loaded", "\"%.*s\" is %s",
			SLICE_ARG(reference->name),
			sigma_status_name(rule->said.status));
	}
	if (rule->correlation != NULL && !can_be_chained(rule->correlation)) {
		return build_error(build, reference->mark,
			"a correlation that others count must itself count, "
			"with gte or gt",
			"\"%.*s\" cannot be counted: its value does not only "
			"grow",
			SLICE_ARG(reference->name));
	}
	return true;
}

static bool
add_feed(struct build *build, struct rule *to, struct rule *correlation,
	size_t number)
{
	struct feed *feed = build_alloc(build, sizeof(*feed));

	if (feed == NULL)
		return false;
	*feed = (struct feed){correlation, number};
	return pointers_add(&to->feeds, feed) || build_no_memory(build);
}

static void
resolve(struct build *build, struct rule *rule)
{
	struct references *rules = &rule->correlation->rules;

	for (size_t i = 0; i < rules->count; i++) {
		struct reference *reference = &rules->at[i];

		reference->rule =
			map_find(build->rule_by_name, reference->name);
		if (reference->rule == NULL) {
			(void)reference_unknown(build, reference);
			continue;
		}
		if (reference->rule->foreign)
			rule->foreign = true;
		if (!check_reference(build, reference) ||
			!add_feed(build, reference->rule, rule, i))
			reference->rule = NULL;
	}
}

/* Depth of a correlation; 0 when it is part of a circle. */
static unsigned
depth_of(struct correlation *correlation)
{
	unsigned deepest = 0;

	if (correlation->depth > 0 || correlation->visiting)
		return correlation->depth;
	correlation->visiting = true;
	for (size_t i = 0; i < correlation->rules.count; i++) {
		const struct rule *rule = correlation->rules.at[i].rule;
		unsigned depth = 0;

		if (rule == NULL || rule->correlation == NULL)
			continue;
		depth = depth_of(rule->correlation);
		if (depth == 0)
			return 0;
		deepest = depth > deepest ? depth : deepest;
	}
	correlation->visiting = false;
	correlation->depth = deepest + 1;
	return correlation->depth;
}

static void
check_depth(struct build *build, struct rule *rule)
{
	unsigned depth = depth_of(rule->correlation);

	if (depth == 0) {
		(void)build_error(build, rule->mark,
			"a correlation cannot count itself, nor what counts it",
			"\"%.*s\" is part of a circle of correlations",
			SLICE_ARG(rule->said.title));
	} else if (depth > DEPTH_MAX) {
		(void)build_error(build, rule->mark, NULL,
			"\"%.*s\" is the %uth of a chain of correlations: at "
			"most %d are allowed",
			SLICE_ARG(rule->said.title), depth, DEPTH_MAX);
	}
}

/* What feeds correlations speaks for itself only where one of them asks. */
static void
set_silent(struct rule *rule)
{
	rule->said.silent = rule->feeds.count > 0;
	for (size_t i = 0; i < rule->feeds.count; i++) {
		const struct feed *feed = rule->feeds.at[i];

		if (feed->correlation->correlation->generate)
			rule->said.silent = false;
	}
}

void
correlation_graph_resolve(struct build *build)
{
	for (size_t i = 0; i < build->rules.count; i++) {
		struct rule *rule = build->rules.at[i];

		if (rule->correlation != NULL)
			resolve(build, rule);
	}
	for (size_t i = 0; i < build->rules.count; i++) {
		struct rule *rule = build->rules.at[i];

		if (rule->correlation != NULL)
			check_depth(build, rule);
		set_silent(rule);
	}
}
