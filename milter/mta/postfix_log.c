/* SPDX-License-Identifier: BSD-2-Clause */
/* Overridden parameters, and how many datagrams may wait. */
#include "mta/postfix_log.h"

#include "mta/cf_file.h"
#include "mta/cf_text.h"
#include "mta/postfix_remedy.h"

#include <limits.h>
#include <stdio.h>

#define QUEUE_LENGTH "/proc/sys/net/unix/max_dgram_qlen"
/* As many processes may start at once. */
#define ENOUGH_DATAGRAMS 128U

struct trouble {
	unsigned datagrams; /* that may wait */
	struct checkup_names names; /* of overridden parameters */
};

/* Elsewhere than on Linux it is not known. */
static unsigned
read_queue_length(void)
{
	FILE *file = fopen(QUEUE_LENGTH, "re");
	unsigned length = ENOUGH_DATAGRAMS;

	if (file == NULL)
		return length;
	if (fscanf(file, "%u", &length) != 1)
		length = ENOUGH_DATAGRAMS;
	(void)fclose(file);
	return length;
}

static bool
find_trouble(const struct postfix *postfix, struct slice main,
	struct trouble *trouble)
{
	*trouble = (struct trouble){.datagrams = read_queue_length()};
	if (postfix_value(postfix, "maillog_file").len == 0 ||
		trouble->datagrams >= ENOUGH_DATAGRAMS)
		return false;
	for (struct slice name; cf_text_next_overridden(&main, &name);)
		checkup_names_add(&trouble->names, name);
	return trouble->names.count > 0;
}

bool
postfix_log_is_safe(const struct site *site, struct err *err)
{
	struct trouble trouble;

	if (!find_trouble(site->postfix, buf_slice(&site->main), &trouble))
		return true;
	return err_set(err, ERR_INVALID,
		"%s sets %s more than once, to different values: Postfix's "
		"processes log that when they start, and postlogd, for which "
		"only %u datagrams may wait here (maillog_file, "
		"net.unix.max_dgram_qlen), might wait for itself for ever "
		"after a reload; leave one entry of each (`forwarden doctor` "
		"has the command)",
		site->main_path, trouble.names.text, trouble.datagrams);
}

/* Where all entries say the same nothing is overridden. */
static void
add_command(const struct postfix_check *check, struct slice main,
	struct buf *command)
{
	struct buf word = {0};

	postfix_remedy_program(check, "postconf", command);
	buf_puts(command, " -e");
	for (struct slice name; cf_text_next_overridden(&main, &name);) {
		char text[128];
		(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(name));
		buf_reset(&word);
		buf_printf(&word, "%s=%.*s", text,
			SLICE_ARG(postfix_given(check->postfix, text)));
		buf_add_byte(command, ' ');
		checkup_add_word(command, buf_slice(&word));
	}
	buf_fini(&word);
	postfix_remedy_reload(check, command);
}

void
postfix_log_check(const struct postfix_check *check)
{
	struct buf main = {0}, command = {0};
	struct trouble trouble;
	char path[PATH_MAX];
	struct err err;

	(void)snprintf(path, sizeof(path), "%s/main.cf",
		postfix_directory(check->postfix));
	if (cf_file_read(path, &main, &err) &&
		find_trouble(check->postfix, buf_slice(&main), &trouble)) {
		add_command(check, buf_slice(&main), &command);
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "log",
				.command = command.p},
			"main.cf sets %s more than once, and only %u datagrams "
			"may wait for postlogd (maillog_file): it may wait for "
			"itself for ever after a reload, and no mail moves",
			trouble.names.text, trouble.datagrams);
	}
	buf_fini(&main);
	buf_fini(&command);
}
