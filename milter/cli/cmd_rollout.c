/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden rollout: for each policy what mode enforce would have done, and to
 * whom, so that the switch from observe is a decision. Out of the daemon's
 * events or, further back, out of files of events.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/map.h"
#include "cli/ask.h"
#include "cli/event_files.h"
#include "cli/screen.h"
#include "verdict/action.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SINCE_DAYS 7
#define DAY_MS (24LL * 3600 * 1000)
#define PAIRS_SHOWN 10
#define NUMBERS_COLUMNS 60
#define NAMES_COLUMNS_MOST 48
#define PAIR_GAPS 15 /* blanks, the arrow and the count */
#define EVENTS_ASKED "100000"
#define ARENA_BYTES ((size_t)1 << 30)

struct pair {
	struct slice mailbox, destination;
	unsigned long count;
};

struct policy {
	unsigned long count[ACTION_COUNT];
	struct map *pairs, *mailboxes;
	char last[DATE_TEXT_BYTES];
};

struct rollout {
	struct arena *arena; /* names */
	struct map *policies;
	int64_t since_ms;
	struct map *seen; /* ids of events */
	unsigned long events, files;
	size_t odd;
	char oldest[DATE_TEXT_BYTES];
};

static void
drop_policy(void *value)
{
	struct policy *policy = value;

	map_free(policy->pairs, free);
	map_free(policy->mailboxes, NULL);
	free(policy);
}

static struct policy *
policy_of(struct rollout *rollout, struct slice name)
{
	struct policy *policy = map_find(rollout->policies, name);

	if (policy != NULL)
		return policy;
	policy = calloc(1, sizeof(*policy));
	if (policy == NULL)
		return NULL;
	policy->pairs = map_new();
	policy->mailboxes = map_new();
	if (policy->pairs == NULL || policy->mailboxes == NULL ||
		!map_put(rollout->policies, name, policy, NULL)) {
		drop_policy(policy);
		return NULL;
	}
	return policy;
}

static void
count_pair(
	struct rollout *rollout, struct policy *policy, const struct json *own)
{
	const struct slice parts[] = {json_text(own, "mailbox"), SLICE("\n"),
		json_text(own, "destination")};
	struct slice key = arena_join(rollout->arena, parts, 3);
	struct pair *pair = map_find(policy->pairs, key);

	if (pair == NULL && !slice_is_absent(key)) {
		pair = calloc(1, sizeof(*pair));
		if (pair == NULL || !map_put(policy->pairs, key, pair, NULL)) {
			free(pair);
			return;
		}
		pair->mailbox = slice_sub(key, 0, parts[0].len);
		pair->destination = slice_sub(key, parts[0].len + 1, key.len);
		(void)map_put(policy->mailboxes, pair->mailbox, policy, NULL);
	}
	if (pair != NULL)
		pair->count++;
}

static void
keep_time(char kept[DATE_TEXT_BYTES], struct slice at, bool later)
{
	int order = slice_compare(at, slice_of(kept));

	if (kept[0] == '\0' || (later ? order > 0 : order < 0)) {
		(void)snprintf(kept, DATE_TEXT_BYTES, "%.*s", SLICE_ARG(at));
	}
}

static void
take(struct rollout *rollout, const struct json *event)
{
	const struct json *rules = json_find(event, "rule");
	struct slice at = json_text(event, "@timestamp");
	enum action action;
	int64_t at_ms;

	if (!date_parse_stamp(at, &at_ms) || at_ms < rollout->since_ms)
		return;
	rollout->events++;
	keep_time(rollout->oldest, at, false);
	for (size_t i = 0; i < json_count(rules); i++) {
		const struct json *rule = json_at(rules, i);
		struct policy *policy =
			policy_of(rollout, json_text(rule, "name"));

		if (policy == NULL)
			continue;
		if (!action_parse(json_text(rule, "action"), &action))
			action = ACTION_NONE;
		policy->count[action]++;
		keep_time(policy->last, at, true);
		count_pair(rollout, policy, json_find(event, "forwarden"));
	}
}

static bool
take_event(void *ctx, struct json *event)
{
	struct rollout *rollout = ctx;
	struct slice id = json_text(json_find(event, "event"), "id");

	/* A file that was being rotated is there twice. */
	if (id.len == 0 || map_find(rollout->seen, id) == NULL)
		take(rollout, event);
	if (id.len > 0)
		(void)map_put(rollout->seen, id, rollout, NULL);
	json_free(event);
	return true;
}

