/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics: order, caret, escaping, nearest names. */
#include "yaml/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
assert_prints(struct diags *diags, const char *expected)
{
	struct buf out = {0};

	diags_print(diags, &out);
	assert_string_equal(out.p, expected);
	buf_fini(&out);
	diags_free(diags);
}

static void
test_caret_and_hint(void **state)
{
	struct diags *diags = diags_new();

	(void)state;
	diags_add_source(diags, "p.yaml", SLICE("a: 1\n  b: two\nc: 3\n"));
	assert_false(
		diags_add(diags, DIAG_ERROR, (struct mark){"p.yaml", 2, 6, 3},
			"write 2", "no number: %s", "two"));
	assert_prints(diags,
		"p.yaml:2:6: error: no number: two\n"
		"    2 |   b: two\n"
		"      |      ^~~\n"
		"   write 2\n"
		"1 error\n");
}

static void
test_order_and_total(void **state)
{
	struct diags *diags = diags_new();

	(void)state;
	diags_add(diags, DIAG_WARNING, (struct mark){"b", 1, 1, 1}, NULL, "w");
	diags_add(diags, DIAG_ERROR, (struct mark){"a", 9, 2, 1}, NULL, "x");
	diags_add(diags, DIAG_ERROR, (struct mark){"a", 9, 1, 1}, NULL, "y");
	diags_add(diags, DIAG_ERROR, (struct mark){"a", 0, 0, 1}, NULL, "z");
	assert_int_equal(diags_count(diags, DIAG_ERROR), 3);
	assert_int_equal(diags_total(diags), 4);
	assert_prints(diags,
		"a: error: z\n"
		"a:9:1: error: y\n"
		"a:9:2: error: x\n"
		"b:1:1: warning: w\n"
		"3 errors, 1 warning\n");
}

static void
test_foreign_text_is_escaped(void **state)
{
	struct diags *diags = diags_new();

	(void)state;
	diags_add_source(diags, "p", SLICE("\tx\x1b[31m\\d"));
	diags_add(diags, DIAG_NOTE, (struct mark){"p", 1, 2, 1}, NULL, "a\nb");
	assert_prints(diags,
		"p:1:2: note: a\\x0Ab\n"
		"    1 |     x\\x1B[31m\\d\n"
		"      |     ^\n"
		"1 note\n");
}

static void
test_long_line_is_cut_around_the_caret(void **state)
{
	struct diags *diags = diags_new();
	struct buf out = {0};
	char line[501];

	(void)state;
	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	line[399] = 'X';
	diags_add_source(diags, "p", slice_of(line));
	diags_add(diags, DIAG_ERROR, (struct mark){"p", 1, 400, 9}, NULL, "w");
	diag_print(diags_at(diags, 0), &out);
	assert_true(out.len < 320);
	assert_non_null(strstr(out.p, "aaX"));
	/* Caret and X in one column of their lines. */
	{
		const char *first = strstr(out.p, "    1 |");
		const char *second = strstr(out.p, "      |");

		assert_int_equal(strchr(first, 'X') - first,
			strchr(second, '^') - second);
	}
	buf_fini(&out);
	diags_free(diags);
}

static void
test_characters_are_counted_not_bytes(void **state)
{
	struct diags *diags = diags_new();

	(void)state;
	diags_add_source(diags, "p", SLICE("\xC3\xA4\xC3\xB6: x"));
	diags_add(diags, DIAG_ERROR, (struct mark){"p", 1, 5, 1}, NULL, "w");
	assert_prints(diags,
		"p:1:5: error: w\n"
		"    1 | \xC3\xA4\xC3\xB6: x\n"
		"      |     ^\n"
		"1 error\n");
}

static void
test_a_flood_is_counted_and_cut(void **state)
{
	struct diags *diags = diags_new();
	struct buf out = {0};

	(void)state;
	for (unsigned i = 1; i <= 1000; i++) {
		diags_add(diags, DIAG_ERROR, (struct mark){"p", i, 1, 1}, NULL,
			"w");
	}
	assert_int_equal(diags_count(diags, DIAG_ERROR), 1000);
	assert_int_equal(diags_total(diags), 200);
	diags_print(diags, &out);
	assert_non_null(strstr(out.p, "800 more"));
	buf_fini(&out);
	diags_free(diags);
}

static void
test_nearest(void **state)
{
	static const char *const names[] = {"rcpt.address", "rcpt.domain",
		"email.subject", "re", "contains"};
	static const struct {
		const char *word, *nearest;
	} rows[] = {
		{"rcpt.adress", "rcpt.address"},
		{"rcpt.addresss", "rcpt.address"},
		{"RCPT.DOMIAN", "rcpt.domain"},
		{"contain", "contains"},
		{"regex", NULL},
		{"rx", "re"},
		{"x", NULL},
		{"", NULL},
		{"something.else.altogether", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *nearest =
			diag_nearest(slice_of(rows[i].word), names, 5);

		if (rows[i].nearest == NULL) {
			assert_null(nearest);
		} else {
			assert_string_equal(nearest, rows[i].nearest);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caret_and_hint),
		cmocka_unit_test(test_order_and_total),
		cmocka_unit_test(test_foreign_text_is_escaped),
		cmocka_unit_test(test_long_line_is_cut_around_the_caret),
		cmocka_unit_test(test_characters_are_counted_not_bytes),
		cmocka_unit_test(test_a_flood_is_counted_and_cut),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
