/* SPDX-License-Identifier: BSD-2-Clause */
/* Sentences, formatted, and a question to the daemon. */
#include "mta/attach_help.h"

#include "base/clock.h"
#include "mta/recipe.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#define TEXT_BYTES 2048
#define LOOK_MS 50

void
attach_say(const struct attach_help *help, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	help->say(help->ctx, text);
}

void
attach_say_lines(
	const struct attach_help *help, const char *head, struct slice lines)
{
	for (struct slice line; slice_next(&lines, '\n', &line);) {
		if (line.len > 0)
			attach_say(help, "%s%.*s", head, SLICE_ARG(line));
	}
}

bool
attach_help_goes_on(const struct attach_help *help, struct err *err)
{
	return help->is_stopped == NULL || !help->is_stopped() ||
		err_set(err, ERR_SYSTEM, "it was told to stop");
}

bool
attach_help_pauses(const struct attach_help *help, int64_t until_ms)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};

	(void)nanosleep(&pause, NULL);
	return clock_monotonic_ms() < until_ms &&
		attach_help_goes_on(help, NULL);
}

bool
attach_help_is_up(const struct attach_help *help, struct err *err)
{
	bool seen;

	return help->ask(help->ctx, "0", SLICE(RECIPE_DAEMON), &seen, err);
}
