/* SPDX-License-Identifier: BSD-2-Clause */
/* Counting what a replay would have done. */
#include "lab/outcome.h"

#include "base/date.h"
#include "base/map.h"

#include <stdlib.h>

#define DAY_TEXT 10 /* "2026-01-05" */
#define ROWS_SHOWN 20

enum by {
	BY_POLICY,
	BY_MAILBOX,
	BY_DAY,
	BY_COUNT
};

static const char *const titles[BY_COUNT] = {
	[BY_POLICY] = "policy",
	[BY_MAILBOX] = "mailbox",
	[BY_DAY] = "day",
};

struct row {
	struct slice name; /* the map's own */
	uint64_t messages;
	uint64_t action[ACTION_COUNT];
};

struct outcome {
	uint64_t messages, forwards;
	uint64_t action[ACTION_COUNT];
	int64_t first_ms, last_ms;
	struct map *rows[BY_COUNT]; /* name -> struct row */
};

struct outcome *
outcome_new(void)
{
	struct outcome *outcome = calloc(1, sizeof(*outcome));

	if (outcome == NULL)
		return NULL;
	for (int i = 0; i < BY_COUNT; i++) {
		outcome->rows[i] = map_new();
		if (outcome->rows[i] == NULL) {
			outcome_free(outcome);
			return NULL;
		}
	}
	return outcome;
}

void
outcome_free(struct outcome *outcome)
{
	if (outcome == NULL)
		return;
	for (int i = 0; i < BY_COUNT; i++) {
		if (outcome->rows[i] != NULL)
			map_free(outcome->rows[i], free);
	}
	free(outcome);
}

static void
count_row(struct map *rows, struct slice name, enum action action)
{
	struct row *row = map_find(rows, name);

	if (row == NULL) {
		row = calloc(1, sizeof(*row));
		if (row == NULL || !map_put(rows, name, row, NULL)) {
			free(row);
			return;
		}
	}
	row->messages++;
	row->action[action]++;
}

static void
count_forward(struct outcome *outcome, const struct verdict *verdict)
{
	const struct flow *flow = verdict->flow;

	if (flow == NULL || !flow_is_forward(flow))
		return;
	outcome->forwards++;
	if (flow->mailbox.text.len > 0) {
		count_row(outcome->rows[BY_MAILBOX], flow->mailbox.text,
			verdict->would);
	}
}

void
outcome_count(struct outcome *outcome, const struct verdict *verdict)
{
	int64_t at_ms = verdict->message->at_ms;
	const struct matched *matched;
	size_t at = 0;
	char day[DATE_TEXT_BYTES];

	date_print(at_ms, day);
	outcome->messages++;
	outcome->action[verdict->would]++;
	if (outcome->first_ms == 0 || at_ms < outcome->first_ms)
		outcome->first_ms = at_ms;
	if (at_ms > outcome->last_ms)
		outcome->last_ms = at_ms;
	count_forward(outcome, verdict);
	while ((matched = verdict_next(verdict, &at)) != NULL) {
		count_row(outcome->rows[BY_POLICY],
			verdict_policy(matched->rule), matched->action);
	}
	if (verdict->would > ACTION_NONE) {
		count_row(outcome->rows[BY_DAY], (struct slice){day, DAY_TEXT},
			verdict->would);
	}
}

struct listing {
	struct row **at;
	size_t count;
};

static bool
list_row(struct slice name, void *value, void *ctx)
{
	struct listing *list = ctx;
	struct row *row = value;

	row->name = name;
	list->at[list->count++] = row;
	return true;
}

static int
most_first(const void *a, const void *b)
{
	const struct row *one = *(struct row *const *)a;
	const struct row *two = *(struct row *const *)b;

	if (one->messages != two->messages)
		return one->messages > two->messages ? -1 : 1;
	return slice_compare(one->name, two->name);
}

static int
by_name(const void *a, const void *b)
{
	return slice_compare((*(struct row *const *)a)->name,
		(*(struct row *const *)b)->name);
}

static struct listing
sorted(const struct outcome *outcome, enum by by)
{
	struct listing list = {0};

	list.at = calloc(map_count(outcome->rows[by]) + 1, sizeof(*list.at));
	if (list.at == NULL)
		return list;
	map_each(outcome->rows[by], list_row, &list);
	qsort(list.at, list.count, sizeof(struct row *),
		by == BY_DAY ? by_name : most_first);
	return list;
}

static void
print_actions(const uint64_t action[ACTION_COUNT], struct buf *out)
{
	bool some = false;

	for (int i = ACTION_LOG; i < ACTION_COUNT; i++) {
		if (action[i] == 0)
			continue;
		buf_printf(out, "%s%s %llu", some ? ", " : "",
			action_name((enum action)i),
			(unsigned long long)action[i]);
		some = true;
	}
	if (!some)
		buf_puts(out, "nothing");
}