static bool
read_file(struct rollout *rollout, const char *path)
{
	struct err err = {0};
	bool good = event_files_read(
		path, take_event, rollout, &rollout->odd, &err);

	if (!good)
		(void)fprintf(stderr, "forwarden rollout: %s\n", err.text);
	rollout->files++;
	return good;
}

static bool
read_files(struct rollout *rollout, char **files)
{
	bool good = true;

	for (char **file = files; *file != NULL; file++)
		good = read_file(rollout, *file) && good;
	return good;
}

static bool
ask_daemon(struct rollout *rollout, const struct ask_options *options)
{
	struct ask *ask = ask_start(options);
	struct err err = {0};
	struct json *answer;
	const struct json *list;

	if (ask == NULL)
		return false;
	answer = ask_json(ask, ASK_GET, "/v1/events?limit=" EVENTS_ASKED, &err);
	ask_close(ask);
	if (answer == NULL) {
		(void)fprintf(stderr, "forwarden rollout: %s\n", err.text);
		return false;
	}
	list = json_find(answer, "events");
	for (size_t i = 0; i < json_count(list); i++)
		take(rollout, json_at(list, i));
	json_free(answer);
	return true;
}

static size_t
policy_columns(void)
{
	return screen_share(NUMBERS_COLUMNS, 1, NAMES_COLUMNS_MOST);
}

static size_t
pair_columns(void)
{
	return screen_share(PAIR_GAPS, 2, NAMES_COLUMNS_MOST);
}

/* The most frequent first. */
static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *const *one = a;
	const struct pair *const *other = b;

	return (*one)->count < (*other)->count    ? 1
		: (*one)->count > (*other)->count ? -1
						  : 0;
}

struct pairs {
	struct pair **at;
	size_t count;
};

static bool
add_pair(struct slice key, void *value, void *ctx)
{
	struct pairs *pairs = ctx;

	(void)key;
	pairs->at[pairs->count++] = value;
	return true;
}

/* Sorted; the caller frees it. */
static struct pairs
pairs_of(const struct policy *policy)
{
	struct pairs pairs = {
		.at = calloc(map_count(policy->pairs) + 1, sizeof(*pairs.at))};

	if (pairs.at != NULL) {
		map_each(policy->pairs, add_pair, &pairs);
		qsort(pairs.at, pairs.count, sizeof(*pairs.at), compare_pairs);
	}
	return pairs;
}

static bool
add_policy(struct slice name, void *value, void *ctx)
{
	const struct policy *policy = value;
	const unsigned long *count = policy->count;
	struct pairs pairs = pairs_of(policy);
	struct buf *out = ctx;

	screen_add_cell(out, name, policy_columns());
	buf_printf(out, " %7lu %7lu %7lu %7lu %9zu  ", count[ACTION_QUARANTINE],
		count[ACTION_TEMPFAIL] + count[ACTION_REJECT] +
			count[ACTION_DISCARD],
		count[ACTION_TAG], count[ACTION_LOG],
		map_count(policy->mailboxes));
	screen_add_time(out, slice_of(policy->last));
	buf_add_byte(out, '\n');
	for (size_t i = 0; i < pairs.count && i < PAIRS_SHOWN; i++) {
		buf_puts(out, "    ");
		screen_add_cell(out, pairs.at[i]->mailbox, pair_columns());
		buf_puts(out, " -> ");
		screen_add_cell(out, pairs.at[i]->destination, pair_columns());
		buf_printf(out, " %lu\n", pairs.at[i]->count);
	}
	if (pairs.count > PAIRS_SHOWN) {
		buf_printf(out, "    and %zu more (--json has all)\n",
			pairs.count - PAIRS_SHOWN);
	}
	free(pairs.at);
	return true;
}

static bool
add_json(struct slice name, void *value, void *ctx)
{
	const struct policy *policy = value;
	struct json *json = json_map(), *counts = json_map(),
		    *list = json_list();
	struct pairs pairs = pairs_of(policy);

	json_set_text(json, "policy", name);
	for (int i = ACTION_LOG; i < ACTION_COUNT; i++) {
		json_set_number(counts, action_name((enum action)i),
			(long long)policy->count[i]);
	}
	json_set_take(json, "would", counts);
	json_set_text(json, "last", slice_of(policy->last));
	for (size_t i = 0; i < pairs.count; i++) {
		struct json *row = json_map();

		json_set_text(row, "mailbox", pairs.at[i]->mailbox);
		json_set_text(row, "destination", pairs.at[i]->destination);
		json_set_number(row, "count", (long long)pairs.at[i]->count);
		json_add_take(list, row);
	}
	json_set_take(json, "routes", list);
	json_add_take(ctx, json);
	free(pairs.at);
	return true;
}

