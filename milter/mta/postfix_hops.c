/* SPDX-License-Identifier: BSD-2-Clause */
/* "smtp -n forwarden-hop", by /proc. */
#include "mta/postfix_hops.h"

#include "mta/recipe.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_BYTES 256 /* the name stands among the first */

/* "smtp\0-n\0forwarden-hop\0..." */
static bool
is_named_so(const char *arguments, size_t len)
{
	const struct slice all = {arguments, len};
	struct slice rest = all, argument;
	bool named = false;

	while (slice_next(&rest, '\0', &argument)) {
		if (named)
			return slice_equal(argument, SLICE(RECIPE_HOP)) ||
				slice_equal(argument, SLICE(RECIPE_ROUTE));
		named = slice_equal(argument, SLICE("-n"));
	}
	return false;
}

static bool
read_named(const char *process)
{
	char path[64], arguments[ARGUMENTS_BYTES];

	(void)snprintf(path, sizeof(path), "/proc/%.20s/cmdline", process);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	size_t len = fread(arguments, 1, sizeof(arguments), file);
	(void)fclose(file);
	return is_named_so(arguments, len);
}

/* Postfix's processes stand in its queue directory. */
static bool
is_hop(const char *process, const char *queue)
{
	char path[64], there[PATH_MAX];

	if (!read_named(process))
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%.20s/cwd", process);
	ssize_t len = readlink(path, there, sizeof(there) - 1);
	if (len < 0)
		return false;
	there[len] = '\0';
	return strcmp(there, queue) == 0;
}

void
postfix_hops_find(const char *queue_directory, struct buf *lines)
{
	char queue[PATH_MAX];
	DIR *processes = opendir("/proc");

	if (processes == NULL)
		return;
	if (realpath(queue_directory, queue) != NULL) {
		for (struct dirent *entry;
			(entry = readdir(processes)) != NULL;) {
			if (isdigit((unsigned char)entry->d_name[0]) &&
				is_hop(entry->d_name, queue))
				buf_printf(lines, "%s\n", entry->d_name);
		}
	}
	(void)closedir(processes);
}

size_t
postfix_hops_left(const char *queue_directory, struct slice lines)
{
	char queue[PATH_MAX], process[32];
	size_t left = 0;

	if (realpath(queue_directory, queue) == NULL)
		return 0;
	for (struct slice line; slice_next(&lines, '\n', &line);) {
		(void)snprintf(
			process, sizeof(process), "%.*s", SLICE_ARG(line));
		left += line.len > 0 && is_hop(process, queue);
	}
	return left;
}
