/* SPDX-License-Identifier: BSD-2-Clause */
/* Correlations: reading them and tying them to their rules. */
#include "sigma/correlation.h"

#include "base/digest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 4
#define THRESHOLD_MAX 1000000
#define STEPS_MAX 32
#define KEY_DIGEST_BYTES 8
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const type_names[] = {
	[EVENT_COUNT] = "event_count",
	[VALUE_COUNT] = "value_count",
	[TEMPORAL] = "temporal",
	[TEMPORAL_ORDERED] = "temporal_ordered",
	[VALUE_SUM] = "value_sum",
	[VALUE_AVG] = "value_avg",
};

const char *
correlation_type_name(enum correlation_type type)
{
	return type_names[type];
}

/* What the specification knows and this engine refuses, and why. */
static const struct {
	const char *name, *hint;
} refused_types[] = {
	{"value_percentile",
		"a percentile needs every value kept for every group; use "
		"value_count, value_sum or value_avg"},
	{"value_median",
		"a median needs every value kept for every group; use "
		"value_avg"},
};

static bool
read_type(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	const char *nearest;
	char hint[192];
	size_t i;

	for (i = 0; i < COUNT(type_names); i++)
		if (slice_equal(node->text, slice_of(type_names[i]))) {
			correlation->type = (enum correlation_type)i;
			correlation->typed = true;
			return true;
		}
	for (i = 0; i < COUNT(refused_types); i++)
		if (slice_equal(node->text, slice_of(refused_types[i].name)))
			return build_error(build, node->mark,
				refused_types[i].hint, "%s is not supported",
				refused_types[i].name);
	nearest = diag_nearest(node->text, type_names, COUNT(type_names));
	(void)snprintf(hint, sizeof hint,
		"%s%s%sthere are event_count, value_count, temporal, "
		"temporal_ordered, value_sum, value_avg",
		nearest != NULL ? "did you mean \"" : "",
		nearest != NULL ? nearest : "", nearest != NULL ? "\"? " : "");
	return build_error(build, node->mark, hint,
		"there is no correlation type \"%.*s\"", SLICE_ARG(node->text));
}

static bool
read_rules(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	if (!references_parse(build, node, node->key_mark, &correlation->rules))
		return false;
	return true;
}

static int64_t
unit_ms(char unit)
{
	switch (unit) {
	case 's':
		return 1000;
	case 'm':
		return INT64_C(60) * 1000;
	case 'h':
		return INT64_C(3600) * 1000;
	case 'd':
		return INT64_C(86400) * 1000;
	default:
		return 0;
	}
}

static bool
read_timespan(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	const struct slice text = node->text;
	int64_t most = build->options->timespan_max_ms, unit = 0;
	uint64_t number = 0;

	if (text.len >= 2)
		unit = unit_ms(text.p[text.len - 1]);
	if (unit == 0 || text.p[0] < '1' || text.p[0] > '9' ||
		!slice_to_u64(slice_sub(text, 0, text.len - 1), &number))
		return build_error(build, node->mark,
			"write a number and s, m, h or d: 90s, 10m, 1h, 7d",
			"\"%.*s\" is no time span", SLICE_ARG(text));
	if (number > (uint64_t)(most / unit))
		return build_error(build, node->mark,
			"shorten it, or raise the limit in the configuration",
			"a time span is at most %lld hours",
			(long long)(most / unit_ms('h')));
	correlation->timespan_ms = (int64_t)number * unit;
	return true;
}

static bool
read_generate(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	if (yaml_to_bool(node, &correlation->generate))
		return true;
	return build_error(build, node->mark, "write true or false",
		"generate must be true or false");
}

/* Aliases and conditions are read once the rules are known. */
static bool
read_later(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	(void)build;
	(void)correlation;
	(void)node;
	return true;
}

static const struct key {
	const char *name;
	bool (*read)(
		struct build *, struct correlation *, const struct yaml_node *);
	bool mandatory;
} keys[] = {
	{"type", read_type, true},
	{"rules", read_rules, true},
	{"group-by", read_later, true},
	{"timespan", read_timespan, true},
	{"condition", read_later, false},
	{"aliases", read_later, false},
	{"generate", read_generate, false},
};

