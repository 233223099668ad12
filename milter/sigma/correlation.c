/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading correlations: one table of keys. */
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
type_name(int i)
{
	return i <= VALUE_AVG ? threshold_type_name((enum correlation_type)i)
			      : NULL;
}

static bool
read_type(struct reader *r, const struct yaml_node *node, void *target)
{
	struct correlation *correlation = target;
	int type;

	for (size_t i = 0; i < COUNT(refused_types); i++) {
		if (slice_equal(node->text, slice_of(refused_types[i].name))) {
			return build_error(r, node->mark, refused_types[i].hint,
				"%s is not supported", refused_types[i].name);
		}
	}
	type = reader_word_number(r, node, "type", type_name);
	if (type < 0)
		return false;
	correlation->type = (enum correlation_type)type;
	correlation->typed = true;
	return true;
}

static bool
read_rules(struct reader *r, const struct yaml_node *node, void *target)
{
	struct correlation *correlation = target;

	return references_parse(r->ctx, node, &correlation->rules);
}

/* "M" is a month where others read such rules: here it is none. */
static bool
parse_timespan(struct slice text, long long *ms)
{
	return amount_duration_parse(text, ms) && *ms > 0 && *ms % 1000 == 0 &&
		slice_find_byte(text, 'M', 0) == SLICE_NONE;
}

static bool
read_timespan(struct reader *r, const struct yaml_node *node, void *target)
{
	struct correlation *correlation = target;
	struct build *build = r->ctx;
	long long most = build->options->timespan_max_ms, ms = 0;

	if (!parse_timespan(node->text, &ms)) {
		return build_error(build, node->mark,
			"write a number and s, m, h or d: 90s, 10m, 1h, 7d",
			"\"%.*s\" is not a time span", SLICE_ARG(node->text));
	}
	if (ms > most) {
		return build_error(build, node->mark,
			"shorten it, or raise the limit in the configuration",
			"a time span is at most %lld hours", most / HOUR_MS);
	}
	correlation->timespan_ms = ms;
	return true;
}

#define REFUSED(name, instead)                           \
	{                                                \
		name, &reader_refused, .help = (instead) \
	}
#define WINDOWS "windows slide here: leave it out"

/* Aliases and conditions are read once the rules are known. The last rows are
 * keys of drafts and of other engines, and slips. */
static const struct reader_key keys[] = {
	{"type", .read = read_type, .missing = "write type: event_count"},
	{"rules", .read = read_rules,
		.missing = "write rules: and the names of what is counted"},
	{"group-by", .type = &reader_any,
		.missing = "whose messages are counted together? group-by: "
			   "[mailbox.address]"},
	{"timespan", .read = read_timespan, .missing = "write timespan: 1h"},
	{"condition", .type = &reader_any},
	{"aliases", .type = &reader_any},
	{"generate", &reader_bool, offsetof(struct correlation, generate),
		.help = "count for others, and speak itself, too"},
	REFUSED("timeframe", "write timespan"),
	REFUSED("window", WINDOWS),
	REFUSED("session-window", WINDOWS),
	REFUSED("window-type", WINDOWS),
	REFUSED("ordered", "write type: temporal_ordered"),
	REFUSED("group_by", "write group-by"),
	REFUSED("action", "write the rules' names under rules:"),
	REFUSED("filter", "put the filter into a document of its own"),
};

static const struct reader_table table = {
	.keys = keys,
	.count = COUNT(keys),
	.where = " in a correlation",
	.shape = "write type, rules, group-by, timespan and condition below it",
};

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
	struct reader reader = build_reader(build);
	const struct yaml_node *group;
	bool ok;

	if (correlation == NULL)
		return false;
	rule->correlation = correlation;
	groups.at = correlation->group;
	correlation->key = key_of(build, &rule->said);
	ok = reader_map(&reader, &table, map, correlation);
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
