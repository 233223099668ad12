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
run_postfix(const char *directory, const char *action, struct err *err)
{
	const char *argv[] = {"postfix", "-c", directory, action, NULL};

	return run(argv, NULL, err);
}

bool
postfix_control_is_running(const char *directory)
{
	struct err err;

	/* One whose log hangs has the command wait. */
	return run_postfix(directory, "status", &err) || err.code == ERR_LIMIT;
}

bool
postfix_control_reload(const char *directory, struct err *err)
{
	return run_postfix(directory, "reload", err);
}

bool
postfix_control_start(const char *directory, struct err *err)
{
	return run_postfix(directory, "start", err);
}

bool
postfix_control_check(const char *directory, struct err *err)
{
	return run_postfix(directory, "check", err);
}

static void
copy_text(char *out, size_t size, struct slice text)
{
	(void)snprintf(out, size, "%.*s", SLICE_ARG(text));
}

bool
postfix_control_look_up(const char *directory, struct slice table,
	const char *key, struct buf *value)
{
	char name[2048];
	const char *argv[] = {
		"postmap", "-c", directory, "-q", key, name, NULL};
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
postfix_control_list(
	const char *directory, struct slice table, struct buf *rows)
{
	char name[2048];
	const char *argv[] = {"postmap", "-c", directory, "-s", name, NULL};
	struct err err;

	copy_text(name, sizeof(name), table);
	return process_read(argv, rows, &err);
}

bool
postfix_control_submit(const char *directory,
	const struct postfix_letter *letter, struct err *err)
{
	const char *argv[] = {"sendmail", "-C", directory, "-i", "-f",
		letter->sender, "--", letter->recipient, NULL};
	const struct process_job job = {argv, letter->text, LIMIT_SECONDS};

	return process_run(&job, NULL, err);
}

bool
postfix_control_verify(const char *directory, const char *sender,
	const char *recipient, struct err *err)
{
	const char *argv[] = {"sendmail", "-C", directory, "-bv", "-f", sender,
		"--", recipient, NULL};

	return run(argv, NULL, err);
}
