/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are read whole, and lists in them. */
#include "rows.h"

#include "base/file.h"
#include "base/list_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define PATH "/tmp/forwarden-list-XXXXXX"
/* For texts with any byte in them. */
#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static void
write_file(char path[sizeof(PATH)], struct slice text)
{
	int fd;

	memcpy(path, PATH, sizeof(PATH));
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.len), (ssize_t)text.len);
	(void)close(fd);
}

static const struct list_row {
	const char *name;
	struct slice text;
	const char *entries; /* each with a '|' behind; NULL: refused */
	const char *says; /* the error behind the path */
} list_rows[] = {
	{"list: entries", TEXT("one\ntwo\n"), "one|two|", NULL},
	{"list: no end of the last line", TEXT("one\ntwo"), "one|two|", NULL},
	{"list: blanks and comments",
		TEXT("# all\n\n \t\n one # first\n#two\n"), "one|", NULL},
	{"list: a comment ends at once", TEXT("one#two#three\n"), "one|", NULL},
	{"list: spaces within", TEXT("one two\n"), "one two|", NULL},
	{"list: CR LF", TEXT("one\r\ntwo\r\n"), "one|two|", NULL},
	{"list: CR alone", TEXT("one\rtwo\r"), NULL,
		":1: a control character (0x0D)"},
	{"list: a byte order mark", TEXT("\xEF\xBB\xBFone\n"), "one|", NULL},
	{"list: a mark before a comment", TEXT("\xEF\xBB\xBF# x\none\n"),
		"one|", NULL},
	{"list: only the first mark is one",
		TEXT("\xEF\xBB\xBF\xEF\xBB\xBFone\n"), "\xEF\xBB\xBFone|",
		NULL},
	{"list: UTF-8",
		TEXT("b\xC3\xBC"
		     "cher\n"),
		"b\xC3\xBC"
		"cher|",
		NULL},
	{"list: nothing", TEXT(""), "", NULL},
	{"list: a mark alone", TEXT("\xEF\xBB\xBF"), "", NULL},
	{"list: half a mark", TEXT("one\n\xEF\xBB"), NULL, ":2: not UTF-8"},
	{"list: UTF-16", TEXT("o\0n\0e\0"), NULL, ":1: a control character"},
	{"list: NUL in the second line", TEXT("one\ntw\0o\n"), NULL,
		":2: a control character (0x00)"},
	{"list: an escape in a comment", TEXT("one\n\n# \x1B[2J\n"), NULL,
		":3: a control character (0x1B)"},
	{"list: DEL", TEXT("\x7F\n"), NULL, ":1: a control character (0x7F)"},
};

static void
check_list(void **state)
{
	const struct list_row *row = *state;
	struct list_file list;
	struct buf all = {0};
	struct err err = {0};
	struct slice entry;
	char path[sizeof(PATH)];
	bool ok;

	write_file(path, row->text);
	ok = list_file_open(&list, path, &err);
	(void)unlink(path);
	assert_int_equal(ok, row->entries != NULL);
	if (!ok) {
		assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
		assert_int_equal(strncmp(err.text + strlen(path), row->says,
					 strlen(row->says)),
			0);
		return;
	}
	while (list_file_next(&list, &entry)) {
		buf_add(&all, entry);
		buf_add_byte(&all, '|');
	}
	list_file_close(&list);
	assert_true(slice_equal(buf_slice(&all), slice_of(row->entries)));
	buf_fini(&all);
}

static void
lines_are_counted(void **state)
{
	struct list_file list;
	struct slice entry;
	char path[sizeof(PATH)];

	(void)state;
	write_file(path, SLICE("# one\n\n\nfour\r\nfive"));
	assert_true(list_file_open(&list, path, NULL));
	(void)unlink(path);
	assert_true(list_file_next(&list, &entry));
	assert_int_equal(list.line, 4);
	assert_true(list_file_next(&list, &entry));
	assert_int_equal(list.line, 5);
	assert_false(list_file_next(&list, &entry));
	assert_false(list_file_next(&list, &entry));
	list_file_close(&list);
}

static void
a_file_has_a_bound(void **state)
{
	char path[sizeof(PATH)];
	struct err err = {0};
	struct buf text = {0};

	(void)state;
	write_file(path, SLICE("12345"));
	assert_true(file_read(path, 5, &text, &err));
	assert_string_equal(text.p, "12345");
	buf_reset(&text);
	assert_false(file_read(path, 4, &text, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_string_equal(err.text, "the file is longer than 4 bytes");
	assert_int_equal(text.len, 5);
	(void)unlink(path);
	buf_fini(&text);
}

static const struct line_row {
	const char *name;
	struct slice text;
	const char *line; /* NULL: refused */
} line_rows[] = {
	{"line: as echo writes it", TEXT("secret\n"), "secret"},
	{"line: no end", TEXT("secret"), "secret"},
	{"line: CR LF", TEXT("secret\r\nmore"), "secret"},
	{"line: a byte order mark", TEXT("\xEF\xBB\xBFsecret\n"), "secret"},
	{"line: spaces belong to it", TEXT(" se cret \n"), " se cret "},
	{"line: NUL ends it", TEXT("se\0cret\n"), "se"},
	{"line: the first alone", TEXT("\nsecret\n"), NULL},
	{"line: nothing", TEXT(""), NULL},
};

static void
check_line(void **state)
{
	const struct line_row *row = *state;
	char path[sizeof(PATH)];
	struct buf line = {0};
	struct err err = {0};
	bool ok;

	write_file(path, row->text);
	ok = file_read_line(path, &line, &err);
	(void)unlink(path);
	assert_int_equal(ok, row->line != NULL);
	assert_string_equal(ok ? line.p : err.text,
		ok ? row->line : "the file's first line is empty");
	buf_fini(&line);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(lines_are_counted),
		cmocka_unit_test(a_file_has_a_bound),
	};
	struct rows all = {0};

	ROWS_ADD(&all, list_rows, check_list);
	ROWS_ADD(&all, line_rows, check_line);
	ROWS_TESTS(&all, others);
	return rows_run(&all, "list_file");
}
