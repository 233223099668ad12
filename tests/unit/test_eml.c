/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers split into fields, and lists beside policies. */
#include "lab/eml.h"
#include "verdict/lists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
assert_slice(struct slice got, const char *expected)
{
	if (!slice_equal(got, slice_of(expected))) {
		fail_msg("got \"%.*s\", expected \"%s\"", SLICE_ARG(got),
			expected);
	}
}

static void
assert_next(struct slice *rest, const char *name, const char *value)
{
	struct slice n, v;

	assert_true(eml_next(rest, &n, &v));
	assert_slice(n, name);
	assert_slice(v, value);
}

static void
test_fields(void **state)
{
	struct slice rest = SLICE("From: a@example.com\n"
				  "Subject:no space\n"
				  "X-Empty:\n"
				  "Long: one\n two\n\tthree\n"
				  "Space : before the colon\n"
				  "Last: without an end");
	struct slice n, v;

	(void)state;
	assert_next(&rest, "From", "a@example.com");
	assert_next(&rest, "Subject", "no space");
	assert_next(&rest, "X-Empty", "");
	assert_next(&rest, "Long", "one\n two\n\tthree");
	assert_next(&rest, "Space", "before the colon");
	assert_next(&rest, "Last", "without an end");
	assert_false(eml_next(&rest, &n, &v));
}

static void
test_crlf(void **state)
{
	struct slice rest = SLICE("A: 1\r\n 2\r\nB: 3\r\n");
	struct slice n, v;

	(void)state;
	assert_next(&rest, "A", "1\r\n 2");
	assert_next(&rest, "B", "3");
	assert_false(eml_next(&rest, &n, &v));
}

static void
test_rubbish_is_skipped(void **state)
{
	struct slice rest = SLICE("no colon\n: no name\nsp ace: x\n"
				  " folded into nothing\n\x01: x\nGood: y\n");
	struct slice n, v;

	(void)state;
	assert_next(&rest, "Good", "y");
	assert_false(eml_next(&rest, &n, &v));
}

static void
test_header_ends_at_the_empty_line(void **state)
{
	(void)state;
	assert_slice(eml_header(SLICE("A: 1\n\nbody\n")), "A: 1\n");
	assert_slice(eml_header(SLICE("A: 1\r\n\r\nbody")), "A: 1\r\n");
	assert_slice(eml_header(SLICE("A: 1\n")), "A: 1\n");
	assert_slice(eml_header(SLICE("\nbody")), "");
	assert_slice(eml_header(SLICE("")), "");
}

static void
test_find(void **state)
{
	struct slice header = SLICE("A: 1\nb: 2\nB: 3\n");

	(void)state;
	assert_slice(eml_find(header, SLICE("B")), "2");
	assert_true(slice_is_absent(eml_find(header, SLICE("C"))));
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
test_lists(void **state)
{
	char folder[] = "lists-XXXXXX", path[64];
	const char *paths[] = {folder};
	struct arena *arena = arena_new(1 << 20);
	struct diags *diags = diags_new();
	struct sigma_list given = {.name = SLICE("b")};
	struct lists mine = {&given, 1}, all;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/lists", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/lists/a.txt", folder);
	write_file(path, "# comment\n\none\n  two # more\nthree");
	snprintf(path, sizeof(path), "%s/lists/b.txt", folder);
	write_file(path, "the given one wins\n");
	assert_true(lists_gather(arena, &mine, paths, 1, diags, &all));
	assert_int_equal(all.count, 2);
	assert_slice(all.at[1].name, "a");
	assert_int_equal(all.at[1].count, 3);
	assert_slice(all.at[1].values[1], "two");
	assert_slice(all.at[1].values[2], "three");
	assert_int_equal(all.at[0].count, 0);
	unlink(path);
	snprintf(path, sizeof(path), "%s/lists/a.txt", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/lists", folder);
	rmdir(path);
	rmdir(folder);
	diags_free(diags);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_crlf),
		cmocka_unit_test(test_rubbish_is_skipped),
		cmocka_unit_test(test_header_ends_at_the_empty_line),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
