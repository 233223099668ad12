/* SPDX-License-Identifier: BSD-2-Clause */
/* Is either daemon up, and what is in its queue? */
#include "mta/sendmail_life.h"

#include "mta/cf_file.h"
#include "mta/mc_text.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define FILES_MAX 100000U /* of a queue that are counted */

/* One of the two, as its .cf tells. */
struct side {
	const char *name, *file;
	struct slice cf;
};

static bool
is_up(const struct side *side)
{
	struct slice option = mc_text_option(side->cf, "PidFile");
	char path[PATH_MAX];
	struct buf text = {0};
	struct slice rest, line = {0};
	struct err err;
	uint64_t pid = 0;

	(void)snprintf(path, sizeof(path), "%.*s",
		(int)(option.len > 0 ? option.len
				     : strlen("/var/run/sendmail.pid")),
		option.len > 0 ? option.p : "/var/run/sendmail.pid");
	if (cf_file_read(path, &text, &err)) {
		rest = buf_slice(&text);
		(void)slice_next(&rest, '\n', &line);
		(void)slice_to_u64(slice_trim(line), &pid);
	}
	buf_fini(&text);
	return pid > 1 && pid <= INT_MAX &&
		(kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

/* " -C DIRECTORY/sendmail.cf" */
static void
add_cf(const struct sendmail_check *check, const struct side *side,
	struct buf *command)
{
	struct buf path = {0};

	buf_printf(&path, "%s/%s", check->directory, side->file);
	buf_puts(command, " -C ");
	checkup_add_word(command, buf_slice(&path));
	buf_fini(&path);
}

static void
check_daemon(const struct sendmail_check *check, const struct side *side,
	const char *options)
{
	struct buf command = {0};

	if (is_up(side)) {
		checkup_add_fine(
			check->checkup, "sendmail", "the %s is up", side->name);
		return;
	}
	buf_puts(&command, "sendmail");
	add_cf(check, side, &command);
	buf_printf(&command, " %s", options);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "sendmail",
			.command = command.p},
		"the %s does not run: its mail waits", side->name);
	buf_fini(&command);
}

/* Messages by the letter that their files begin with; false when the queue
 * cannot be read. */
static bool
count_files(const char *path, size_t *waiting, size_t *held)
{
	DIR *queue = opendir(path);
	const struct dirent *entry;

	*waiting = *held = 0;
	if (queue == NULL)
		return false;
	while (*waiting + *held < FILES_MAX &&
		(entry = readdir(queue)) != NULL) {
		*waiting += strncmp(entry->d_name, "qf", 2) == 0;
		*held += strncmp(entry->d_name, "hf", 2) == 0;
	}
	(void)closedir(queue);
	return true;
}

/* With several directories (a *) only Sendmail itself knows them all. */
static void
check_queue(const struct sendmail_check *check, const struct side *side)
{
	struct slice option = mc_text_option(side->cf, "QueueDirectory");
	char path[PATH_MAX];
	size_t waiting, held;
	struct buf command = {0};

	(void)snprintf(path, sizeof(path), "%.*s", SLICE_ARG(option));
	if (option.len == 0 || path[option.len - 1] == '*')
		return;
	if (!count_files(path, &waiting, &held)) {
		buf_puts(&command, "install -d -m 0700 ");
		checkup_add_word(&command, option);
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "queue",
				.command = command.p},
			"the queue of the %s cannot be read: %s: %s",
			side->name, path, strerror(errno));
	} else if (held > 0) {
		buf_puts(&command, "mailq");
		add_cf(check, side, &command);
		buf_puts(&command, " -qQ");
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "queue",
				.text = "release or delete them "
					"(docs/attach.md); they are listed by",
				.command = command.p},
			"%zu are held and %zu wait in the queue of the %s",
			held, waiting, side->name);
	} else {
		checkup_add_fine(check->checkup, "queue",
			"%zu wait in the queue of the %s", waiting, side->name);
	}
	buf_fini(&command);
}

void
sendmail_life_check(const struct sendmail_check *check)
{
	const struct side intake = {"intake", "sendmail.cf", check->cf};
	const struct side egress = {"egress", "egress.cf", check->egress};

	check_daemon(check, &intake, "-bd -q10m");
	check_daemon(check, &egress, "-L sm-egress -bd -q10m");
	check_queue(check, &intake);
	check_queue(check, &egress);
}
