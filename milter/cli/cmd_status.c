/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden status: what runs, since when, and how its store is. */
#include "cli/ask.h"
#include "cli/screen.h"

#include <stdio.h>

static void
add_text(struct buf *out, const char *name, struct slice value)
{
	if (slice_is_absent(value))
		return;
	screen_add_cell(out, slice_of(name), 20);
	buf_add_visible(out, value);
	buf_add_byte(out, '\n');
}

static void
add_number(struct buf *out, const char *name, long long value)
{
	screen_add_cell(out, slice_of(name), 20);
	buf_printf(out, "%lld\n", value);
}

/* Who follows the mail log; it may never have been heard of. */
static void
add_follower(struct buf *out, const struct json *follower)
{
	static const char *const counts[] = {
		"behind_ms", "lines", "told", "gaps", "lost"};
	char name[32];

	if (follower == NULL)
		return;
	add_text(out, "follower seen", json_text(follower, "seen"));
	add_text(out, "follower line", json_text(follower, "line"));
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		(void)snprintf(name, sizeof(name), "follower %s", counts[i]);
		add_number(out, name, json_number(follower, counts[i]));
	}
}

/* While the store is down nothing new is heard, and what is known holds. */
static void
add_orders(struct buf *out, const struct json *answer)
{
	bool up = json_bool(json_find(answer, "store"), "up");
	static const char *const orders[] = {"contained", "allowed"};

	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		screen_add_cell(out, slice_of(orders[i]), 16);
		buf_printf(out, "%lld%s\n", json_number(answer, orders[i]),
			up ? "" : " as last heard: they hold");
	}
}

static void
add_alerts(struct buf *out, const struct json *way)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "alerts %.*s",
		SLICE_ARG(json_text(way, "by")));
	screen_add_cell(out, slice_of(name), 20);
	buf_printf(out,
		"%lld sent, %lld failed, %lld held back, %lld dropped, %lld "
		"queued\n",
		json_number(way, "sent"), json_number(way, "failed"),
		json_number(way, "held_back"), json_number(way, "dropped"),
		json_number(way, "queued"));
}

static void
print_answer(const struct json *answer)
{
	static const char *const texts[] = {"version", "started", "config",
		"listen", "mode", "policies_digest"};
	static const char *const numbers[] = {"pid", "policies", "warnings",
		"local_domains", "sessions", "messages", "reloads"};
	static const char *const counts[] = {
		"journal", "replayed", "lost", "evicted", "late", "wiping"};
	char name[32];
	const struct json *store = json_find(answer, "store");
	const struct json *alerts = json_find(answer, "alerts");
	const struct json *troubles = json_find(answer, "troubles");
	struct buf out = {0};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		add_text(&out, texts[i], json_text(answer, texts[i]));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		add_number(&out, numbers[i], json_number(answer, numbers[i]));
	add_orders(&out, answer);
	add_text(&out, "store", json_text(store, "backend"));
	add_text(&out, "store since", json_text(store, "since"));
	add_text(&out, json_bool(store, "up") ? "store in part" : "store down",
		json_text(store, "reason"));
	add_number(&out, "store bytes", json_number(store, "bytes"));
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		(void)snprintf(name, sizeof(name), "store %s", counts[i]);
		add_number(&out, name, json_number(store, counts[i]));
	}
	add_follower(&out, json_find(answer, "follower"));
	for (size_t i = 0; i < json_count(alerts); i++)
		add_alerts(&out, json_at(alerts, i));
	for (size_t i = 0; i < json_count(troubles); i++) {
		add_text(&out, "trouble",
			json_text(json_at(troubles, i), "text"));
	}
	screen_print_table(&out);
	buf_fini(&out);
}

int
cmd_status(int argc, char **argv)
{
	static const struct ask_question question = {
		.method = ASK_GET, .path = "/v1/status", .print = print_answer};
	struct ask_options ask = ASK_DEFAULTS;
	const struct options_row rows[] = {ASK_OPTIONS(ask)};
	const struct options options = {
		.about = "What runs, since when, and how its store is.",
		.example = "status --json",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};
	int status;

	if (!options_read(&options, argc, argv, NULL, &status))
		return status;
	return ask_once(&ask, &question);
}