static void
print(const struct rollout *rollout, bool json)
{
	struct json *policies = json_list(), *whole = json_map();
	struct buf out = {0};

	if (json) {
		map_each(rollout->policies, add_json, policies);
		json_set_text(whole, "oldest", slice_of(rollout->oldest));
		json_set_number(whole, "events", (long long)rollout->events);
		json_set_take(whole, "policies", policies);
		screen_print_json(whole);
		return;
	}
	json_free(policies);
	json_free(whole);
	buf_printf(&out, "%lu events", rollout->events);
	if (rollout->files > 0)
		buf_printf(&out, " of %lu file%s", rollout->files,
			rollout->files > 1 ? "s" : "");
	buf_puts(&out, ", the oldest of ");
	screen_add_time(&out, slice_of(rollout->oldest));
	buf_puts(&out, " UTC; what mode enforce does by them:\n\n");
	screen_add_cell(&out, SLICE("POLICY"), policy_columns());
	buf_printf(&out, " %7s %7s %7s %7s %9s  %s\n", "HOLD", "REFUSE", "TAG",
		"LOG", "MAILBOXES", "LAST");
	map_each(rollout->policies, add_policy, &out);
	if (map_count(rollout->policies) == 0)
		buf_puts(&out, "no policy matched anything\n");
	screen_print_table(&out);
	buf_fini(&out);
}

/* Where events go to a file, it and its rotated ones reach further back than
 * what the daemon keeps; who may not read them asks the daemon. */
static bool
read_own(struct rollout *rollout, const struct ask_options *ask)
{
	char *path = ask->socket == NULL ? event_files_find(ask->file) : NULL;
	char **files = path != NULL && access(path, R_OK) == 0
		? event_files_list(path)
		: NULL;
	bool good;

	if (path != NULL && files == NULL) {
		(void)fprintf(stderr,
			"forwarden rollout: %s cannot be read: what the daemon "
			"keeps tells\n",
			path);
	}
	good = files != NULL ? read_files(rollout, files)
			     : ask_daemon(rollout, ask);
	event_files_free(files);
	free(path);
	return good;
}

static int
run(struct rollout *rollout, const struct ask_options *ask, char **files)
{
	bool good = files[0] != NULL ? read_files(rollout, files)
				     : read_own(rollout, ask);

	if (!good && rollout->files == 0)
		return COMMAND_FAILED;
	print(rollout, ask->json);
	if (rollout->odd > 0) {
		(void)fprintf(stderr,
			"forwarden rollout: %zu lines are no events that can "
			"be read\n",
			rollout->odd);
	}
	return good ? COMMAND_OK : COMMAND_FAILED;
}

int
cmd_rollout(int argc, char **argv)
{
	struct ask_options ask = ASK_DEFAULTS;
	long long since_ms = SINCE_DAYS * DAY_MS;
	const struct options_row rows[] = {
		ASK_OPTIONS(ask),
		{"since", 0, "AGE", &options_age, &since_ms,
			"what came within that time (7d)"},
	};
	const struct options table = {
		.about = "For each policy, what mode enforce would have done, "
			 "and to whom. Of the files\nof log.events, rotated "
			 "ones too; else of the events that the daemon keeps; "
			 "or of\nfiles of events, packed or not.",
		.example = "rollout --since 30d",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[FILE...]",
		.most = -1};
	struct rollout rollout = {0};
	char **files;
	int status;

	if (!options_read(&table, argc, argv, &files, &status))
		return status;
	rollout.since_ms = clock_now_ms(clock_real()) - since_ms;
	rollout.arena = arena_new(ARENA_BYTES);
	rollout.policies = map_new();
	rollout.seen = map_new();
	status = COMMAND_FAILED;
	if (rollout.arena != NULL && rollout.policies != NULL &&
		rollout.seen != NULL)
		status = run(&rollout, &ask, files);
	map_free(rollout.policies, drop_policy);
	map_free(rollout.seen, NULL);
	arena_free(rollout.arena);
	return status;
}
