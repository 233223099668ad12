/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden destination: whose mail goes to one address. */
#include "cli/ask.h"
#include "cli/screen.h"

#include <stdio.h>

#define MAILBOX_COLUMNS 40
#define FIXED_COLUMNS 44

static void
print_answer(const struct json *answer)
{
	const struct json *list = json_find(answer, "mailboxes");
	const struct json *contained = json_find(answer, "contained");
	size_t width = screen_share(FIXED_COLUMNS, 1, MAILBOX_COLUMNS);
	struct buf out = {0};

	if (contained != NULL) {
		buf_puts(&out, "CONTAINED until ");
		screen_add_time(&out, json_text(contained, "until"));
		buf_puts(&out, " by ");
		buf_add_visible(&out, json_text(contained, "by"));
		buf_puts(&out, ": ");
		buf_add_visible(&out, json_text(contained, "why"));
		buf_add_byte(&out, '\n');
	}
	screen_add_cell(&out, SLICE("MAILBOX"), width);
	buf_puts(&out, "   COUNT  FIRST             LAST\n");
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		screen_add_cell(&out, json_text(row, "mailbox"), width);
		buf_printf(&out, " %7lld  ", json_number(row, "count"));
		screen_add_time(&out, json_text(row, "first"));
		buf_puts(&out, "  ");
		screen_add_time(&out, json_text(row, "last"));
		buf_add_byte(&out, '\n');
	}
	if (json_count(list) == 0)
		buf_puts(&out, "no mailbox sends there\n");
	screen_print_table(&out);
	buf_fini(&out);
	ask_say_more(answer, "mailboxes");
}

int
cmd_destination(int argc, char **argv)
{
	struct ask_options ask = ASK_DEFAULTS;
	unsigned rows = 0;
	const struct options_row table[] = {ASK_OPTIONS(ask), ASK_ROWS(rows)};
	const struct options options = {
		.about = "Whose mail goes to one address.",
		.example = "destination drop@freemail.example",
		.rows = table,
		.count = sizeof(table) / sizeof(*table),
		.operands = "ADDRESS",
		.least = 1,
		.most = 1};
	char query[32] = "";
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	if (rows > 0)
		(void)snprintf(query, sizeof(query), "?limit=%u", rows);
	return ask_once(&ask,
		&(struct ask_question){.method = ASK_GET,
			.path = "/v1/destination/",
			.what = operands[0],
			.query = query,
			.print = print_answer});
}
