/* SPDX-License-Identifier: BSD-2-Clause */
/* Slices: cutting, comparing, searching, numbers and UTF-8. */
#include "rows.h"

#include "base/slice.h"

#include <stdbool.h>

static const struct trim_row {
	const char *name, *text, *expected;
} trim_rows[] = {
	{"trim: nothing to do", "a b", "a b"},
	{"trim: both ends", " \t\r\na b\n\r\t ", "a b"},
	{"trim: only white space", " \t\r\n", ""},
	{"trim: empty", "", ""},
	{"trim: vertical tab stays", "\va", "\va"},
};

static void
check_trim(void **state)
{
	const struct trim_row *row = *state;
	struct slice got = slice_trim(slice_of(row->text));

	assert_true(slice_equal(got, slice_of(row->expected)));
	assert_false(slice_is_absent(got));
}

static const struct utf8_row {
	const char *name, *text;
	bool valid;
} utf8_rows[] = {
	{"UTF-8: ASCII", "abc", true},
	{"UTF-8: empty", "", true},
	{"UTF-8: two bytes", "\xC2\x80\xDF\xBF", true},
	{"UTF-8: three bytes", "\xE0\xA0\x80\xEF\xBF\xBF", true},
	{"UTF-8: four bytes", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", true},
	{"UTF-8: overlong two", "\xC1\xBF", false},
	{"UTF-8: overlong three", "\xE0\x9F\xBF", false},
	{"UTF-8: overlong four", "\xF0\x8F\xBF\xBF", false},
	{"UTF-8: surrogate", "\xED\xA0\x80", false},
	{"UTF-8: before surrogates", "\xED\x9F\xBF", true},
	{"UTF-8: beyond Unicode", "\xF4\x90\x80\x80", false},
	{"UTF-8: five bytes", "\xF8\x88\x80\x80\x80", false},
	{"UTF-8: continuation alone", "\x80", false},
	{"UTF-8: cut after one", "a\xC3", false},
	{"UTF-8: cut after two", "\xE2\x82", false},
	{"UTF-8: cut after three", "\xF0\x90\x80", false},
	{"UTF-8: no continuation", "\xE2\x28\xA1", false},
	{"UTF-8: bad third", "\xE2\x82\x28", false},
	{"UTF-8: Latin-1", "caf\xE9", false},
	{"UTF-8: 0xFF", "\xFF", false},
};

static void
check_utf8(void **state)
{
	const struct utf8_row *row = *state;

	assert_int_equal(slice_is_utf8(slice_of(row->text)), row->valid);
}

static const struct number_row {
	const char *name, *text;
	bool ok;
	uint64_t expected;
} number_rows[] = {
	{"number: 0", "0", true, 0},
	{"number: zeros before", "007", true, 7},
	{"number: the largest", "18446744073709551615", true, UINT64_MAX},
	{"number: one more", "18446744073709551616", false, 0},
	{"number: ten times as much", "184467440737095516150", false, 0},
	{"number: empty", "", false, 0},
	{"number: sign", "+1", false, 0},
	{"number: minus", "-1", false, 0},
	{"number: space", " 1", false, 0},
	{"number: letters behind", "1x", false, 0},
	{"number: hex", "0x1", false, 0},
};

static void
check_number(void **state)
{
	const struct number_row *row = *state;
	uint64_t got = 0;

	assert_int_equal(slice_to_u64(slice_of(row->text), &got), row->ok);
	assert_int_equal(got, row->expected);
}

static const struct find_row {
	const char *name, *text, *needle;
	size_t at, at_fold;
} find_rows[] = {
	{"find: at the start", "abc", "ab", 0, 0},
	{"find: at the end", "abc", "bc", 1, 1},
	{"find: another case", "aBC", "bc", SLICE_NONE, 1},
	{"find: not there", "abc", "d", SLICE_NONE, SLICE_NONE},
	{"find: longer than the text", "a", "ab", SLICE_NONE, SLICE_NONE},
	{"find: nothing", "abc", "", 0, 0},
	{"find: in nothing", "", "a", SLICE_NONE, SLICE_NONE},
	{"find: nothing in nothing", "", "", 0, 0},
	{"find: a false start", "aab", "ab", 1, 1},
};

static void
check_find(void **state)
{
	const struct find_row *row = *state;
	struct slice text = slice_of(row->text), needle = slice_of(row->needle);

	assert_int_equal(slice_find(text, needle), row->at);
	assert_int_equal(slice_find_fold(text, needle), row->at_fold);
}

static void
absent_is_not_empty(void **state)
{
	const struct slice absent = slice_of(NULL);

	(void)state;
	assert_true(slice_is_absent(absent));
	assert_false(slice_is_absent(SLICE("")));
	assert_true(slice_equal(absent, SLICE("")));
	assert_true(slice_is_absent(slice_sub(absent, 1, 2)));
	assert_int_equal(slice_find_byte(absent, 'a', 0), SLICE_NONE);
	assert_int_equal(slice_find(absent, SLICE("a")), SLICE_NONE);
	assert_true(slice_is_utf8(absent));
	assert_int_equal(slice_trim(absent).len, 0);
}

static void
sub_is_clamped(void **state)
{
	const struct slice s = SLICE("abcdef");

	(void)state;
	assert_true(slice_equal(slice_sub(s, 1, 3), SLICE("bc")));
	assert_true(slice_equal(slice_sub(s, 4, 100), SLICE("ef")));
	assert_true(slice_equal(slice_sub(s, 0, SLICE_NONE), s));
	assert_int_equal(slice_sub(s, 3, 1).len, 0);
	assert_int_equal(slice_sub(s, 100, 200).len, 0);
	assert_ptr_equal(slice_sub(s, 100, 200).p, s.p + 6);
}

static void
folds_ascii_only(void **state)
{
	(void)state;
	assert_true(slice_equal_fold(SLICE("aBc"), SLICE("AbC")));
	assert_false(slice_equal_fold(SLICE("abc"), SLICE("abcd")));
	assert_false(slice_equal_fold(SLICE("\xC3\xA4"), SLICE("\xC3\x84")));
	assert_false(slice_equal_fold(SLICE("@"), SLICE("`")));
	assert_true(slice_starts_fold(SLICE("Re: x"), SLICE("re:")));
	assert_false(slice_starts_fold(SLICE("R"), SLICE("re:")));
	assert_true(slice_ends_fold(SLICE("a.COM"), SLICE(".com")));
	assert_false(slice_ends_fold(SLICE("om"), SLICE(".com")));
}

static void
compares_like_memcmp(void **state)
{
	(void)state;
	assert_true(slice_compare(SLICE("a"), SLICE("b")) < 0);
	assert_true(slice_compare(SLICE("b"), SLICE("a")) > 0);
	assert_true(slice_compare(SLICE("a"), SLICE("aa")) < 0);
	assert_true(slice_compare(SLICE("\xFF"), SLICE("a")) > 0);
	assert_int_equal(slice_compare(SLICE("a"), SLICE("a")), 0);
	assert_int_equal(slice_compare(slice_of(NULL), SLICE("")), 0);
}

static void
next_cuts_every_field(void **state)
{
	struct slice rest = SLICE("a,,b,"), field;

	(void)state;
	assert_true(slice_next(&rest, ',', &field));
	assert_true(slice_equal(field, SLICE("a")));
	assert_true(slice_next(&rest, ',', &field));
	assert_int_equal(field.len, 0);
	assert_true(slice_next(&rest, ',', &field));
	assert_true(slice_equal(field, SLICE("b")));
	assert_true(slice_next(&rest, ',', &field));
	assert_int_equal(field.len, 0);
	assert_false(slice_next(&rest, ',', &field));
}

static void
knows_control_characters(void **state)
{
	(void)state;
	assert_false(slice_has_control(SLICE("a b~\xC3\xBC\x80\xFF")));
	assert_false(slice_has_control(SLICE("")));
	assert_false(slice_has_control((struct slice){NULL, 0}));
	assert_true(slice_has_control(SLICE("a\0")));
	assert_true(slice_has_control(SLICE("\tab")));
	assert_true(slice_has_control(SLICE("a\r")));
	assert_true(slice_has_control(SLICE("\x1F")));
	assert_true(slice_has_control(SLICE("a\x7F")));
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(absent_is_not_empty),
		cmocka_unit_test(knows_control_characters),
		cmocka_unit_test(sub_is_clamped),
		cmocka_unit_test(folds_ascii_only),
		cmocka_unit_test(compares_like_memcmp),
		cmocka_unit_test(next_cuts_every_field),
	};
	struct rows all = {0};

	ROWS_ADD(&all, trim_rows, check_trim);
	ROWS_ADD(&all, utf8_rows, check_utf8);
	ROWS_ADD(&all, number_rows, check_number);
	ROWS_ADD(&all, find_rows, check_find);
	ROWS_TESTS(&all, others);
	return rows_run(&all, "slice");
}
