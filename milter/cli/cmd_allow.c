/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden allow, disallow, allowed: what may be forwarded to whom. */
#include "cli/order.h"
#include "cli/screen.h"

#define NAME_COLUMNS_MOST 30
#define FIXED_COLUMNS 40 /* arrow, until, by */

#define FOR_MS_DEFAULT (90LL * 24 * 3600 * 1000)

static void
print_answer(const struct json *answer)
{
	struct slice until = json_text(answer, "until");
	struct buf out = {0};

	buf_add_visible(&out, json_text(answer, "mailbox"));
	buf_puts(&out, " to ");
	buf_add_visible(&out, json_text(answer, "destination"));
	if (slice_is_absent(until)) {
		buf_puts(&out, " is not allowed any more\n");
	} else {
		buf_puts(&out, " is allowed until ");
		screen_add_time(&out, until);
		buf_puts(&out, ": policies are not asked of it\n");
	}
	screen_print(&out);
	buf_fini(&out);
}

int
cmd_allow(int argc, char **argv)
{
	struct order order = {.ask = ASK_DEFAULTS,
		.path = "/v1/allow/",
		.for_ms = FOR_MS_DEFAULT,
		.print = print_answer};
	const struct options_row rows[] = {
		ASK_OPTIONS(order.ask),
		{"for", 0, "AGE", &options_age, &order.for_ms,
			"so long (90d; 1m to 366d)"},
		{"why", 0, "TEXT", &options_text, &order.why,
			"for whoever asks later; needed"},
	};
	const struct options options = {
		.about = "Lets one mailbox of ours (*: any) forward to one "
			 "address, or one domain: no\npolicy is asked of it, "
			 "on all mail servers that share the store.",
		.example = "allow --for 90d --why 'ticket 4711' "
			   "alice@example.com alice@partner.example",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "ADDRESS DESTINATION",
		.least = 2,
		.most = 2};
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	if (order.why == NULL)
		return options_refuse(
			argv[0], "say why: --why \"ticket 4711\"");
	order.mailbox = operands[0];
	order.destination = operands[1];
	return order_give(&order);
}

int
cmd_disallow(int argc, char **argv)
{
	struct order order = {.ask = ASK_DEFAULTS,
		.path = "/v1/disallow/",
		.print = print_answer};
	const struct options_row rows[] = {ASK_OPTIONS(order.ask)};
	const struct options options = {.about = "Takes back what allow gave.",
		.example = "disallow alice@example.com alice@partner.example",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "ADDRESS DESTINATION",
		.least = 2,
		.most = 2};
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	order.mailbox = operands[0];
	order.destination = operands[1];
	return order_give(&order);
}

static void
print_list(const struct json *answer)
{
	const struct json *list = json_find(answer, "allowed");
	size_t width = screen_share(FIXED_COLUMNS, 2, NAME_COLUMNS_MOST);
	struct buf out = {0};

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		screen_add_cell(&out, json_text(row, "mailbox"), width);
		buf_puts(&out, " -> ");
		screen_add_cell(&out, json_text(row, "destination"), width);
		buf_puts(&out, " until ");
		screen_add_time(&out, json_text(row, "until"));
		buf_puts(&out, " by ");
		buf_add_visible(&out, json_text(row, "by"));
		buf_puts(&out, ": ");
		buf_add_visible(&out, json_text(row, "why"));
		buf_add_byte(&out, '\n');
	}
	if (json_count(list) == 0)
		buf_puts(&out, "nothing is allowed\n");
	screen_print_table(&out);
	buf_fini(&out);
}

int
cmd_allowed(int argc, char **argv)
{
	struct ask_options ask = ASK_DEFAULTS;
	const struct options_row rows[] = {ASK_OPTIONS(ask)};
	const struct options options = {
		.about = "What is allowed: who, to whom, until when, by whom "
			 "and why.",
		.example = "allowed",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};
	int status;

	if (!options_read(&options, argc, argv, NULL, &status))
		return status;
	return ask_once(&ask,
		&(struct ask_question){.method = ASK_GET,
			.path = "/v1/allowed",
			.print = print_list});
}