static void
print_rows(const struct outcome *outcome, enum by by, struct buf *out)
{
	struct listing list = sorted(outcome, by);

	if (list.count > 0)
		buf_printf(out, "\n%-40s messages\n", titles[by]);
	for (size_t i = 0; i < list.count; i++) {
		size_t begun = out->len;

		if (by == BY_MAILBOX && i == ROWS_SHOWN) {
			buf_printf(out, "  ... and %zu more\n", list.count - i);
			break;
		}
		buf_puts(out, "  ");
		buf_add_visible(out, list.at[i]->name);
		while (out->len - begun < 40)
			buf_add_byte(out, ' ');
		buf_printf(out, "%8llu  ",
			(unsigned long long)list.at[i]->messages);
		print_actions(list.at[i]->action, out);
		buf_add_byte(out, '\n');
	}
	free(list.at);
}

void
outcome_print(const struct outcome *outcome, struct buf *out)
{
	char first[DATE_TEXT_BYTES], last[DATE_TEXT_BYTES];

	date_print(outcome->first_ms, first);
	date_print(outcome->last_ms, last);
	buf_printf(out, "%llu messages, %llu forwards",
		(unsigned long long)outcome->messages,
		(unsigned long long)outcome->forwards);
	if (outcome->messages > 0) {
		buf_printf(
			out, ", %.*s to %.*s", DAY_TEXT, first, DAY_TEXT, last);
	}
	buf_puts(out, "\nenforce would have done: ");
	print_actions(outcome->action, out);
	buf_add_byte(out, '\n');
	for (int i = 0; i < BY_COUNT; i++)
		print_rows(outcome, (enum by)i, out);
}

static struct json *
actions_json(const uint64_t action[ACTION_COUNT])
{
	struct json *map = json_map();

	for (int i = 0; i < ACTION_COUNT; i++) {
		if (action[i] > 0) {
			json_set_number(map, action_name((enum action)i),
				(long long)action[i]);
		}
	}
	return map;
}

static struct json *
rows_json(const struct outcome *outcome, enum by by)
{
	struct listing list = sorted(outcome, by);
	struct json *out = json_list();

	for (size_t i = 0; i < list.count; i++) {
		struct json *row = json_map();

		json_set_text(row, titles[by], list.at[i]->name);
		json_set_number(
			row, "messages", (long long)list.at[i]->messages);
		json_set_take(row, "actions", actions_json(list.at[i]->action));
		json_add_take(out, row);
	}
	free(list.at);
	return out;
}

struct json *
outcome_json(const struct outcome *outcome)
{
	struct json *map = json_map();

	json_set_number(map, "messages", (long long)outcome->messages);
	json_set_number(map, "forwards", (long long)outcome->forwards);
	json_set_time(map, "first", outcome->first_ms);
	json_set_time(map, "last", outcome->last_ms);
	json_set_take(map, "actions", actions_json(outcome->action));
	json_set_take(map, "policies", rows_json(outcome, BY_POLICY));
	json_set_take(map, "mailboxes", rows_json(outcome, BY_MAILBOX));
	json_set_take(map, "days", rows_json(outcome, BY_DAY));
	return map;
}

/* One side's policies against the other's; each name once. */
struct difference {
	const struct outcome *other;
	bool only_missing; /* those that the other side does not have */
	struct buf *text;
	struct json *json;
};

static bool
add_difference(struct slice name, void *value, void *ctx)
{
	const struct difference *d = ctx;
	const struct row *row = value;
	const struct row *other = map_find(d->other->rows[BY_POLICY], name);
	unsigned long long a = d->only_missing ? 0 : row->messages, b;
	struct json *json;

	if (d->only_missing && other != NULL)
		return true;
	b = d->only_missing ? row->messages
			    : (other != NULL ? other->messages : 0);
	if (a == b)
		return true;
	if (d->text != NULL) {
		buf_printf(d->text, "  %-38.*s %8llu -> %llu\n",
			SLICE_ARG(name), a, b);
		return true;
	}
	json = json_map();
	json_set_text(json, "policy", name);
	json_set_number(json, "before", (long long)a);
	json_set_number(json, "after", (long long)b);
	json_add_take(d->json, json);
	return true;
}

static void
differences(const struct outcome *before, const struct outcome *after,
	struct buf *text, struct json *json)
{
	struct difference here = {after, false, text, json};
	struct difference there = {before, true, text, json};

	map_each(before->rows[BY_POLICY], add_difference, &here);
	map_each(after->rows[BY_POLICY], add_difference, &there);
}

void
outcome_compare(const struct outcome *before, const struct outcome *after,
	struct buf *out)
{
	size_t begun;

	buf_printf(out, "%llu messages, %llu forwards\nbefore: ",
		(unsigned long long)before->messages,
		(unsigned long long)before->forwards);
	print_actions(before->action, out);
	buf_puts(out, "\nafter:  ");
	print_actions(after->action, out);
	buf_puts(out, "\n\npolicies that differ\n");
	begun = out->len;
	differences(before, after, out, NULL);
	if (out->len == begun)
		buf_puts(out, "  none\n");
}

struct json *
outcome_compare_json(const struct outcome *before, const struct outcome *after)
{
	struct json *map = json_map(), *list = json_list();

	differences(before, after, NULL, list);
	json_set_take(map, "before", outcome_json(before));
	json_set_take(map, "after", outcome_json(after));
	json_set_take(map, "differences", list);
	return map;
}
