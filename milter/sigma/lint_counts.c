/* SPDX-License-Identifier: BSD-2-Clause */
/* Correlations that can never count so far. */
#include "sigma/lint_counts.h"

#include "sigma/rule.h"

#include <stdio.h>

static uint64_t
choices_of(const struct sigma_field *field)
{
	size_t count = 0;

	if (field->type == SIGMA_BOOL)
		return 2;
	if (field->choice == NULL)
		return UINT64_MAX;
	while (field->choice(count) != NULL)
		count++;
	return count;
}

/* Within a group it is the same in every message. */
static bool
is_grouped(const struct correlation *correlation,
	const struct correlated *value, size_t reference)
{
	for (size_t i = 0; i < correlation->group_count; i++) {
		if (correlation->group[i].of[reference] ==
				value->of[reference] &&
			value->of[reference]->single)
			return true;
	}
	return false;
}

/* How many values of it one group can have. */
static uint64_t
values_of(const struct correlation *correlation, const struct correlated *value)
{
	uint64_t most = 0, of;

	for (size_t i = 0; i < correlation->rules.count; i++) {
		of = is_grouped(correlation, value, i)
			? 1
			: choices_of(value->of[i]);
		most = of > most ? of : most;
	}
	return most;
}

static void
check(struct build *build, const struct rule *rule)
{
	const struct correlation *correlation = rule->correlation;
	const struct correlated *value = &correlation->values[0];
	uint64_t most;

	if (correlation->type != VALUE_COUNT || correlation->value_count != 1)
		return;
	most = values_of(correlation, value);
	if (rule->said.threshold <= most)
		return;
	(void)build_warn(build, rule->mark,
		most == 1 ? "count another field than the one it is grouped by"
			  : "lower the threshold, or count another field",
		"\"%.*s\" can never match: a group has at most %llu values of "
		"\"%.*s\"",
		SLICE_ARG(rule->said.title), (unsigned long long)most,
		SLICE_ARG(value->name));
}

/* The place where the correlation names the rule. */
static struct mark
mark_of(const struct rule *correlation, const struct rule *rule)
{
	const struct references *rules = &correlation->correlation->rules;

	for (size_t i = 0; i < rules->count; i++) {
		if (rules->at[i].rule == rule)
			return rules->at[i].mark;
	}
	return correlation->mark;
}

/* A rule that was written to speak, and whose voice a correlation took. */
static void
check_silenced(struct build *build, const struct rule *rule)
{
	const struct feed *feed;

	if (!rule->said.silent || rule->said.level == SIGMA_INFORMATIONAL)
		return;
	feed = rule->feeds.at[0];
	(void)build_warn(build, mark_of(feed->correlation, rule),
		"for verdicts of both write generate: true below correlation:; "
		"if it is only to be counted, give the rule level: "
		"informational",
		"\"%.*s\" counts \"%.*s\" (%.*s:%u, level %s), which then "
		"makes "
		"no verdict of its own",
		SLICE_ARG(feed->correlation->said.title),
		SLICE_ARG(rule->said.title), SLICE_ARG(rule->said.file),
		rule->said.line, sigma_level_name(rule->said.level));
}

void
lint_counts(struct build *build)
{
	for (size_t i = 0; i < build->rules.count; i++) {
		const struct rule *rule = build->rules.at[i];

		if (rule->correlation != NULL)
			check(build, rule);
		check_silenced(build, rule);
	}
}
