/* SPDX-License-Identifier: BSD-2-Clause */
/* The hold queue, by postqueue(1). */
#include "mta/postfix_held.h"

#include "base/json.h"
#include "base/process.h"
#include "mta/postfix_remedy.h"

#include <stdio.h>

#define LOOKED_AT 50U

/* Received lines of the egress itself: one for each time it was there. */
static size_t
count_passes(const struct postfix_check *check, struct slice id)
{
	char name[64], line[300];
	const char *argv[] = {"postcat", "-c",
		postfix_directory(check->postfix), "-qh", name, NULL};
	struct buf text = {0};
	struct err err;
	size_t count = 0;

	(void)snprintf(name, sizeof(name), "%.*s", SLICE_ARG(id));
	(void)snprintf(line, sizeof(line), "by egress.%.*s (",
		SLICE_ARG(postfix_value(check->postfix, "myhostname")));
	(void)process_read(argv, &text, &err);
	struct slice rest = buf_slice(&text);
	for (size_t at; (at = slice_find(rest, slice_of(line))) != SLICE_NONE;
		count++)
		rest = slice_sub(rest, at + 1, rest.len);
	buf_fini(&text);
	return count;
}

/* postsuper -r, which many know, drops the way on from a message that was at
 * the egress: it is judged, and perhaps held, once more. */
void
postfix_held_check(const struct postfix_check *check)
{
	const char *argv[] = {"postqueue", "-c",
		postfix_directory(check->postfix), "-j", NULL};
	struct buf text = {0}, command = {0};
	struct err err;
	size_t held = 0, requeued = 0;

	/* Of a Postfix that does not run nobody is told. */
	(void)process_read(argv, &text, &err);
	struct slice rest = buf_slice(&text);
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		struct json *message = json_parse(line, NULL);
		if (message != NULL &&
			slice_equal(json_text(message, "queue_name"),
				SLICE("hold")) &&
			held++ < LOOKED_AT)
			requeued += count_passes(check,
					    json_text(message, "queue_id")) > 1;
		json_free(message);
	}
	buf_fini(&text);
	if (held == 0)
		return;
	buf_puts(&command, "forwarden held list");
	if (check->file != NULL) {
		buf_puts(&command, " -c ");
		checkup_add_word(&command, slice_of(check->file));
	}
	if (check->directory != NULL) {
		buf_puts(&command, " --postfix ");
		checkup_add_word(&command, slice_of(check->directory));
	}
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "held",
			.text = "release or delete what Forwarden holds by "
				"forwarden held; postsuper -H ALL lets go what "
				"others hold, too, and -r has it judged once "
				"more; see them by",
			.command = command.p},
		"%zu messages are held%s", held,
		requeued > 0 ? ", some for the second time, after postsuper -r"
			     : "");
	buf_fini(&command);
}