/* Keys of drafts, of other engines, and slips. */
static const struct {
	const char *name, *hint;
} refused_keys[] = {
	{"timeframe", "write timespan"},
	{"window", "windows slide here: leave it out"},
	{"session-window", "windows slide here: leave it out"},
	{"window-type", "windows slide here: leave it out"},
	{"ordered", "write type: temporal_ordered"},
	{"group_by", "write group-by"},
	{"action", "write the rules' names under rules:"},
	{"filter", "put the filter into a document of its own"},
};

static bool
refuse_key(struct build *build, const struct yaml_node *node)
{
	const char *names[COUNT(keys)], *nearest;
	char hint[96];
	size_t i;

	for (i = 0; i < COUNT(refused_keys); i++)
		if (slice_equal(node->key, slice_of(refused_keys[i].name)))
			return build_error(build, node->key_mark,
				refused_keys[i].hint,
				"a correlation has no key \"%.*s\"",
				SLICE_ARG(node->key));
	for (i = 0; i < COUNT(keys); i++)
		names[i] = keys[i].name;
	nearest = diag_nearest(node->key, names, COUNT(keys));
	if (nearest != NULL)
		(void)snprintf(
			hint, sizeof hint, "did you mean \"%s\"?", nearest);
	else
		(void)snprintf(hint, sizeof hint,
			"there are type, rules, group-by, timespan, condition, "
			"aliases, generate");
	return build_error(build, node->key_mark, hint,
		"a correlation has no key \"%.*s\"", SLICE_ARG(node->key));
}

static bool
read_key(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	size_t i;

	for (i = 0; i < COUNT(keys); i++)
		if (slice_equal(node->key, slice_of(keys[i].name)))
			return keys[i].read(build, correlation, node);
	return refuse_key(build, node);
}

static bool
read_keys(struct build *build, struct correlation *correlation,
	const struct yaml_node *map)
{
	const struct yaml_node *node;
	bool ok = true;
	size_t i;

	for (node = map->children; node != NULL; node = node->next)
		ok = read_key(build, correlation, node) && ok;
	for (i = 0; i < COUNT(keys); i++)
		if (keys[i].mandatory && yaml_find(map, keys[i].name) == NULL)
			ok = build_error(build, map->key_mark,
				strcmp(keys[i].name, "group-by") == 0
					? "whose messages are counted "
					  "together? group-by: "
					  "[mailbox.address]"
					: NULL,
				"the correlation has no \"%s\"", keys[i].name);
	return ok;
}

/* The field that an alias names for one rule. */
static const struct yaml_node *
aliased(const struct yaml_node *alias, const struct reference *reference)
{
	const struct yaml_node *node;

	for (node = alias->children; node != NULL; node = node->next)
		if (slice_equal(node->key, reference->name))
			return node;
	return NULL;
}

static const struct sigma_field *
resolve_for(struct build *build, const struct yaml_node *alias,
	const struct yaml_node *name, const struct reference *reference)
{
	const struct yaml_node *field;

	if (alias == NULL)
		return build_field(build, name->text, name->mark);
	field = aliased(alias, reference);
	if (field == NULL || field->kind != YAML_SCALAR) {
		(void)build_error(build, alias->key_mark,
			"an alias names a field for every rule under rules:",
			"the alias \"%.*s\" has no field for \"%.*s\"",
			SLICE_ARG(alias->key), SLICE_ARG(reference->name));
		return NULL;
	}
	return build_field(build, field->text, field->mark);
}

/* A name of group-by or of the condition, for each referenced rule. */
static bool
read_correlated(struct build *build, const struct correlation *correlation,
	const struct yaml_node *map, const struct yaml_node *name,
	struct correlated *out)
{
	const struct yaml_node *alias = NULL;
	size_t i;

	if (name->kind != YAML_SCALAR)
		return build_error(build, name->mark, "write a field's name",
			"a field is missing here");
	if (yaml_find(map, "aliases") != NULL) {
		const struct yaml_node *node =
			yaml_find(map, "aliases")->children;

		for (; node != NULL; node = node->next)
			if (slice_equal(node->key, name->text))
				alias = node;
	}
	out->name = build_copy(build, name->text);
	out->of = build_alloc(
		build, (correlation->rules.count + 1) * sizeof *out->of);
	if (out->of == NULL)
		return false;
	for (i = 0; i < correlation->rules.count; i++) {
		out->of[i] = resolve_for(
			build, alias, name, &correlation->rules.at[i]);
		if (out->of[i] == NULL)
			return false;
	}
	return true;
}

