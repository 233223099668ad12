/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden contain, uncontain, contained: hold what leaves by one mailbox, or
 * to one destination, for a time. */
#include "cli/contain_queued.h"
#include "cli/order.h"
#include "cli/screen.h"

#include <stdio.h>

#define FOR_MS_DEFAULT (24LL * 3600 * 1000)

static void
warn(const struct json *answer)
{
	struct slice name = json_text(answer, "name");
	struct buf out = {0};

	if (json_bool(answer, "over_ceiling")) {
		buf_puts(&out,
			"forwarden contain: respond.ceiling is below "
			"quarantine here; what is contained is held all the "
			"same\n");
	}
	if (!json_bool(answer, "known")) {
		buf_puts(&out, "forwarden contain: no mail ");
		buf_puts(&out,
			slice_is_absent(json_text(answer, "mailbox")) ? "to "
								      : "of ");
		buf_add_visible(&out, name);
		buf_puts(&out,
			" was seen yet: is it written so? Of an alias, contain "
			"the mailbox it leads to\n");
	}
	if (buf_ok(&out) && out.len > 0)
		(void)fputs(out.p, stderr);
	buf_fini(&out);
}

static void
print_answer(const struct json *answer)
{
	struct slice until = json_text(answer, "until");
	bool is_mailbox = !slice_is_absent(json_text(answer, "mailbox"));
	bool all = json_bool(answer, "all_outgoing");
	struct buf out = {0};

	buf_add_visible(&out, json_text(answer, "name"));
	if (slice_is_absent(until)) {
		buf_puts(&out, " is not contained any more\n");
	} else {
		buf_puts(&out, " is contained until ");
		screen_add_time(&out, until);
		buf_puts(&out,
			is_mailbox ? ": what is forwarded of it"
				   : ": what is forwarded there");
		if (all)
			buf_puts(&out,
				is_mailbox ? ", and what it writes to the "
					     "outside,"
					   : ", and what is written there,");
		buf_puts(&out, " is held\n");
		warn(answer);
	}
	screen_print(&out);
	buf_fini(&out);
}

/* A mailbox, or --to and a destination: the exit status of a refusal. */
static int
take_name(struct order *order, const char *command, const char *operand,
	const char *to)
{
	if ((operand == NULL) == (to == NULL)) {
		return options_refuse(command,
			"name one mailbox of ours, or --to and a destination");
	}
	order->mailbox = to != NULL ? to : operand;
	order->as_destination = to != NULL;
	return COMMAND_OK;
}

struct contain_options {
	struct order order;
	struct contain_queued queued;
	const char *to;
	bool is_queued;
};

static int
hold_queued(const void *ctx, const struct json *answer)
{
	return contain_queued_hold(ctx, answer);
}

/* clang-format off */
#define CONTAIN_ROWS(o) \
	ASK_OPTIONS((o).order.ask), \
	{"for", 0, "AGE", &options_age, &(o).order.for_ms, \
		"so long (24h; 1m to 366d)"}, \
	{"why", 0, "TEXT", &options_text, &(o).order.why, \
		"for whoever asks later; needed"}, \
	{"to", 0, "DESTINATION", &options_text, &(o).to, \
		"not a mailbox of ours: an address outside, or a domain with " \
		"all below it"}, \
	{"all-outgoing", 0, NULL, &options_flag, &(o).order.all_outgoing, \
		"also what it writes itself, or what is written there"}, \
	{"queued", 0, NULL, &options_flag, &(o).is_queued, \
		"also what waits in the queues of this machine (as root)"}, \
	{"postfix", 0, "DIRECTORY", &options_text, &(o).queued.where.postfix, \
		"where main.cf is"}, \
	{"sendmail", 0, "DIRECTORY", &options_text, \
		&(o).queued.where.sendmail, \
		"it is Sendmail: where sendmail.cf is"}, \
	{"sendmail-program", 0, "FILE", &options_text, \
		&(o).queued.where.program, "another sendmail"}
/* clang-format on */

int
cmd_contain(int argc, char **argv)
{
	struct contain_options o = {.order = {.ask = ASK_DEFAULTS,
					    .path = "/v1/contain/",
					    .for_ms = FOR_MS_DEFAULT,
					    .print = print_answer},
		.queued = {.where = {.program = "sendmail"}}};
	const struct options_row rows[] = {CONTAIN_ROWS(o)};
	const struct options options = {
		.about =
			"Holds all that is forwarded of one mailbox of ours, "
			"or to one destination,\nwhatever policies, filters, "
			"mode and ceiling say, on all mail servers that share\n"
			"the store.",
		.example = "contain --for 24h --why 'stolen password' "
			   "alice@example.com",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[ADDRESS]",
		.most = 1};
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	if (o.order.why == NULL)
		return options_refuse(
			argv[0], "say why: --why \"ticket 4711\"");
	status = take_name(&o.order, argv[0], operands[0], o.to);
	if (status != COMMAND_OK)
		return status;
	o.queued.ask = &o.order.ask;
	o.queued.why = o.order.why;
	if (o.is_queued) {
		o.order.then = hold_queued;
		o.order.then_ctx = &o.queued;
	}
	return order_give(&o.order);
}

int
cmd_uncontain(int argc, char **argv)
{
	struct order order = {.ask = ASK_DEFAULTS,
		.path = "/v1/uncontain/",
		.print = print_answer};
	const char *to = NULL;
	const struct options_row rows[] = {
		ASK_OPTIONS(order.ask),
		{"to", 0, "DESTINATION", &options_text, &to,
			"not a mailbox of ours, but a destination or a domain"},
	};
	const struct options options = {
		.about = "Ends the containment of one mailbox, or of one "
			 "destination.",
		.example = "uncontain alice@example.com",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[ADDRESS]",
		.most = 1};
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	status = take_name(&order, argv[0], operands[0], to);
	return status != COMMAND_OK ? status : order_give(&order);
}

static void
add_row(struct buf *out, const struct json *row)
{
	screen_add_cell(out, json_text(row, "what"), 11);
	buf_add_byte(out, ' ');
	screen_add_cell(out, json_text(row, "name"), 30);
	buf_puts(out,
		json_bool(row, "all_outgoing") ? " all      " : " forwards ");
	screen_add_time(out, json_text(row, "since"));
	buf_puts(out, " until ");
	screen_add_time(out, json_text(row, "until"));
	buf_puts(out, " by ");
	buf_add_visible(out, json_text(row, "by"));
	buf_puts(out, ": ");
	buf_add_visible(out, json_text(row, "why"));
	buf_add_byte(out, '\n');
}

static void
print_list(const struct json *answer)
{
	const struct json *list = json_find(answer, "contained");
	struct buf out = {0};

	for (size_t i = 0; i < json_count(list); i++)
		add_row(&out, json_at(list, i));
	if (json_count(list) == 0)
		buf_puts(&out, "nothing is contained\n");
	screen_print_table(&out);
	buf_fini(&out);
}

int
cmd_contained(int argc, char **argv)
{
	struct ask_options ask = ASK_DEFAULTS;
	const struct options_row rows[] = {ASK_OPTIONS(ask)};
	const struct options options = {
		.about = "What is contained: mailboxes, destinations and "
			 "domains; since and until when, by\nwhom and why.",
		.example = "contained",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};
	int status;

	if (!options_read(&options, argc, argv, NULL, &status))
		return status;
	return ask_once(&ask,
		&(struct ask_question){.method = ASK_GET,
			.path = "/v1/contained",
			.print = print_list});
}
