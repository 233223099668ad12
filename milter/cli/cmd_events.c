/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden events: the newest verdicts, JSON lines; --follow goes on. */
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/screen.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LIMIT_DEFAULT "50"
#define WAIT_MS "25000"
#define RETRY_SECONDS 2

static const char usage[] =
	"forwarden events [-c FILE] [--socket PATH] [-n COUNT] [--follow] "
	"[--text]";

struct events_options {
	struct ask_options ask;
	const char *limit;
	bool follow, text;
};

enum {
	OPTION_TEXT = 256
};

static bool
parse_option(int c, struct events_options *options)
{
	uint64_t number;

	switch (c) {
	case 'n':
		options->limit = optarg;
		return slice_to_u64(slice_of(optarg), &number);
	case 'f':
		options->follow = true;
		return true;
	case OPTION_TEXT:
		options->text = true;
		return true;
	case ASK_OPTION_JSON: /* lines of JSON are what it prints anyway */
		return true;
	default:
		return ask_option(&options->ask, c, optarg);
	}
}

static bool
parse_options(int argc, char **argv, struct events_options *options)
{
	static const struct option longs[] = {
		ASK_LONG_OPTIONS,
		{"follow", no_argument, NULL, 'f'},
		{"text", no_argument, NULL, OPTION_TEXT},
		{NULL, 0, NULL, 0},
	};
	int c;

	*options = (struct events_options){.limit = LIMIT_DEFAULT};
	ask_options_init(&options->ask);
	while ((c = getopt_long(argc, argv, "c:n:f", longs, NULL)) != -1) {
		if (!parse_option(c, options))
			return false;
	}
	return optind == argc;
}

static void
add_text(struct buf *out, const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");

	screen_add_time(out, json_text(event, "@timestamp"));
	buf_add_byte(out, ' ');
	screen_add_cell(out, json_text(own, "action"), 10);
	buf_add_byte(out, ' ');
	screen_add_cell(out, json_text(own, "kind"), 8);
	buf_add_byte(out, ' ');
	buf_add_visible(out, json_text(own, "mailbox"));
	buf_puts(out, " -> ");
	buf_add_visible(out, json_text(own, "destination"));
	buf_puts(out, "  ");
	buf_add_visible(
		out, json_text(json_at(json_find(event, "rule"), 0), "name"));
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
	screen_print(&out);
	buf_fini(&out);
}

/* The next events after *last, which moves on. */
static bool
show(struct ask *ask, const struct events_options *options, char **last,
	int *status)
{
	struct buf path = {0};
	struct json *answer;

	buf_printf(&path, "/v1/events?limit=%s", options->limit);
	if (*last != NULL)
		buf_printf(&path, "&after=%s&wait=" WAIT_MS, *last);
	answer = ask_or_print(
		ask, &options->ask, ASK_GET, buf_slice(&path).p, status);
	buf_fini(&path);
	if (answer == NULL)
		return false;
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

	if (!parse_options(argc, argv, &options))
		return command_usage(usage);
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
