/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden top: mailboxes by today's flows; refreshed on a terminal. */
#include "cli/ask.h"
#include "cli/screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROWS_DEFAULT 20
#define EVERY_SECONDS_DEFAULT 2
#define LAST_COLUMNS 18
#define FIXED_COLUMNS 82 /* of a row without its mailbox */
#define MAILBOX_LEAST 14
#define LAST_FROM_COLUMNS 100
#define PATH_BYTES 64

struct top_options {
	struct ask_options ask;
	unsigned rows;
	unsigned every_seconds;
	bool once;
};

static volatile sig_atomic_t ended;

static void
on_signal(int number)
{
	(void)number;
	ended = 1;
}

static bool
parse_options(int argc, char **argv, struct top_options *options, int *status)
{
	const struct options_row rows[] = {
		ASK_OPTIONS(options->ask),
		{"rows", 'n', "COUNT", &options_number, &options->rows,
			"so many mailboxes (20)"},
		{"once", 0, NULL, &options_flag, &options->once,
			"shown once, on a terminal too"},
		{"every", 0, "SECONDS", &options_number,
			&options->every_seconds, "between two looks (2)"},
	};
	const struct options table = {
		.about = "The mailboxes with the most flows today (UTC); on a "
			 "terminal again and again.",
		.example = "top -n 20 --once",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};

	*options = (struct top_options){
		.ask = ASK_DEFAULTS,
		.rows = ROWS_DEFAULT,
		.every_seconds = EVERY_SECONDS_DEFAULT,
	};
	if (!options_read(&table, argc, argv, NULL, status))
		return false;
	if (!isatty(STDOUT_FILENO) || options->ask.json)
		options->once = true;
	return true;
}

/* On a narrow terminal the names are more to people than the time. */
static bool
has_last(void)
{
	return screen_share(0, 1, SIZE_MAX) >= LAST_FROM_COLUMNS;
}

static size_t
mailbox_width(const struct json *list)
{
	size_t most = screen_share(
		has_last() ? FIXED_COLUMNS : FIXED_COLUMNS - LAST_COLUMNS, 1,
		SIZE_MAX);
	size_t width = 7, i;

	for (i = 0; i < json_count(list); i++) {
		size_t own =
			screen_width(json_text(json_at(list, i), "mailbox"));

		if (own > width)
			width = own;
	}
	if (most < MAILBOX_LEAST)
		most = MAILBOX_LEAST;
	return width > most ? most : width;
}

static void
add_row(struct buf *out, const struct json *row, size_t width)
{
	screen_add_cell(out, json_text(row, "mailbox"), width);
	buf_printf(out, " %7lld %9lld %9lld %6lld %7lld %7lld %7lld  ",
		json_number(row, "flows"), json_number(row, "received"),
		json_number(row, "forwarded"), json_number(row, "destinations"),
		json_number(row, "tagged"), json_number(row, "would"),
		json_number(row, "held"));
	if (has_last())
		screen_add_time(out, json_text(row, "last"));
	buf_add_byte(out, '\n');
}

static void
add_table(struct buf *out, const struct json *answer)
{
	const struct json *list = json_find(answer, "mailboxes");
	size_t width = mailbox_width(list), i;

	screen_add_cell(out, SLICE("MAILBOX"), width);
	buf_printf(out, " %7s %9s %9s %6s %7s %7s %7s  %s\n", "TODAY",
		"RECEIVED", "FORWARDED", "DESTS", "TAGGED", "WOULD", "HELD",
		has_last() ? "LAST" : "");
	for (i = 0; i < json_count(list); i++)
		add_row(out, json_at(list, i), width);
	if (json_count(list) == 0)
		buf_puts(out, "no mailbox forwarded anything today\n");
}

/* One look; the exit status. */
static int
show(struct ask *ask, const struct top_options *options, bool clear)
{
	char path[PATH_BYTES];
	struct buf out = {0};
	struct json *answer;
	int status;

	(void)snprintf(path, sizeof(path), "/v1/top?limit=%u", options->rows);
	answer = ask_or_print(ask, &options->ask, ASK_GET, path, &status);
	if (answer == NULL)
		return status;
	if (clear) {
		buf_puts(&out, "\033[H\033[2Jforwarden top  ");
		screen_add_time(&out, json_text(answer, "at"));
		buf_puts(&out, " UTC\n");
		buf_add_visible(&out, json_text(answer, "alone"));
		buf_puts(&out, "\n");
	}
	add_table(&out, answer);
	screen_print_table(&out);
	buf_fini(&out);
	json_free(answer);
	return COMMAND_OK;
}

static int
show_on(struct ask *ask, const struct top_options *options)
{
	struct sigaction action = {.sa_handler = on_signal};
	int status;

	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	do {
		status = show(ask, options, true);
		if (status == COMMAND_OK && !ended)
			(void)sleep(options->every_seconds);
	} while (status == COMMAND_OK && !ended);
	return status;
}

int
cmd_top(int argc, char **argv)
{
	struct top_options options;
	struct ask *ask;
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	ask = ask_start(&options.ask);
	if (ask == NULL)
		return COMMAND_FAILED;
	status = options.once ? show(ask, &options, false)
			      : show_on(ask, &options);
	ask_close(ask);
	return status;
}
