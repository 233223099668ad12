/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading lists. The file is read whole: it may change under us. */
#include "base/list_file.h"

#include "base/file.h"

static bool
is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7F;
}

/* Lines may end in CR LF; a CR alone ends none. */
static struct slice
without_end(struct slice line)
{
	while (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Is there nothing in it that no editor would show? */
static bool
is_plain(const struct list_file *list, const char *path, struct err *err)
{
	struct slice rest = list->rest, line;

	for (size_t number = 1; slice_next(&rest, '\n', &line); number++) {
		if (!slice_is_utf8(line)) {
			return err_set(err, ERR_INVALID,
				"%s:%zu: not UTF-8; save the file as UTF-8",
				path, number);
		}
		line = without_end(line);
		for (size_t i = 0; i < line.len; i++) {
			if (is_control(line.p[i])) {
				return err_set(err, ERR_INVALID,
					"%s:%zu: a control character (0x%02X); "
					"write UTF-8, one entry a line",
					path, number, (unsigned char)line.p[i]);
			}
		}
	}
	return true;
}

bool
list_file_open(struct list_file *list, const char *path, struct err *err)
{
	bool ok;

	*list = (struct list_file){.line = 0};
	ok = file_read(path, LIST_FILE_BYTES_MAX, &list->text, err) ||
		err_wrap(err, "%s", path);
	list->rest = file_skip_mark(buf_slice(&list->text));
	ok = ok && is_plain(list, path, err);
	if (!ok)
		list_file_close(list);
	return ok;
}

bool
list_file_next(struct list_file *list, struct slice *entry)
{
	while (slice_next(&list->rest, '\n', entry)) {
		list->line++;
		*entry = slice_trim(
			slice_sub(*entry, 0, slice_find_byte(*entry, '#', 0)));
		if (entry->len > 0)
			return true;
	}
	return false;
}

void
list_file_close(struct list_file *list)
{
	buf_fini(&list->text);
}
