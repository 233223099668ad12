/* SPDX-License-Identifier: BSD-2-Clause */
/* Sentences, formatted. */
#include "mta/attach_say.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_BYTES 2048

void
attach_say(const struct prove_help *help, const char *fmt, ...)
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
	const struct prove_help *help, const char *head, struct slice lines)
{
	for (struct slice line; slice_next(&lines, '\n', &line);) {
		if (line.len > 0)
			attach_say(help, "%s%.*s", head, SLICE_ARG(line));
	}
}
