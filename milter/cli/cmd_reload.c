/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden reload: reads everything again, and says whether that is done. */
#include "cli/ask.h"

#include <stdio.h>

static void
print_answer(const struct json *answer)
{
	(void)printf("done: %lld policies, %lld local domains\n",
		json_number(answer, "policies"),
		json_number(answer, "local_domains"));
}

int
cmd_reload(int argc, char **argv)
{
	static const struct ask_question question = {.method = ASK_POST,
		.path = "/v1/reload",
		.print = print_answer};
	struct ask_options ask = ASK_DEFAULTS;
	const struct options_row rows[] = {ASK_OPTIONS(ask)};
	const struct options options = {
		.about = "Has the daemon read its files and open its logs "
			 "again, and waits until that is done.",
		.example = "reload",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};
	int status;

	if (!options_read(&options, argc, argv, NULL, &status))
		return status;
	return ask_once(&ask, &question);
}
