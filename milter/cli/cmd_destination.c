/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden destination: whose mail goes to one address. */
#include "cli/ask.h"
#include "cli/screen.h"

#include <stdlib.h>

#define MAILBOX_COLUMNS 40

static void
print_answer(const struct json *answer)
{
	const struct json *list = json_find(answer, "mailboxes");
	struct buf out = {0};

	screen_add_cell(&out, SLICE("MAILBOX"), MAILBOX_COLUMNS);
	buf_puts(&out, "   COUNT  FIRST             LAST\n");
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		screen_add_cell(
			&out, json_text(row, "mailbox"), MAILBOX_COLUMNS);
		buf_printf(&out, " %7lld  ", json_number(row, "count"));
		screen_add_time(&out, json_text(row, "first"));
		buf_puts(&out, "  ");
		screen_add_time(&out, json_text(row, "last"));
		buf_add_byte(&out, '\n');
	}
	if (json_count(list) == 0)
		buf_puts(&out, "no mailbox sends there\n");
	screen_print(&out);
	buf_fini(&out);
}

int
cmd_destination(int argc, char **argv)
{
	static const struct ask_question question = {.method = ASK_GET,
		.path = "/v1/destination/",
		.print = print_answer};

	return ask_about_address(
		"Whose mail goes to one address.", &question, argc, argv);
}
