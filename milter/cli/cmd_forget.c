/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden forget: wipes one mailbox everywhere. */
#include "cli/ask.h"
#include "cli/command.h"

#include <stdio.h>

static const char usage[] =
	"forwarden forget [-c FILE] [--socket PATH] [--json] ADDRESS";

int
cmd_forget(int argc, char **argv)
{
	struct ask_options options;
	const char *address;
	struct json *answer;
	struct ask *ask;
	int status;

	if (!ask_parse(&options, argc, argv, 1, &address))
		return command_usage(usage);
	ask = ask_start(&options);
	if (ask == NULL)
		return COMMAND_FAILED;
	answer = ask_about(
		ask, &options, ASK_POST, "/v1/forget/", address, &status);
	if (answer != NULL)
		(void)printf(
			"%lld records wiped\n", json_number(answer, "wiped"));
	json_free(answer);
	ask_close(ask);
	return status;
}