/* A name or a list of at most most names. */
static bool
read_names(struct build *build, const struct correlation *correlation,
	const struct yaml_node *map, const struct yaml_node *node,
	struct correlated *out, size_t most, size_t *count)
{
	const struct yaml_node *name =
		node->kind == YAML_LIST ? node->children : node;
	bool ok = true;

	*count = 0;
	if (name == NULL)
		return build_error(build, node->mark, "name a field",
			"the list of fields is empty");
	for (; name != NULL; name = name != node ? name->next : NULL) {
		if (*count == most)
			return build_error(build, name->mark, NULL,
				"there are more than %zu fields", most);
		ok = read_correlated(
			     build, correlation, map, name, &out[(*count)++]) &&
			ok;
	}
	return ok;
}

static const struct {
	const char *name;
	enum threshold_op op;
} threshold_names[] = {
	{"gte", THRESHOLD_GTE},
	{"gt", THRESHOLD_GT},
	{"eq", THRESHOLD_EQ},
};

static bool
is_count(const struct correlation *correlation)
{
	return correlation->type != VALUE_SUM && correlation->type != VALUE_AVG;
}

static bool
check_threshold(struct build *build, const struct correlation *correlation,
	const struct yaml_node *node)
{
	double value = correlation->threshold;

	if (!is_count(correlation))
		return true;
	if (value != floor(value) || value > THRESHOLD_MAX ||
		value < (correlation->op == THRESHOLD_GT ? 0 : 1))
		return build_error(build, node->mark,
			"write a whole number from 1 to 1000000",
			"%.*s is no count", SLICE_ARG(node->text));
	if (correlation->type == TEMPORAL &&
		value + (correlation->op == THRESHOLD_GT) >
			(double)correlation->rules.count)
		return build_error(build, node->mark, NULL,
			"there are only %zu rules", correlation->rules.count);
	return true;
}

static bool
refuse_operator(struct build *build, const struct yaml_node *node)
{
	const struct slice key = node->key;
	const char *hint = "there are gte, gt, eq, and field";

	if (slice_equal(key, SLICE("lt")) || slice_equal(key, SLICE("lte")) ||
		slice_equal(key, SLICE("neq")))
		hint = "it would hold for the first message of every group; a "
		       "count can only be reached: gte, gt or eq";
	if (slice_equal(key, SLICE("percentile")))
		hint = "a percentile needs every value kept for every group; "
		       "write gte and a number";
	return build_error(build, node->key_mark, hint,
		"the condition \"%.*s\" is not supported", SLICE_ARG(key));
}

/* One pair of the condition; *seen tells whether a threshold was there. */
static bool
read_condition_pair(struct build *build, struct correlation *correlation,
	const struct yaml_node *map, const struct yaml_node *node, bool *seen)
{
	size_t i;

	if (slice_equal(node->key, SLICE("field")))
		return read_names(build, correlation, map, node,
			correlation->values, VALUE_FIELDS_MAX,
			&correlation->value_count);
	for (i = 0; i < COUNT(threshold_names); i++)
		if (slice_equal(node->key, slice_of(threshold_names[i].name)))
			break;
	if (i == COUNT(threshold_names))
		return refuse_operator(build, node);
	if (*seen)
		return build_error(build, node->key_mark,
			"a count only grows: one gte says it all",
			"a condition has one threshold, no range");
	*seen = true;
	correlation->op = threshold_names[i].op;
	if (!yaml_to_number(node, &correlation->threshold))
		return build_error(build, node->mark, "write a number",
			"\"%.*s\" is no number", SLICE_ARG(node->text));
	return check_threshold(build, correlation, node);
}

