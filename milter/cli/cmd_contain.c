/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden contain, uncontain: hold what one mailbox forwards, for a time. */
#include "cli/order.h"
#include "cli/screen.h"

#define FOR_MS_DEFAULT (24LL * 3600 * 1000)

static void
print_answer(const struct json *answer)
{
	struct slice until = json_text(answer, "until");
	struct buf out = {0};

	buf_add_visible(&out, json_text(answer, "mailbox"));
	if (slice_is_absent(until)) {
		buf_puts(&out, " is not contained any more\n");
	} else {
		buf_puts(&out, " is contained until ");
		screen_add_time(&out, until);
		buf_puts(&out, ": what is forwarded of it is held\n");
	}
	screen_print(&out);
	buf_fini(&out);
}

int
cmd_contain(int argc, char **argv)
{
	struct order order = {.ask = ASK_DEFAULTS,
		.path = "/v1/contain/",
		.for_ms = FOR_MS_DEFAULT,
		.print = print_answer};
	const struct options_row rows[] = {
		ASK_OPTIONS(order.ask),
		{"for", 0, "AGE", &options_age, &order.for_ms,
			"so long (24h; 1m to 366d)"},
		{"why", 0, "TEXT", &options_text, &order.why,
			"for whoever asks later; needed"},
	};
	const struct options options = {
		.about = "Holds all that is forwarded of one mailbox of ours, "
			 "whatever policies,\nfilters and the mode say, on all "
			 "mail servers that share the store.",
		.example = "contain --for 24h --why 'stolen password' "
			   "alice@example.com",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "ADDRESS",
		.least = 1,
		.most = 1};
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	if (order.why == NULL)
		return options_refuse(
			argv[0], "say why: --why \"ticket 4711\"");
	order.mailbox = operands[0];
	return order_give(&order);
}

int
cmd_uncontain(int argc, char **argv)
{
	struct order order = {.ask = ASK_DEFAULTS,
		.path = "/v1/uncontain/",
		.print = print_answer};
	const struct options_row rows[] = {ASK_OPTIONS(order.ask)};
	const struct options options = {
		.about = "Ends the containment of one mailbox.",
		.example = "uncontain alice@example.com",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "ADDRESS",
		.least = 1,
		.most = 1};
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	order.mailbox = operands[0];
	return order_give(&order);
}
