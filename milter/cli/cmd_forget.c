/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden forget: wipes one mailbox everywhere. */
#include "cli/ask.h"

#include <stdio.h>

static void
print_answer(const struct json *answer)
{
	(void)printf("%lld records wiped\n", json_number(answer, "wiped"));
	if (json_bool(answer, "more")) {
		(void)puts(
			"the traces of messages, and whom others write to, are "
			"still looked through:\nthe log says when that is "
			"done");
	}
}

int
cmd_forget(int argc, char **argv)
{
	static const struct ask_question question = {.method = ASK_POST,
		.path = "/v1/forget/",
		.print = print_answer,
		.example = "forget alice@example.com"};

	return ask_about_address("Wipes all that the store keeps of one "
				 "mailbox, also as a destination.",
		&question, argc, argv);
}
