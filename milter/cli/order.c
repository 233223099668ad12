/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/order.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

const char *
order_person(void)
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

int
order_give(const struct order *order)
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
	add_parameter(ask, &path, "by", order_person());
	if (order->as_destination)
		add_parameter(ask, &path, "as", "destination");
	if (order->all_outgoing)
		add_parameter(ask, &path, "outgoing", "1");
	if (order->destination != NULL)
		add_parameter(ask, &path, "to", order->destination);
	if (order->why != NULL)
		add_parameter(ask, &path, "why", order->why);
	answer = ask_or_print(
		ask, &order->ask, ASK_POST, buf_slice(&path).p, &status);
	if (answer != NULL && order->print != NULL)
		order->print(answer);
	if (answer != NULL && order->then != NULL)
		status = order->then(order->then_ctx, answer);
	json_free(answer);
	buf_fini(&path);
	ask_close(ask);
	return status;
}
