/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of mail as strangers and half copies leave them. */
#include "rows.h"

#include "base/input.h"

#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#define LONG_BYTES (1024 * 1024 + 10)

static char path[32];

static void
write_file(const char *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static int
make_path(void **state)
{
	int fd;

	(void)state;
	(void)strcpy(path, "/tmp/forwarden-input-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int
remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

/* The bytes of a file and the lengths of its lines. */
static const struct line_row {
	const char *name, *bytes;
	size_t len, lines[4];
} line_rows[] = {
	{"nothing", "", 0, {0}},
	{"two lines", "a\nbc\n", 5, {2, 3}},
	{"no end", "a\nbc", 4, {2, 2}},
	{"a NUL in a line hides nothing of what follows", "ab\0\n\nFrom x\n",
		12, {4, 1, 7}},
	{"nor does one at its beginning", "\0\nFrom x\n", 9, {2, 7}},
	{"NULs alone", "\0\0\0", 3, {3}},
};

static void
check_lines(void **state)
{
	const struct line_row *row = *state;
	struct buf line = {0};
	struct err err = {0};
	struct input *input;

	(void)make_path(NULL);
	write_file(row->bytes, row->len);
	input = input_open(path, &err);
	assert_non_null(input);
	assert_int_equal(input_size(input), row->len);
	for (size_t i = 0; row->lines[i] > 0; i++) {
		buf_reset(&line);
		assert_true(input_line(input, &line, &err));
		assert_int_equal(line.len, row->lines[i]);
	}
	buf_reset(&line);
	assert_false(input_line(input, &line, &err));
	assert_int_equal(err.code, 0);
	input_close(input);
	buf_fini(&line);
	(void)remove_path(NULL);
}

static void
a_long_line_comes_in_parts(void **state)
{
	char *bytes = malloc(LONG_BYTES);
	struct buf line = {0};
	struct err err = {0};
	struct input *input;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', LONG_BYTES);
	write_file(bytes, LONG_BYTES);
	input = input_open(path, &err);
	assert_non_null(input);
	assert_true(input_line(input, &line, &err));
	assert_int_equal(line.len, 1024 * 1024);
	buf_reset(&line);
	assert_true(input_line(input, &line, &err));
	assert_int_equal(line.len, 10);
	assert_int_equal(input_consumed(input), LONG_BYTES);
	input_close(input);
	buf_fini(&line);
	free(bytes);
}

/* Enough that does not shrink, compressed, and without its last bytes. */
static void
half_a_compressed_file_is_told(void **state)
{
	static char whole[200000];
	struct buf text = {0};
	struct err err = {0};
	struct input *input;
	gzFile file = gzopen(path, "wb");
	uint32_t seed = 1;
	off_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(whole); i++) {
		seed = seed * 1103515245U + 12345U;
		whole[i] = i % 60 == 59 ? '\n' : (char)(seed >> 24 | 0x20);
	}
	assert_int_equal(gzwrite(file, whole, sizeof(whole)), sizeof(whole));
	assert_int_equal(gzclose(file), Z_OK);
	assert_true(input_read(path, &text, &err));
	assert_int_equal(text.len, sizeof(whole));
	assert_memory_equal(text.p, whole, sizeof(whole));
	file = NULL;
	input = input_open(path, &err);
	size = (off_t)input_size(input);
	input_close(input);
	assert_int_equal(truncate(path, size / 2), 0);
	buf_reset(&text);
	assert_false(input_read(path, &text, &err));
	assert_non_null(strstr(err.text, path));
	err = (struct err){0};
	input = input_open(path, NULL);
	buf_reset(&text);
	while (input_line(input, &text, &err))
		buf_reset(&text);
	assert_int_not_equal(err.code, 0);
	input_close(input);
	buf_fini(&text);
}

static void
what_is_no_file_is_told(void **state)
{
	struct buf text = {0};
	struct err err = {0};

	(void)state;
	assert_false(input_read("/nonexistent/mail", &text, &err));
	assert_non_null(strstr(err.text, "/nonexistent/mail"));
	assert_false(input_read("/tmp", &text, &err));
	assert_non_null(strstr(err.text, "directory"));
	buf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test_setup_teardown(
			a_long_line_comes_in_parts, make_path, remove_path),
		cmocka_unit_test_setup_teardown(
			half_a_compressed_file_is_told, make_path, remove_path),
		cmocka_unit_test(what_is_no_file_is_told),
	};
	struct rows all = {0};

	ROWS_ADD(&all, line_rows, check_lines);
	ROWS_TESTS(&all, others);
	return rows_run(&all, "input");
}