static bool
check_values(struct build *build, const struct correlation *correlation,
	const struct yaml_node *condition)
{
	bool wants = correlation->type == VALUE_COUNT || !is_count(correlation);
	size_t i;

	if (wants && correlation->value_count == 0)
		return build_error(build, condition->key_mark,
			"add field: and the field whose values count",
			"%s needs a field in its condition",
			type_names[correlation->type]);
	if (!wants && correlation->value_count > 0)
		return build_error(build, condition->key_mark,
			"take it out, or write type: value_count",
			"%s counts messages: a field has no meaning in it",
			type_names[correlation->type]);
	if (is_count(correlation))
		return true;
	if (correlation->value_count > 1)
		return build_error(build, condition->key_mark, NULL,
			"%s takes one field", type_names[correlation->type]);
	for (i = 0; i < correlation->rules.count; i++) {
		enum sigma_type type = correlation->values[0].of[i]->type;

		if (type != SIGMA_NUMBER && type != SIGMA_ANY)
			return build_error(build, condition->key_mark,
				"`forwarden fields` shows the types",
				"\"%.*s\" is no number that can be added up",
				SLICE_ARG(correlation->values[0].name));
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
read_condition(struct build *build, struct correlation *correlation,
	const struct yaml_node *map)
{
	const struct yaml_node *condition = yaml_find(map, "condition"), *node;
	bool temporal = correlation->type == TEMPORAL ||
		correlation->type == TEMPORAL_ORDERED;
	bool seen = false, ok = true;

	default_threshold(correlation);
	if (condition == NULL && temporal)
		return true;
	if (condition == NULL)
		return build_error(build, map->key_mark,
			"write condition: {gte: 10}",
			"the correlation has no condition");
	if (correlation->type == TEMPORAL_ORDERED)
		return build_error(build, condition->key_mark,
			"leave it out: all rules must match, in their order",
			"temporal_ordered takes no condition");
	if (condition->kind != YAML_MAP)
		return build_error(build, condition->mark,
			"write condition: {gte: 10}; several rules are "
			"combined by type: temporal",
			"conditions in words are not supported here");
	for (node = condition->children; node != NULL; node = node->next)
		ok = read_condition_pair(
			     build, correlation, map, node, &seen) &&
			ok;
	if (!seen && ok && !temporal)
		return build_error(build, condition->key_mark,
			"add gte: and a number",
			"the condition has no threshold");
	return ok && check_values(build, correlation, condition);
}

static bool
check_aliases(struct build *build, const struct yaml_node *map)
{
	const struct yaml_node *aliases = yaml_find(map, "aliases"), *node;

	if (aliases == NULL)
		return true;
	for (node = aliases->children; node != NULL; node = node->next)
		if (node->kind != YAML_MAP)
			return build_error(build, node->mark,
				"write alias: {rule: field, other-rule: field}",
				"an alias is a map of rules to fields");
	return aliases->kind == YAML_MAP ||
		build_error(build, aliases->mark,
			"write aliases: {alias: {rule: field}}",
			"aliases must be a map");
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

/* Its windows' name in the store: stable over reloads, short. */
static struct slice
key_of(struct build *build, const struct sigma_rule *said)
{
	unsigned char digest[DIGEST_BYTES];
	char hex[2 * KEY_DIGEST_BYTES + 1];

	if (said->id.p != NULL)
		return said->id;
	if (said->name.p != NULL)
		return said->name;
	(void)digest_parts(&said->title, 1, digest);
	digest_hex(digest, KEY_DIGEST_BYTES, hex);
	return build_copy(build, slice_of(hex));
}

bool
correlation_parse(
	struct build *build, struct rule *rule, const struct yaml_node *map)
{
	struct correlation *correlation =
		build_alloc(build, sizeof *correlation);
	const struct yaml_node *group;
	bool ok;

	if (correlation == NULL)
		return false;
	rule->correlation = correlation;
	if (map->kind != YAML_MAP)
		return build_error(build, map->mark,
			"write type, rules, group-by, timespan and condition "
			"below it",
			"correlation must be a map");
	correlation->key = key_of(build, &rule->said);
	ok = read_keys(build, correlation, map);
	group = yaml_find(map, "group-by");
	if (!check_aliases(build, map) || group == NULL ||
		!correlation->typed || correlation->rules.count == 0)
		return false;
	if (correlation->type == TEMPORAL_ORDERED &&
		correlation->rules.count > STEPS_MAX)
		ok = build_error(build, map->key_mark, NULL,
			"temporal_ordered takes at most %d rules", STEPS_MAX);
	ok = read_names(build, correlation, map, group, correlation->group,
		     GROUP_BY_MAX, &correlation->group_count) &&
		ok;
	if (!read_condition(build, correlation, map) || !ok)
		return false;
	correlation->cap = cap_of(correlation);
	rule->said.timespan_ms = correlation->timespan_ms;
	if (is_count(correlation) && correlation->op != THRESHOLD_EQ)
		rule->said.threshold = (uint64_t)correlation->threshold +
			(correlation->op == THRESHOLD_GT);
	return true;
}

bool
correlation_reached(const struct correlation *correlation, double value)
{
	switch (correlation->op) {
	case THRESHOLD_GTE:
		return value >= correlation->threshold;
	case THRESHOLD_GT:
		return value > correlation->threshold;
	case THRESHOLD_EQ:
		break;
	}
	return value == correlation->threshold;
}

struct nearest_search {
	struct slice wanted;
	char found[80];
};

static bool
consider(struct slice name, void *value, void *ctx)
{
	struct nearest_search *search = ctx;
	char copy[sizeof search->found];
	const char *names[1] = {copy};

	(void)value;
	if (name.len >= sizeof copy)
		return true;
	memcpy(copy, name.p, name.len);
	copy[name.len] = '\0';
	if (diag_nearest(search->wanted, names, 1) == NULL)
		return true;
	memcpy(search->found, copy, sizeof copy);
	return false;
}

static bool
unknown_reference(struct build *build, const struct reference *reference)
{
	struct nearest_search search = {.wanted = reference->name};
	char hint[160] = "rules are named by their name: or id:";

	map_each(build->rule_by_name, consider, &search);
	if (search.found[0] != '\0')
		(void)snprintf(hint, sizeof hint, "did you mean \"%s\"?",
			search.found);
	return build_error(build, reference->mark, hint,
		"no rule is called \"%.*s\"", SLICE_ARG(reference->name));
}

static bool
can_be_chained(const struct correlation *correlation)
{
	return is_count(correlation) && correlation->op != THRESHOLD_EQ;
}

static bool
check_reference(struct build *build, const struct reference *reference)
{
	const struct rule *rule = reference->rule;

	if (rule->said.kind == SIGMA_FILTER)
		return build_error(build, reference->mark,
			"name a detection or a correlation",
			"\"%.*s\" is a filter", SLICE_ARG(reference->name));
	if (rule->retired)
		return build_error(build, reference->mark,
			"such rules are not loaded", "\"%.*s\" is %s",
			SLICE_ARG(reference->name),
			sigma_status_name(rule->said.status));
	if (rule->correlation != NULL && !can_be_chained(rule->correlation))
		return build_error(build, reference->mark,
			"a correlation that others count must itself count, "
			"with gte or gt",
			"\"%.*s\" cannot be counted: its value does not only "
			"grow",
			SLICE_ARG(reference->name));
	return true;
}

static bool
add_feed(struct build *build, struct rule *to, struct rule *correlation,
	size_t number)
{
	struct feed *feed = build_alloc(build, sizeof *feed);

	if (feed == NULL)
		return false;
	*feed = (struct feed){correlation, number};
	return pointers_add(&to->feeds, feed) || build_no_memory(build);
}

static void
resolve(struct build *build, struct rule *rule)
{
	struct references *rules = &rule->correlation->rules;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		struct reference *reference = &rules->at[i];

		reference->rule =
			map_find(build->rule_by_name, reference->name);
		if (reference->rule == NULL) {
			(void)unknown_reference(build, reference);
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
	size_t i;

	if (correlation->depth > 0 || correlation->visiting)
		return correlation->depth;
	correlation->visiting = true;
	for (i = 0; i < correlation->rules.count; i++) {
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

	if (depth == 0)
		(void)build_error(build, rule->mark,
			"a correlation cannot count itself, nor what counts it",
			"\"%.*s\" is part of a circle of correlations",
			SLICE_ARG(rule->said.title));
	else if (depth > DEPTH_MAX)
		(void)build_error(build, rule->mark, NULL,
			"\"%.*s\" is the %uth of a chain of correlations: at "
			"most %d are allowed",
			SLICE_ARG(rule->said.title), depth, DEPTH_MAX);
}

/* What feeds correlations speaks for itself only where one of them asks. */
static void
set_silent(struct rule *rule)
{
	size_t i;

	rule->said.silent = rule->feeds.count > 0;
	for (i = 0; i < rule->feeds.count; i++) {
		const struct feed *feed = rule->feeds.at[i];

		if (feed->correlation->correlation->generate)
			rule->said.silent = false;
	}
}

void
correlations_resolve(struct build *build)
{
	size_t i;

	for (i = 0; i < build->rules.count; i++) {
		struct rule *rule = build->rules.at[i];

		if (rule->correlation != NULL)
			resolve(build, rule);
	}
	for (i = 0; i < build->rules.count; i++) {
		struct rule *rule = build->rules.at[i];

		if (rule->correlation != NULL)
			check_depth(build, rule);
		set_silent(rule);
	}
}
