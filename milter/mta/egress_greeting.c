/* SPDX-License-Identifier: BSD-2-Clause */
/* Its name and what the recipe has it say. */
#include "mta/egress_greeting.h"

#include "base/clock.h"
#include "mta/recipe.h"
#include "mta/smtp_client.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ANSWER_SECONDS 15
#define RELOAD_MS 30000
#define LOOK_MS 200

enum egress_greeting
egress_greeting_hear(
	const struct postfix *postfix, uint16_t port, struct err *err)
{
	char name[300];
	enum egress_greeting greeting = EGRESS_NONE;
	struct smtp_client *client =
		smtp_client_open(RECIPE_HOST, port, ANSWER_SECONDS, err);

	if (client == NULL)
		return EGRESS_NONE;
	const char *said = smtp_client_reply(client);
	(void)snprintf(name, sizeof(name), "egress.%.*s",
		SLICE_ARG(postfix_value(postfix, "myhostname")));
	if (strstr(said, name) == NULL) {
		(void)err_set(err, ERR_INVALID,
			"%s:%u is answered by another: \"%s\"", RECIPE_HOST,
			(unsigned)port, said);
	} else {
		greeting = strstr(said, RECIPE_LED) != NULL ? EGRESS_LED
							    : EGRESS_GREETS;
	}
	smtp_client_close(client);
	return greeting;
}

bool
egress_greeting_await_less(const struct postfix *postfix, uint16_t port,
	enum egress_greeting bound, struct err *err)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + RELOAD_MS;
	struct err ignored;

	if (port == 0)
		return true;
	while (egress_greeting_hear(postfix, port, &ignored) >= bound) {
		if (clock_monotonic_ms() >= until) {
			return err_set(err, ERR_LIMIT,
				"Postfix was told to reload and has not done "
				"it after %d s: is its master at work? (its "
				"log says why)",
				RELOAD_MS / 1000);
		}
		(void)nanosleep(&pause, NULL);
	}
	return true;
}
