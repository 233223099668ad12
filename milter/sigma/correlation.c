/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading correlations: one table of keys and who reads them. */
#include "sigma/correlation.h"

#include "base/amount.h"
#include "base/codec.h"
#include "base/digest.h"
#include "sigma/reference.h"
#include "sigma/threshold.h"
#include "sigma/threshold_condition.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 32
#define KEY_DIGEST_BYTES 8
#define HOUR_MS 3600000
#define COUNT(array) (sizeof(array) / sizeof *(array))

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

static const char *
type_name(size_t i)
{
	return threshold_type_name((enum correlation_type)i);
}

static bool
read_type(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	const char *names[VALUE_AVG + 1], *nearest;
	char hint[192];
	size_t i;

	for (i = 0; i <= VALUE_AVG; i++) {
		if (slice_equal(node->text, slice_of(type_name(i)))) {
			correlation->type = (enum correlation_type)i;
			correlation->typed = true;
			return true;
		}
	}
	for (i = 0; i < COUNT(refused_types); i++) {
		if (slice_equal(node->text, slice_of(refused_types[i].name))) {
			return build_error(build, node->mark,
				refused_types[i].hint, "%s is not supported",
				refused_types[i].name);
		}
	}
	for (i = 0; i <= VALUE_AVG; i++)
		names[i] = type_name(i);
	nearest = diag_nearest(node->text, names, i);
	(void)snprintf(hint, sizeof(hint),
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

/* "M" is a month where others read such rules: here it is none. */
static bool
parse_timespan(struct slice text, long long *ms)
{
	return amount_duration_parse(text, ms) && *ms > 0 && *ms % 1000 == 0 &&
		slice_find_byte(text, 'M', 0) == SLICE_NONE;
}

static bool
read_timespan(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	long long most = build->options->timespan_max_ms, ms = 0;

	if (!parse_timespan(node->text, &ms)) {
		return build_error(build, node->mark,
			"write a number and s, m, h or d: 90s, 10m, 1h, 7d",
			"\"%.*s\" is no time span", SLICE_ARG(node->text));
	}
	if (ms > most) {
		return build_error(build, node->mark,
			"shorten it, or raise the limit in the configuration",
			"a time span is at most %lld hours", most / HOUR_MS);
	}
	correlation->timespan_ms = ms;
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

	for (size_t i = 0; i < COUNT(refused_keys); i++) {
		if (slice_equal(node->key, slice_of(refused_keys[i].name))) {
			return build_error(build, node->key_mark,
				refused_keys[i].hint,
				"a correlation has no key \"%.*s\"",
				SLICE_ARG(node->key));
		}
	}
	for (size_t i = 0; i < COUNT(keys); i++)
		names[i] = keys[i].name;
	nearest = diag_nearest(node->key, names, COUNT(keys));
	if (nearest != NULL) {
		(void)snprintf(
			hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	} else {
		(void)snprintf(hint, sizeof(hint),
			"there are type, rules, group-by, timespan, condition, "
			"aliases, generate");
	}
	return build_error(build, node->key_mark, hint,
		"a correlation has no key \"%.*s\"", SLICE_ARG(node->key));
}

static bool
read_key(struct build *build, struct correlation *correlation,
	const struct yaml_node *node)
{
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (slice_equal(node->key, slice_of(keys[i].name)))
			return keys[i].read(build, correlation, node);
	}
	return refuse_key(build, node);
}

static bool
read_keys(struct build *build, struct correlation *correlation,
	const struct yaml_node *map)
{
	bool ok = true;

	for (const struct yaml_node *node = map->children; node != NULL;
		node = node->next)
		ok = read_key(build, correlation, node) && ok;
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (keys[i].mandatory && yaml_find(map, keys[i].name) == NULL) {
			ok = build_error(build, map->key_mark,
				strcmp(keys[i].name, "group-by") == 0
					? "whose messages are counted "
					  "together? group-by: "
					  "[mailbox.address]"
					: NULL,
				"the correlation has no \"%s\"", keys[i].name);
		}
	}
	return ok;
}

static bool
check_aliases(struct build *build, const struct yaml_node *map)
{
	const struct yaml_node *aliases = yaml_find(map, "aliases"), *node;

	if (aliases == NULL)
		return true;
	for (node = aliases->children; node != NULL; node = node->next) {
		if (node->kind != YAML_MAP) {
			return build_error(build, node->mark,
				"write alias: {rule: field, other-rule: field}",
				"an alias is a map of rules to fields");
		}
	}
	return aliases->kind == YAML_MAP ||
		build_error(build, aliases->mark,
			"write aliases: {alias: {rule: field}}",
			"aliases must be a map");
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
	codec_hex(digest, KEY_DIGEST_BYTES, hex);
	return build_copy(build, slice_of(hex));
}

bool
correlation_parse(
	struct build *build, struct rule *rule, const struct yaml_node *map)
{
	struct correlation *correlation =
		build_alloc(build, sizeof(*correlation));
	struct correlating ctx = {build, correlation, map};
	struct grouping groups = {.most = GROUP_BY_MAX};
	const struct yaml_node *group;
	bool ok;

	if (correlation == NULL)
		return false;
	rule->correlation = correlation;
	groups.at = correlation->group;
	if (map->kind != YAML_MAP) {
		return build_error(build, map->mark,
			"write type, rules, group-by, timespan and condition "
			"below it",
			"correlation must be a map");
	}
	correlation->key = key_of(build, &rule->said);
	ok = read_keys(build, correlation, map);
	group = yaml_find(map, "group-by");
	if (!check_aliases(build, map) || group == NULL ||
		!correlation->typed || correlation->rules.count == 0)
		return false;
	if (correlation->type == TEMPORAL_ORDERED &&
		correlation->rules.count > STEPS_MAX) {
		ok = build_error(build, map->key_mark, NULL,
			"temporal_ordered takes at most %d rules", STEPS_MAX);
	}
	ok = grouping_read(&ctx, group, &groups) && ok;
	correlation->group_count = groups.count;
	if (!threshold_condition_read(&ctx) || !ok)
		return false;
	rule->said.timespan_ms = correlation->timespan_ms;
	if (threshold_is_count(correlation) &&
		correlation->op != THRESHOLD_EQ) {
		rule->said.threshold = (uint64_t)correlation->threshold +
			(correlation->op == THRESHOLD_GT);
	}
	return true;
}
