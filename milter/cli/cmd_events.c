/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden events: the newest verdicts, JSON lines; --follow goes on. */
#include "cli/ask.h"
#include "cli/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT_DEFAULT 50
#define COUNT_AT_ONCE 1000 /* of those that come */
#define WAIT_MS "25000"
#define RETRY_SECONDS 2

struct events_options {
	struct ask_options ask;
	unsigned count;
	bool follow, text;
};

static bool
parse_options(
	int argc, char **argv, struct events_options *options, int *status)
{
	const struct options_row rows[] = {
		ASK_OPTIONS(options->ask),
		{"count", 'n', "COUNT", &options_count, &options->count,
			"so many (50); 0: with --follow, only those to come"},
		{"follow", 'f', NULL, &options_flag, &options->follow,
			"and those that come"},
		{"text", 0, NULL, &options_flag, &options->text,
			"lines for people"},
	};
	const struct options table = {
		.about = "The newest verdicts, with the field names of the "
			 "Elastic Common Schema.",
		.example = "events --follow --text",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};

	*options = (struct events_options){
		.ask = ASK_DEFAULTS, .count = COUNT_DEFAULT};
	if (!options_read(&table, argc, argv, NULL, status))
		return false;
	/* Lines of JSON are what it prints anyway. */
	options->ask.json = false;
	return true;
}

/* Its policies, the strongest first; false if there is none. */
static bool
add_policies(struct buf *out, const struct json *rules)
{
	for (size_t i = 0; i < json_count(rules); i++) {
		buf_puts(out, i == 0 ? "  " : ", ");
		buf_add_visible(out, json_text(json_at(rules, i), "name"));
	}
	return json_count(rules) > 0;
}

/* Its policies; without one, what excused it, or what was not seen. */
static void
add_why(struct buf *out, const struct json *event, const struct json *own)
{
	static const struct {
		const char *list, *words;
	} others[] = {{"excused_by", "excused as"}, {"gaps", "not seen:"}};
	if (add_policies(out, json_find(event, "rule")))
		return;
	if (!slice_is_absent(json_text(own, "contained"))) {
		buf_puts(out, "  contained");
		return;
	}
	if (json_find(own, "allowed") != NULL) {
		buf_puts(out, "  allowed by ");
		own = json_find(own, "allowed");
		buf_add_visible(out, json_text(own, "by"));
		buf_puts(out, ": ");
		buf_add_visible(out, json_text(own, "why"));
		return;
	}
	if (!slice_is_absent(json_text(own, "why"))) {
		buf_puts(out, "  by ");
		buf_add_visible(out, json_text(own, "by"));
		buf_puts(out, ": ");
		buf_add_visible(out, json_text(own, "why"));
		return;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		const struct json *list = json_find(own, others[i].list);

		for (size_t j = 0; j < json_count(list); j++) {
			buf_printf(out, "%s%s ", j == 0 ? "  " : "",
				j == 0 ? others[i].words : "and");
			buf_add_visible(out, json_own_text(json_at(list, j)));
		}
		if (json_count(list) > 0)
			return;
	}
}

/* What was done or, in mode observe, would be. */
static struct slice
deed_of(const struct json *own)
{
	static const struct {
		const char *would, *words;
	} deeds[] = {
		{"tag", "would tag"},
		{"quarantine", "would hold"},
		{"tempfail", "would defer"},
		{"reject", "would refuse"},
		{"discard", "would drop"},
	};
	struct slice action = json_text(own, "action");
	struct slice would = json_text(own, "would");

	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		if (!slice_equal(action, would) &&
			slice_equal(would, slice_of(deeds[i].would)))
			return slice_of(deeds[i].words);
	}
	return action;
}

static void
add_text(struct buf *out, const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");
	struct slice destination = json_text(own, "destination");

	screen_add_time(out, json_text(event, "@timestamp"));
	buf_add_byte(out, ' ');
	screen_add_cell(out, deed_of(own), 12);
	buf_add_byte(out, ' ');
	screen_add_cell(out, json_text(own, "kind"), 8);
	buf_add_byte(out, ' ');
	buf_add_visible(out, json_text(own, "mailbox"));
	/* An operator's order is about a mailbox alone. */
	if (!slice_is_absent(destination)) {
		buf_puts(out, " -> ");
		buf_add_visible(out, destination);
	}
	add_why(out, event, own);
	buf_add_byte(out, '\n');
}

static void
print_events(const struct json *list, bool text)
{
	struct buf out = {0};

	for (size_t i = 0; i < json_count(list); i++) {
		if (text) {
			add_text(&out, json_at(list, i));
		} else {
			(void)json_write(json_at(list, i), &out);
			buf_add_byte(&out, '\n');
		}
	}
	/* Whole where a program reads them: JSON is never cut. */
	if (text) {
		screen_print_table(&out);
	} else {
		screen_print(&out);
	}
	buf_fini(&out);
}

/* The next events after *last, which moves on. */
static bool
show(struct ask *ask, const struct events_options *options, char **last,
	int *status)
{
	struct buf path = {0};
	struct json *answer;

	/* Of none the daemon cannot say where to go on from. */
	bool only_last = *last == NULL && options->count == 0;

	buf_printf(&path, "/v1/events?limit=%u",
		*last != NULL       ? COUNT_AT_ONCE
			: only_last ? 1
				    : options->count);
	if (*last != NULL)
		buf_printf(&path, "&after=%s&wait=" WAIT_MS, *last);
	answer = ask_or_print(
		ask, &options->ask, ASK_GET, buf_slice(&path).p, status);
	buf_fini(&path);
	if (answer == NULL)
		return false;
	if (!only_last)
		print_events(json_find(answer, "events"), options->text);
	if (!slice_is_absent(json_text(answer, "last"))) {
		free(*last);
		*last = ask_escape(ask, json_text(answer, "last").p);
	}
	json_free(answer);
	return !ferror(stdout);
}

/* Goes on for as long as it is read. A daemon that is started again is found
 * again. */
static int
follow(struct ask *ask, const struct events_options *options, char **last)
{
	int status;

	while (!ferror(stdout)) {
		if (!show(ask, options, last, &status)) {
			if (*last == NULL)
				return status;
			(void)sleep(RETRY_SECONDS);
		} else if (*last == NULL) {
			*last = ask_escape(ask, "0");
		}
	}
	return COMMAND_OK;
}

int
cmd_events(int argc, char **argv)
{
	struct events_options options;
	struct ask *ask;
	char *last = NULL;
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	ask = ask_start(&options.ask);
	if (ask == NULL)
		return COMMAND_FAILED;
	if (options.follow) {
		status = follow(ask, &options, &last);
	} else {
		(void)show(ask, &options, &last, &status);
	}
	free(last);
	ask_close(ask);
	return status;
}
