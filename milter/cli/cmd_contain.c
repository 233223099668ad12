/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden contain, uncontain: hold what one mailbox forwards, for a time. */
#include "cli/ask.h"
#include "cli/screen.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

/* For people to find whom to ask. Who may order it at all, the control
 * socket's permissions say, so this may be his own word. */
static const char *
find_person(void)
{
	const char *before = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *person = getpwuid(getuid());

	if (before != NULL && before[0] != '\0')
		return before;
	return person != NULL ? person->pw_name : "nobody known";
}

/* A parameter of a query, after those that are there. */
static void
add_parameter(
	struct ask *ask, struct buf *path, const char *name, const char *value)
{
	char *escaped = ask_escape(ask, value);

	buf_printf(path, "&%s=%s", name, escaped != NULL ? escaped : "");
	free(escaped);
}

struct order {
	struct ask_options ask;
	const char *path;
	const char *mailbox;
	const char *why; /* NULL: for nothing but an end */
	long long for_ms;
};

static int
give(const struct order *order)
{
	struct ask *ask = ask_start(&order->ask);
	struct buf path = {0};
	struct json *answer;
	char *mailbox;
	int status;

	if (ask == NULL)
		return COMMAND_FAILED;
	mailbox = ask_escape(ask, order->mailbox);
	buf_printf(&path, "%s%s?for=%lld", order->path,
		mailbox != NULL ? mailbox : "", order->for_ms);
	free(mailbox);
	add_parameter(ask, &path, "by", find_person());
	if (order->why != NULL)
		add_parameter(ask, &path, "why", order->why);
	answer = ask_or_print(
		ask, &order->ask, ASK_POST, buf_slice(&path).p, &status);
	if (answer != NULL)
		print_answer(answer);
	json_free(answer);
	buf_fini(&path);
	ask_close(ask);
	return status;
}

int
cmd_contain(int argc, char **argv)
{
	struct order order = {.ask = ASK_DEFAULTS,
		.path = "/v1/contain/",
		.for_ms = FOR_MS_DEFAULT};
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
	return give(&order);
}

int
cmd_uncontain(int argc, char **argv)
{
	struct order order = {.ask = ASK_DEFAULTS, .path = "/v1/uncontain/"};
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
	return give(&order);
}
