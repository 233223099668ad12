/* SPDX-License-Identifier: BSD-2-Clause */
/* EHLO with a word nobody else knows. */
#include "mta/dialogue.h"

#include "base/clock.h"
#include "mta/probe.h"
#include "mta/smtp_client.h"

#include <stdio.h>

#define ANSWER_SECONDS 15
#define HEARD_MS 2000

bool
dialogue_is_heard(const struct attach_help *help,
	const struct dialogue *dialogue, bool *heard, struct err *err)
{
	char word[PROBE_WORD_BYTES], line[128];
	struct smtp_client *client;

	*heard = false;
	if (!probe_new_word(word))
		return err_set(err, ERR_SYSTEM, "no random numbers");
	client = smtp_client_open(
		dialogue->host, dialogue->port, ANSWER_SECONDS, err);
	if (client == NULL)
		return false;
	(void)snprintf(line, sizeof(line), "EHLO %s." PROBE_DOMAIN, word);
	bool asked = smtp_client_say(client, line, 250, err);
	int64_t until = clock_monotonic_ms() + HEARD_MS;
	do {
		asked = asked &&
			help->ask(help->ctx, word, dialogue->name, heard, err);
	} while (asked && !*heard && attach_help_pauses(help, until));
	smtp_client_close(client);
	return asked;
}
