/* SPDX-License-Identifier: BSD-2-Clause */
/* The hold queue, by postqueue(1). */
#include "mta/postfix_held.h"

#include "base/json.h"
#include "base/process.h"
#include "mta/postfix_remedy.h"

static bool
is_held(struct slice line)
{
	struct json *message = json_parse(line, NULL);
	bool held = message != NULL &&
		slice_equal(json_text(message, "queue_name"), SLICE("hold"));

	json_free(message);
	return held;
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
	size_t held = 0;

	/* Of a Postfix that does not run nobody is told. */
	(void)process_read(argv, &text, &err);
	struct slice rest = buf_slice(&text);
	for (struct slice line; slice_next(&rest, '\n', &line);)
		held += is_held(line);
	buf_fini(&text);
	if (held == 0)
		return;
	postfix_remedy_program(check, "postsuper", &command);
	buf_puts(&command, " -H ALL");
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "held",
			.text = "see each by forwarden explain; release with "
				"-H, for -r has it judged once more; all of "
				"them",
			.command = command.p},
		"%zu messages are held", held);
	buf_fini(&command);
}
