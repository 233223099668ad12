/* SPDX-License-Identifier: BSD-2-Clause */
/* C and F lines. */
#include "mta/sendmail_class.h"

#include "base/list_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What follows "Cw" or "C{w}" on a line that is of this class. */
static bool
is_of_class(struct slice line, char kind, const char *name, struct slice *rest)
{
	size_t len = strlen(name);
	bool braces = len > 1;

	if (line.len < 2 || line.p[0] != kind)
		return false;
	line = slice_sub(line, 1, line.len);
	if (braces) {
		size_t end = slice_find_byte(line, '}', 0);
		if (line.p[0] != '{' || end == SLICE_NONE ||
			!slice_equal(slice_sub(line, 1, end), slice_of(name)))
			return false;
		*rest = slice_trim(slice_sub(line, end + 1, line.len));
		return true;
	}
	if (line.p[0] != name[0])
		return false;
	*rest = slice_trim(slice_sub(line, 1, line.len));
	return true;
}

static void
read_words(struct slice text, sendmail_class_fn *each, void *ctx)
{
	for (struct slice word; slice_next(&text, ' ', &word);) {
		word = slice_trim(word);
		if (word.len > 0)
			each(ctx, word);
	}
}

/* "-o /path %[^#]": optional, with a format, or a program after a bar. */
static void
read_file(struct slice text, sendmail_class_fn *each, void *ctx)
{
	char path[PATH_MAX];
	struct list_file list;
	struct stat info;

	if (slice_starts_fold(text, SLICE("-o")))
		text = slice_trim(slice_sub(text, 2, text.len));
	text = slice_sub(text, 0, slice_find_byte(text, ' ', 0));
	(void)snprintf(path, sizeof(path), "%.*s", SLICE_ARG(text));
	if (path[0] != '/' || stat(path, &info) != 0 ||
		!S_ISREG(info.st_mode) || !list_file_open(&list, path, NULL))
		return;
	for (struct slice entry; list_file_next(&list, &entry);)
		read_words(entry, each, ctx);
	list_file_close(&list);
}

void
sendmail_class_read(
	struct slice cf, const char *name, sendmail_class_fn *each, void *ctx)
{
	for (struct slice line, rest; slice_next(&cf, '\n', &line);) {
		if (is_of_class(line, 'C', name, &rest)) {
			read_words(rest, each, ctx);
		} else if (is_of_class(line, 'F', name, &rest)) {
			read_file(rest, each, ctx);
		}
	}
}
