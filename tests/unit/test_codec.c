/* SPDX-License-Identifier: BSD-2-Clause */
/* Hex, base64 and escapes. */
#include "rows.h"

#include "base/codec.h"

#include <stdbool.h>

#define ARENA_BYTES 4096
/* For texts with any byte in them. */
#define TEXT(literal) literal, sizeof(literal) - 1

/* RFC 4648 section 10, and what people send instead. */
static const struct base64_row {
	const char *name, *text;
	const char *bytes;
	size_t len;
	bool valid, canonical;
} base64_rows[] = {
	{"base64: nothing", "", TEXT(""), true, true},
	{"base64: f", "Zg==", TEXT("f"), true, true},
	{"base64: fo", "Zm8=", TEXT("fo"), true, true},
	{"base64: foo", "Zm9v", TEXT("foo"), true, true},
	{"base64: foobar", "Zm9vYmFy", TEXT("foobar"), true, true},
	{"base64: all bits", "//79/A==", TEXT("\xFF\xFE\xFD\xFC"), true, true},
	{"base64: NUL", "AGEA", TEXT("\0a\0"), true, true},
	{"base64: no padding", "Zg", TEXT("f"), true, false},
	{"base64: one digit", "Z", TEXT(""), true, false},
	{"base64: blanks", " Zm\t9v ", TEXT("foo"), true, false},
	{"base64: text after the end", "Zg==Zm9v", TEXT("f"), true, false},
	{"base64: bits left over", "Zh==", TEXT("f"), true, false},
	{"base64: padding alone", "====", TEXT(""), true, false},
	{"base64: URL alphabet", "-_-_", TEXT(""), false, false},
	{"base64: a line", "Zm\n9v", TEXT("foo"), false, false},
	{"base64: a byte above", "Zm\xC3\xBC", TEXT("f"), false, false},
};

static void
check_base64(void **state)
{
	const struct base64_row *row = *state;
	struct slice bytes = {row->bytes, row->len};
	struct slice text = slice_of(row->text);
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buf out = {0};

	assert_int_equal(codec_is_base64(text), row->valid);
	codec_add_base64_decoded(&out, text);
	assert_true(slice_equal(buf_slice(&out), bytes));
	assert_int_equal(
		slice_equal(codec_base64(arena, bytes), text), row->canonical);
	buf_fini(&out);
	arena_free(arena);
}

static const struct escape_row {
	const char *name, *text;
	const char *bytes;
	size_t len;
} escape_rows[] = {
	{"escape: none", "abc", TEXT("abc")},
	{"escape: nothing", "", TEXT("")},
	{"escape: alone", "%41", TEXT("A")},
	{"escape: either case", "%e4%E4", TEXT("\xE4\xE4")},
	{"escape: NUL", "a%00b", TEXT("a\0b")},
	{"escape: once only", "%2541", TEXT("%41")},
	{"escape: a lone mark", "100%", TEXT("100%")},
	{"escape: cut short", "%4", TEXT("%4")},
	{"escape: no digits", "%zz%4g", TEXT("%zz%4g")},
	{"escape: mark after mark", "%%41", TEXT("%A")},
	{"escape: digits of other scripts", "%\xD9\xA4\xD9\xA1",
		TEXT("%\xD9\xA4\xD9\xA1")},
	{"escape: '@' and '`' are none", "%@1%`1", TEXT("%@1%`1")},
};

static void
check_escape(void **state)
{
	const struct escape_row *row = *state;
	char out[64];
	size_t len = codec_unescape(slice_of(row->text), '%', out);

	assert_true(slice_equal((struct slice){out, len},
		(struct slice){row->bytes, row->len}));
}

static void
every_byte_survives(void **state)
{
	struct buf text = {0};
	char out[3];

	(void)state;
	for (int c = 0; c < 256; c++) {
		buf_reset(&text);
		codec_add_escape(&text, '=', (char)c);
		assert_int_equal(text.len, 3);
		assert_int_equal(codec_unescape(buf_slice(&text), '=', out), 1);
		assert_int_equal(out[0], (char)c);
	}
	buf_fini(&text);
}

static void
hex_is_lower_case(void **state)
{
	const unsigned char bytes[] = {0x00, 0x9A, 0xFF};
	char text[7];

	(void)state;
	codec_hex(bytes, sizeof(bytes), text);
	assert_string_equal(text, "009aff");
	codec_hex(bytes, 0, text);
	assert_string_equal(text, "");
}

/* expected: NULL where it is not xtext. */
static const struct xtext_row {
	const char *name, *text, *expected;
} xtext_rows[] = {
	{"xtext: plain", "alice@example.com", "alice@example.com"},
	{"xtext: nothing", "", ""},
	{"xtext: plus", "a+2Bb@example.com", "a+b@example.com"},
	{"xtext: equals", "a+3Db", "a=b"},
	{"xtext: bare equals", "a=b", NULL},
	{"xtext: bare equals behind an escape", "+2B=", NULL},
	{"xtext: a tag", "alice+ab@example.com", NULL},
	{"xtext: lower case", "a+2bb@example.com", NULL},
	{"xtext: cut short", "a+2", NULL},
	{"xtext: plus alone", "+", NULL},
	{"xtext: no hex", "a+ZZ", NULL},
	{"xtext: all of it", "+41+42+43", "ABC"},
	{"xtext: eight bits", "+C3+B6", "\xC3\xB6"},
};

static void
check_xtext(void **state)
{
	const struct xtext_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice out;

	assert_int_equal(codec_xtext(arena, slice_of(row->text), &out),
		row->expected != NULL);
	assert_true(slice_equal(out,
		slice_of(row->expected != NULL ? row->expected : row->text)));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(every_byte_survives),
		cmocka_unit_test(hex_is_lower_case),
	};
	struct rows all = {0};

	ROWS_ADD(&all, base64_rows, check_base64);
	ROWS_ADD(&all, escape_rows, check_escape);
	ROWS_ADD(&all, xtext_rows, check_xtext);
	ROWS_TESTS(&all, others);
	return rows_run(&all, "codec");
}
