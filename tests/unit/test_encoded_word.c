/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoded words: RFC 2047 and what senders make of it. */
#include "rows.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mail/encoded_word.h"

#define ARENA_BYTES (1 << 22)
#define BAD "\xEF\xBF\xBD"

static const struct row {
	const char *name, *value, *expected;
} rows[] = {
	{"plain text", "plain text", "plain text"},
	{"empty", "", ""},
	{"Q", "=?utf-8?Q?J=C3=B6rg?=", "J\xC3\xB6rg"},
	{"Q in lower case", "=?utf-8?q?J=c3=b6rg?=", "J\xC3\xB6rg"},
	{"Q underscore", "=?utf-8?Q?a_b?=", "a b"},
	{"B", "=?utf-8?B?SsO2cmc=?=", "J\xC3\xB6rg"},
	{"B without padding", "=?utf-8?B?SsO2cmc?=", "J\xC3\xB6rg"},
	{"B in lower case", "=?utf-8?b?SsO2cmc=?=", "J\xC3\xB6rg"},
	{"B with a space in it", "=?utf-8?B?SsO2 cmc=?=", "J\xC3\xB6rg"},
	{"empty word", "=?utf-8?Q?\?=", ""},
	{"RFC 2047: (a)", "(=?ISO-8859-1?Q?a?=)", "(a)"},
	{"RFC 2047: (a b)", "(=?ISO-8859-1?Q?a?= b)", "(a b)"},
	{"RFC 2047: (ab)", "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
	{"RFC 2047: (ab), two spaces",
		"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"},
	{"RFC 2047: (a b) by underscore", "(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
	{"RFC 2047: (a b) in two", "(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)",
		"(a b)"},
	{"RFC 2047: Keith Moore", "=?US-ASCII?Q?Keith_Moore?= <m@x.test>",
		"Keith Moore <m@x.test>"},
	{"RFC 2047: Keld", "=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=",
		"Keld J\xC3\xB8rn Simonsen"},
	{"RFC 2047: two of them",
		"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= "
		"=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
		"If you can read this you understand the example."},
	{"language (RFC 2231)", "=?us-ascii*en-us?Q?color?=", "color"},
	{"character split over two words",
		"=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "\xE2\x82\xAC"},
	{"split, then more text", "=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC=20x?= y",
		"\xE2\x82\xAC x y"},
	{"B and Q of one character",
		"=?utf-8?B?4oI=?= =?UTF-8?Q?=AC?=", "\xE2\x82\xAC"},
	{"touching other text", "a=?utf-8?Q?b?=c", "abc"},
	{"touching each other", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
	{"spaces within", "=?utf-8?Q?a b c?=", "a b c"},
	{"question mark within", "=?utf-8?Q?what?\?=", "what?"},
	{"in quotes", "\"=?utf-8?Q?a?=\"", "\"a\""},
	{"gap between word and text", "=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"},
	{"lone equals sign", "=?utf-8?Q?a=b=?=", "a=b="},
	{"bad hex", "=?utf-8?Q?=ZZ=4?=", "=ZZ=4"},

	{"ISO-8859-1", "=?iso-8859-1?Q?=E9?=", "\xC3\xA9"},
	{"ISO-8859-1 as Windows-1252",
		"=?iso-8859-1?Q?=80=93?=", "\xE2\x82\xAC\xE2\x80\x9C"},
	{"Windows-1251", "=?windows-1251?Q?=CF=F0?=", "\xD0\x9F\xD1\x80"},
	{"KOI8-R", "=?koi8-r?B?8NLJ18XU?=",
		"\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"},
	{"ISO-2022-JP", "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=",
		"\xE6\x97\xA5\xE6\x9C\xAC"},
	{"ISO-2022-JP in two words",
		"=?ISO-2022-JP?B?GyRCRnwbKEI=?= =?ISO-2022-JP?B?GyRCS1wbKEI=?=",
		"\xE6\x97\xA5\xE6\x9C\xAC"},
	{"Shift_JIS", "=?Shift_JIS?B?k/qWew==?=", "\xE6\x97\xA5\xE6\x9C\xAC"},
	{"EUC-JP", "=?EUC-JP?B?xvzL3A==?=", "\xE6\x97\xA5\xE6\x9C\xAC"},
	{"GB2312", "=?gb2312?B?16q3og==?=", "\xE8\xBD\xAC\xE5\x8F\x91"},
	{"GB18030", "=?gb18030?B?16q3og==?=", "\xE8\xBD\xAC\xE5\x8F\x91"},
	{"Big5", "=?big5?B?pKSk5Q==?=", "\xE4\xB8\xAD\xE6\x96\x87"},
	{"EUC-KR", "=?euc-kr?B?wPy03g==?=", "\xEC\xA0\x84\xEB\x8B\xAC"},
	{"UTF-7", "=?utf-7?Q?+AOQ-?=", "\xC3\xA4"},
	{"UTF-16BE", "=?utf-16be?B?AOQ=?=", "\xC3\xA4"},

	{"bytes that are not UTF-8", "=?utf-8?Q?a=FFb?=", "a" BAD "b"},
	{"8 bits in US-ASCII", "=?us-ascii?Q?a=FFb?=", "a" BAD "b"},
	{"bytes that Shift_JIS has not", "=?Shift_JIS?Q?a=FFb?=", "a" BAD "b"},
	{"cut character", "=?Shift_JIS?Q?a=93?=", "a" BAD},
	{"line end", "=?utf-8?Q?a=0D=0Ab?=", "a  b"},
	{"NUL", "=?utf-8?Q?a=00b?=", "a b"},
	{"tab stays", "=?utf-8?Q?a=09b?=", "a\tb"},
	{"unknown charset", "=?x-nonesuch?Q?a=41?=", "=?x-nonesuch?Q?a=41?="},
	{"option to iconv", "=?utf-16//IGNORE?Q?a?=", "=?utf-16//IGNORE?Q?a?="},
	{"unknown encoding", "=?utf-8?X?a?=", "=?utf-8?X?a?="},
	{"no base64", "=?utf-8?B?!!!!?=", "=?utf-8?B?!!!!?="},
	{"no base64 after a good word",
		"=?utf-8?Q?a?= =?utf-8?B?!!!!?= =?utf-8?Q?b?=",
		"a =?utf-8?B?!!!!?= b"},
	{"unknown charset between good ones",
		"=?utf-8?Q?a?= =?x-nonesuch?Q?b?=  =?utf-8?Q?c?=",
		"a =?x-nonesuch?Q?b?=  c"},
	{"no charset", "=??Q?a?=", "=??Q?a?="},
	{"no end", "=?utf-8?Q?a", "=?utf-8?Q?a"},
	{"half an end", "=?utf-8?Q?a?", "=?utf-8?Q?a?"},
	{"a start in a start", "=?utf-8?=?utf-8?Q?a?=", "=?utf-8?a"},
	{"only starts", "=?=?=?=?", "=?=?=?=?"},
	{"end before start", "?= =?utf-8?Q?", "?= =?utf-8?Q?"},
};

static void
check(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice text = encoded_words_decode(arena, slice_of(row->value));
	struct buf got = {0};

	buf_add(&got, text);
	assert_string_equal(buf_slice(&got).p, row->expected);
	buf_fini(&got);
	arena_free(arena);
}

static void
borrows_what_has_none(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice value = SLICE("a=b?c= ?=");

	(void)state;
	assert_ptr_equal(encoded_words_decode(arena, value).p, value.p);
	assert_int_equal(arena_used(arena), 0);
	arena_free(arena);
}

static void
full_arena_gives_the_value(void **state)
{
	struct arena *arena = arena_new(16);
	struct slice value = SLICE("=?utf-8?Q?long_enough_to_need_room?=");

	(void)state;
	assert_ptr_equal(encoded_words_decode(arena, value).p, value.p);
	arena_free(arena);
}

/* A field of the largest size made of nothing but beginnings. */
static void
is_linear_in_beginnings(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buf value = {0};

	(void)state;
	for (size_t i = 0; i < 65536 / 7; i++)
		buf_puts(&value, "=?x?Q?,");
	assert_int_equal(
		encoded_words_decode(arena, buf_slice(&value)).len, value.len);
	buf_puts(&value, "?=");
	assert_int_equal(
		encoded_words_decode(arena, buf_slice(&value)).len, value.len);
	buf_fini(&value);
	arena_free(arena);
}

/* Each word names another charset: no more are opened than a few. */
static void
opens_few_charsets(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buf value = {0};
	struct slice text;

	(void)state;
	for (size_t i = 1; i <= 15; i++)
		buf_printf(&value, "=?iso-8859-%zu?Q?a?= ", i);
	buf_puts(&value, "=?koi8-r?Q?a?=");
	text = encoded_words_decode(arena, buf_slice(&value));
	assert_true(slice_starts_fold(text, SLICE("aaaaaaaa")));
	assert_true(slice_ends_fold(text, SLICE("=?koi8-r?Q?a?=")));
	buf_fini(&value);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(borrows_what_has_none),
		cmocka_unit_test(full_arena_gives_the_value),
		cmocka_unit_test(is_linear_in_beginnings),
		cmocka_unit_test(opens_few_charsets),
	};
	struct rows all = {0};

	ROWS_ADD(&all, rows, check);
	ROWS_TESTS(&all, others);
	return rows_run(&all, "encoded_word");
}
