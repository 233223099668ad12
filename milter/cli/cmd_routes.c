/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden routes: the map of all forwarding, as text, JSON or Graphviz. */
#include "base/clock.h"
#include "cli/ask.h"
#include "cli/screen.h"

#define NAME_COLUMNS_MOST 34
#define FIXED_COLUMNS 57 /* arrow, count, times, "allowed" */

struct routes_options {
	struct ask_options ask;
	const char *mailbox;
	long long since_ms, new_ms; /* ages; 0: any */
	unsigned rows; /* 0: as the daemon has it */
	bool dot, one_way;
};

static bool
parse_options(
	int argc, char **argv, struct routes_options *options, int *status)
{
	const struct options_row rows[] = {
		ASK_OPTIONS(options->ask),
		{"mailbox", 0, "ADDRESS", &options_text, &options->mailbox,
			"of that mailbox alone"},
		{"since", 0, "AGE", &options_age, &options->since_ms,
			"used within that time (90m, 24h, 7d)"},
		{"new", 0, "AGE", &options_age, &options->new_ms,
			"first seen within that time"},
		ASK_ROWS(options->rows),
		{"dot", 0, NULL, &options_flag, &options->dot, "for Graphviz"},
		{"one-way", 0, NULL, &options_flag, &options->one_way,
			"mail of its own to who does not write back, on eight "
			"days of ten"},
	};
	const struct options table = {
		.about = "The map of all forwarding: mailbox, destination, how "
			 "often, first and last.",
		.example = "routes --new 7d",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};

	*options = (struct routes_options){.ask = ASK_DEFAULTS};
	return options_read(&table, argc, argv, NULL, status);
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
	size_t width = screen_share(FIXED_COLUMNS, 2, NAME_COLUMNS_MOST);

	screen_add_cell(out, json_text(row, "mailbox"), width);
	buf_puts(out, " -> ");
	screen_add_cell(out, json_text(row, "destination"), width);
	buf_printf(out, " %7lld  ", json_number(row, "count"));
	screen_add_time(out, json_text(row, "first"));
	buf_puts(out, "  ");
	screen_add_time(out, json_text(row, "last"));
	if (json_find(row, "allowed") != NULL)
		buf_puts(out, "  allowed");
	if (json_find(row, "contained") != NULL)
		buf_puts(out, "  CONTAINED");
	buf_add_byte(out, '\n');
}

static void
add_side(struct buf *out, const char *name, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		buf_printf(out, "%s", i == 0 ? name : "; ");
		buf_add_visible(out, json_own_text(json_at(list, i)));
	}
	if (json_count(list) > 0)
		buf_add_byte(out, '\n');
}

static void
print_one_way(const struct json *answer)
{
	const struct json *list = json_find(answer, "routes");
	struct buf out = {0};

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		add_text(&out, row);
		add_side(&out, "    for      ", json_find(row, "for"));
		add_side(&out, "    against  ", json_find(row, "against"));
	}
	if (json_count(list) == 0)
		buf_puts(&out, "no one-way routes\n");
	screen_print_table(&out);
	buf_fini(&out);
	ask_say_more(answer, "routes");
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
print_text(const struct json *answer)
{
	const struct json *list = json_find(answer, "routes");
	struct buf out = {0};

	for (size_t i = 0; i < json_count(list); i++)
		add_text(&out, json_at(list, i));
	if (json_count(list) == 0)
		buf_puts(&out, "no routes\n");
	screen_print_table(&out);
	buf_fini(&out);
	ask_say_more(answer, "routes");
}

static void
print_dot(const struct json *answer)
{
	const struct json *list = json_find(answer, "routes");
	struct buf out = {0};

	buf_puts(&out,
		"digraph forwarding {\n\trankdir=LR;\n"
		"\tnode [shape=box];\n");
	for (size_t i = 0; i < json_count(list); i++)
		add_edge(&out, json_at(list, i));
	buf_puts(&out, "}\n");
	screen_print(&out);
	buf_fini(&out);
	ask_say_more(answer, "routes");
}

int
cmd_routes(int argc, char **argv)
{
	struct routes_options options;
	struct buf path = {0};
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	if (options.dot && options.ask.json)
		return options_refuse(argv[0], "either --dot or --json");
	if (options.one_way && (options.dot || options.new_ms > 0)) {
		return options_refuse(
			argv[0], "--one-way goes with neither --dot nor --new");
	}
	buf_puts(&path, options.one_way ? "/v1/one-way?" : "/v1/routes?");
	add_age(&path, "since", options.since_ms);
	add_age(&path, "new", options.new_ms);
	if (options.rows > 0)
		buf_printf(&path, "limit=%u&", options.rows);
	if (options.mailbox != NULL)
		buf_puts(&path, "mailbox=");
	status = ask_once(&options.ask,
		&(struct ask_question){.method = ASK_GET,
			.path = buf_slice(&path).p,
			.what = options.mailbox,
			.print = options.one_way ? print_one_way
				: options.dot    ? print_dot
						 : print_text});
	buf_fini(&path);
	return status;
}
