/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden routes: the map of all forwarding, as text, JSON or Graphviz. */
#include "base/amount.h"
#include "base/clock.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/screen.h"

#include <getopt.h>
#include <string.h>

static const char usage[] =
	"forwarden routes [-c FILE] [--socket PATH] [--mailbox ADDRESS] "
	"[--since AGE] [--new AGE] [--json | --dot]   (AGE: 90m, 24h, 7d)";

struct routes_options {
	struct ask_options ask;
	const char *mailbox;
	long long since_ms, new_ms; /* ages; 0: any */
	bool dot;
};

enum {
	OPTION_SINCE = 256,
	OPTION_NEW,
	OPTION_MAILBOX,
	OPTION_DOT
};

static bool
parse_option(int c, struct routes_options *options)
{
	switch (c) {
	case OPTION_SINCE:
		return amount_duration_parse(
			slice_of(optarg), &options->since_ms);
	case OPTION_NEW:
		return amount_duration_parse(
			slice_of(optarg), &options->new_ms);
	case OPTION_MAILBOX:
		options->mailbox = optarg;
		return true;
	case OPTION_DOT:
		options->dot = true;
		return true;
	default:
		return ask_option(&options->ask, c, optarg);
	}
}

static bool
parse_options(int argc, char **argv, struct routes_options *options)
{
	static const struct option longs[] = {
		ASK_LONG_OPTIONS,
		{"since", required_argument, NULL, OPTION_SINCE},
		{"new", required_argument, NULL, OPTION_NEW},
		{"mailbox", required_argument, NULL, OPTION_MAILBOX},
		{"dot", no_argument, NULL, OPTION_DOT},
		{NULL, 0, NULL, 0},
	};
	int c;

	*options = (struct routes_options){0};
	ask_options_init(&options->ask);
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (!parse_option(c, options))
			return false;
	}
	return optind == argc && !(options->dot && options->ask.json);
}

static void
add_age(struct buf *path, const char *name, long long age_ms)
{
	long long at_ms = (long long)clock_now_ms(clock_real()) - age_ms;

	if (age_ms > 0)
		buf_printf(path, "%s=%lld&", name, at_ms > 0 ? at_ms : 0);
}

static void
add_text(struct buf *out, const struct json *row)
{
	screen_add_cell(out, json_text(row, "mailbox"), 34);
	buf_puts(out, " -> ");
	screen_add_cell(out, json_text(row, "destination"), 34);
	buf_printf(out, " %7lld  ", json_number(row, "count"));
	screen_add_time(out, json_text(row, "first"));
	buf_puts(out, "  ");
	screen_add_time(out, json_text(row, "last"));
	buf_add_byte(out, '\n');
}

/* A quoted name of the DOT language. */
static void
add_node(struct buf *out, struct slice text)
{
	struct buf visible = {0};

	buf_add_visible(&visible, text);
	buf_add_byte(out, '"');
	for (size_t i = 0; i < visible.len; i++) {
		if (visible.p[i] == '"' || visible.p[i] == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, visible.p[i]);
	}
	buf_add_byte(out, '"');
	buf_fini(&visible);
}

static void
add_edge(struct buf *out, const struct json *row)
{
	buf_add_byte(out, '\t');
	add_node(out, json_text(row, "mailbox"));
	buf_puts(out, " -> ");
	add_node(out, json_text(row, "destination"));
	buf_printf(out, " [label=\"%lld\"];\n", json_number(row, "count"));
}

static void
print_answer(const struct json *list, bool dot)
{
	struct buf out = {0};

	if (dot) {
		buf_puts(&out,
			"digraph forwarding {\n\trankdir=LR;\n"
			"\tnode [shape=box];\n");
	}
	for (size_t i = 0; i < json_count(list); i++)
		(dot ? add_edge : add_text)(&out, json_at(list, i));
	if (dot) {
		buf_puts(&out, "}\n");
	} else if (json_count(list) == 0) {
		buf_puts(&out, "no routes\n");
	}
	screen_print(&out);
	buf_fini(&out);
}

static struct json *
ask_routes(struct ask *ask, const struct routes_options *options, int *status)
{
	struct buf path = {0};
	struct json *answer;

	buf_puts(&path, "/v1/routes?");
	add_age(&path, "since", options->since_ms);
	add_age(&path, "new", options->new_ms);
	if (options->mailbox != NULL)
		buf_puts(&path, "mailbox=");
	answer = ask_about(ask, &options->ask, ASK_GET, buf_slice(&path).p,
		options->mailbox != NULL ? options->mailbox : "", status);
	buf_fini(&path);
	return answer;
}

int
cmd_routes(int argc, char **argv)
{
	struct routes_options options;
	struct json *answer;
	struct ask *ask;
	int status;

	if (!parse_options(argc, argv, &options))
		return command_usage(usage);
	ask = ask_start(&options.ask);
	if (ask == NULL)
		return COMMAND_FAILED;
	answer = ask_routes(ask, &options, &status);
	if (answer != NULL)
		print_answer(json_find(answer, "routes"), options.dot);
	json_free(answer);
	ask_close(ask);
	return status;
}
