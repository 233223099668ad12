/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON as it is written, and that the reader understands it. */
#include "rows.h"

#include "base/json.h"
#include "base/json_writer.h"

static const struct text_row {
	const char *name;
	struct slice text;
	const char *written; /* NULL: nothing */
	const char *read; /* NULL: the text itself */
} text_rows[] = {
	{"plain", {"a b", 3}, "\"a b\"", NULL},
	{"empty", {"", 0}, "\"\"", NULL},
	{"absent", {NULL, 0}, NULL, NULL},
	{"a quote and a backslash", {"\"a\\b\"", 5}, "\"\\\"a\\\\b\\\"\"",
		NULL},
	{"a slash", {"a/b", 3}, "\"a/b\"", NULL},
	{"controls with letters", {"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\"",
		NULL},
	{"other controls", {"\x01\x1f\x7f", 3}, "\"\\u0001\\u001F\\u007F\"",
		NULL},
	{"a NUL", {"a\0b", 3}, "\"a\\u0000b\"", NULL},
	{"two bytes", {"\xc3\xa4", 2}, "\"\\u00E4\"", NULL},
	{"three bytes", {"\xe2\x82\xac", 3}, "\"\\u20AC\"", NULL},
	{"past the first plane", {"\xf0\x9f\x93\xa7", 4}, "\"\\uD83D\\uDCE7\"",
		NULL},
	{"no UTF-8", {"a\xff\xc3", 3}, "\"a\\uFFFD\\uFFFD\"",
		"a\xef\xbf\xbd\xef\xbf\xbd"},
};

static void
check_text(void **state)
{
	const struct text_row *row = *state;
	struct slice want = row->read != NULL ? slice_of(row->read) : row->text;
	struct buf out = {0};
	struct json_writer json = {.out = &out};
	struct json *back;

	json_writer_open_list(&json, NULL);
	json_writer_text(&json, NULL, row->text);
	json_writer_close_list(&json);
	if (row->written == NULL) {
		assert_string_equal(out.p, "[]");
	} else {
		assert_memory_equal(
			out.p + 1, row->written, strlen(row->written));
		assert_int_equal(out.len, strlen(row->written) + 2);
		back = json_parse(buf_slice(&out), NULL);
		if (slice_find_byte(row->text, '\0', 0) == SLICE_NONE) {
			assert_true(slice_equal(
				json_own_text(json_at(back, 0)), want));
		}
		json_free(back);
	}
	buf_fini(&out);
}

static void
commas_stand_between(void **state)
{
	struct buf out = {0};
	struct json_writer json = {.out = &out};

	(void)state;
	json_writer_open_map(&json, NULL);
	json_writer_text(&json, "absent", (struct slice){NULL, 0});
	json_writer_open_list(&json, "empty");
	json_writer_close_list(&json);
	json_writer_open_list(&json, "list");
	json_writer_number(&json, NULL, -1);
	json_writer_open_map(&json, NULL);
	json_writer_bool(&json, "yes", true);
	json_writer_bool(&json, "no", false);
	json_writer_close_map(&json);
	json_writer_text(&json, NULL, SLICE("x"));
	json_writer_close_list(&json);
	json_writer_real(&json, "whole", 40);
	json_writer_real(&json, "half", -0.5);
	json_writer_real(&json, "exact", 12345.678);
	json_writer_number(&json, "a\"\\b", INT64_MIN);
	json_writer_number(&json, "last", INT64_MAX);
	json_writer_close_map(&json);
	assert_string_equal(out.p,
		"{\"empty\":[],\"list\":[-1,{\"yes\":true,\"no\":false},"
		"\"x\"],\"whole\":40,\"half\":-0.5,\"exact\":12345.678,"
		"\"a\\\"\\\\b\":-9223372036854775808,\"last\":"
		"9223372036854775807}");
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_stand_between),
	};
	struct rows all = {0};

	ROWS_ADD(&all, text_rows, check_text);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "json_writer");
}
