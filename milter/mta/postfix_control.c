/* SPDX-License-Identifier: BSD-2-Clause */
/* Postfix's commands, each with a limit of time. */
#include "mta/postfix_control.h"

#include "base/process.h"

#include <stdio.h>
#include <string.h>

#define LIMIT_SECONDS 30U

static bool
run(const char *const argv[], struct buf *out, struct err *err)
{
	const struct process_job job = {argv, {0}, LIMIT_SECONDS};

	return process_run(&job, out, err);
}

static bool
run_postfix(const char *folder, const char *action, struct err *err)
{
	const char *argv[] = {"postfix", "-c", folder, action, NULL};

	return run(argv, NULL, err);
}

bool
postfix_control_is_running(const char *folder)
{
	struct err err;

	return run_postfix(folder, "status", &err);
}

bool
postfix_control_reload(const char *folder, struct err *err)
{
	return run_postfix(folder, "reload", err);
}

bool
postfix_control_start(const char *folder, struct err *err)
{
	return run_postfix(folder, "start", err);
}

bool
postfix_control_check(const char *folder, struct err *err)
{
	return run_postfix(folder, "check", err);
}

static void
copy_text(char *out, size_t size, struct slice text)
{
	(void)snprintf(out, size, "%.*s", SLICE_ARG(text));
}

bool
postfix_control_look_up(const char *folder, struct slice table, const char *key,
	struct buf *value)
{
	char name[2048];
	const char *argv[] = {"postmap", "-c", folder, "-q", key, name, NULL};
	struct buf text = {0};
	struct err err;

	copy_text(name, sizeof(name), table);
	bool found = run(argv, &text, &err);
	if (found)
		buf_add(value, slice_trim(buf_slice(&text)));
	buf_fini(&text);
	return found;
}

bool
postfix_control_list(const char *folder, struct slice table, struct buf *rows)
{
	char name[2048];
	const char *argv[] = {"postmap", "-c", folder, "-s", name, NULL};
	struct err err;

	copy_text(name, sizeof(name), table);
	return process_read(argv, rows, &err);
}

bool
postfix_control_submit(const char *folder, const struct postfix_letter *letter,
	struct err *err)
{
	const char *argv[] = {"sendmail", "-C", folder, "-i", "-f",
		letter->sender, "--", letter->recipient, NULL};
	const struct process_job job = {argv, letter->text, LIMIT_SECONDS};

	return process_run(&job, NULL, err);
}
