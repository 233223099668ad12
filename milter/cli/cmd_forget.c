/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden forget: wipes one mailbox everywhere. */
#include "cli/ask.h"
#include "cli/command.h"

#include <stdio.h>

static const char usage[] =
	"forwarden forget [-c FILE] [--socket PATH] [--json] ADDRESS";

static void
print_answer(const struct json *answer)
{
	(void)printf("%lld records wiped\n", json_number(answer, "wiped"));
}

int
cmd_forget(int argc, char **argv)
{
	static const struct ask_question question = {
		.usage = usage,
		.method = ASK_POST,
		.path = "/v1/forget/",
		.print = print_answer,
	};

	return ask_question_run(&question, argc, argv);
}
