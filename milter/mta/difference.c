/* SPDX-License-Identifier: BSD-2-Clause */
/* By diff(1). */
#include "mta/difference.h"

#include "base/process.h"
#include "base/whole.h"
#include "mta/attach_help.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DIFF_SECONDS 10

static bool
write_temporary(char path[PATH_MAX], struct slice text)
{
	(void)snprintf(path, PATH_MAX, "%s", "/tmp/forwarden-attach-XXXXXX");
	int fd = mkstemp(path);
	bool done = fd >= 0 && whole_write(fd, text) == text.len;

	if (fd >= 0)
		(void)close(fd);
	return done;
}

void
difference_show(const struct attach_help *help, const struct difference *change)
{
	char old[PATH_MAX], new[PATH_MAX], label[PATH_MAX + 16];
	const char *argv[] = {"diff", "-u", "--label", change->path, "--label",
		label, old, new, NULL};
	const struct process_job job = {argv, {0}, DIFF_SECONDS};
	struct buf text = {0};
	struct err err;

	(void)snprintf(label, sizeof(label), "%s (new)", change->path);
	bool there = write_temporary(old, change->old);
	if (write_temporary(new, change->new) && there) {
		/* Its status says that there is one. */
		(void)process_run(&job, &text, &err);
		attach_say_lines(help, "", buf_slice(&text));
	}
	(void)unlink(old);
	(void)unlink(new);
	buf_fini(&text);
}
