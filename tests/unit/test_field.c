/* SPDX-License-Identifier: BSD-2-Clause */
/* Header fields: unfolding, and structured fields with parameters. */
#include "rows.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mail/field.h"

#define ARENA_BYTES (1 << 20)

static const struct unfold_row {
	const char *name, *raw, *expected;
} unfold_rows[] = {
	{"one line", "a b", "a b"},
	{"leading space of the MTA", " a", "a"},
	{"tab", "a\n\tb", "a\tb"},
	{"spaces", "a\n  b\n c", "a  b c"},
	{"CRLF", "a\r\n b", "a b"},
	{"CR that ends no line", "a\rb", "a\rb"},
	{"line end without white space", "a\nb", "a b"},
	{"two line ends", "a\n\n b", "a  b"},
	{"only white space", " \n \t\r\n ", ""},
	{"folded after the colon", "\n a", "a"},
	{"nothing", "", ""},
};

static void
check_unfold(void **state)
{
	const struct unfold_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice value = field_unfold(arena, slice_of(row->raw));

	assert_int_equal(value.len, strlen(row->expected));
	assert_memory_equal(value.p, row->expected, value.len);
	arena_free(arena);
}

static void
unfold_borrows(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice raw = SLICE(" a value of one line");

	(void)state;
	assert_ptr_equal(field_unfold(arena, raw).p, raw.p + 1);
	assert_int_equal(arena_used(arena), 0);
	arena_free(arena);
}

static void
unfold_in_a_full_arena(void **state)
{
	struct arena *arena = arena_new(1);

	(void)state;
	(void)arena_alloc(arena, 1);
	assert_true(slice_is_absent(field_unfold(arena, SLICE("a\n b"))));
	arena_free(arena);
}

static const struct main_row {
	const char *name, *value, *expected;
} main_rows[] = {
	{"alone", "text/plain", "text/plain"},
	{"with a parameter", "multipart/report; report-type=x",
		"multipart/report"},
	{"with a comment", "auto-replied (vacation)", "auto-replied"},
	{"comment before", "(x) auto-replied ; a=b", "auto-replied"},
	{"semicolon in a comment", "list (a;b)", "list"},
	{"semicolon in quotes", "\"a;b\"; c=d", "\"a;b\""},
	{"two words", "a (x) b", "a b"},
	{"comment not closed", "a (b", "a (b"},
	{"nothing", "", ""},
	{"only a semicolon", ";", ""},
};

static void
check_main(void **state)
{
	const struct main_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice value = field_main(arena, slice_of(row->value));

	assert_int_equal(value.len, strlen(row->expected));
	assert_memory_equal(value.p, row->expected, value.len);
	arena_free(arena);
}

static const struct param_row {
	const char *name, *value, *key;
	const char *expected; /* NULL: absent */
} param_rows[] = {
	{"plain", "text/plain; charset=utf-8", "charset", "utf-8"},
	{"another case", "text/plain; CharSet=UTF-8", "charset", "UTF-8"},
	{"quoted", "a; b=\"c d\"", "b", "c d"},
	{"quoted pair", "a; b=\"c\\\"d\"", "b", "c\"d"},
	{"semicolon in quotes", "a; b=\"c;d=e\"; d=f", "d", "f"},
	{"spaces", "a ; b = c ; d", "b", "c"},
	{"comments", "a (x) ; (y) b (z) = (w) c (v)", "b", "c"},
	{"the second", "a; b=c; d=e", "d", "e"},
	{"twice: the first", "a; b=c; b=d", "b", "c"},
	{"not there", "a; b=c", "d", NULL},
	{"no parameters", "a", "a", NULL},
	{"name alone", "a; b; c=d", "b", NULL},
	{"after a name alone", "a; b; c=d", "c", "d"},
	{"empty value", "a; b=; c=d", "b", ""},
	{"after an empty value", "a; b=; c=d", "c", "d"},
	{"specials not quoted", "a; owner=x@y.test; b=c", "owner", "x@y.test"},
	{"spaces not quoted", "a; name=my file.pdf; b=c", "name",
		"my file.pdf"},
	{"equals sign in it", "a; b=c=d", "b", "c=d"},
	{"quote not closed", "a; b=\"c d; e=f", "e", "f"},
	{"a prefix of the name", "a; bc=d; b=e", "b", "e"},
	{"RFC 5436", "auto-notified; owner-email=\"me@example.com\"",
		"owner-email", "me@example.com"},
	{"RFC 2231 charset",
		"a; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
		"title", "This is ***fun***"},
	{"RFC 2231 Latin-1", "a; t*=iso-8859-1''na%EFve", "t", "na\xC3\xAFve"},
	{"RFC 2231 pieces", "a; URL*0=\"ftp://\"; URL*1=\"x.test/pub\"", "url",
		"ftp://x.test/pub"},
	{"RFC 2231 pieces of both kinds",
		"a; t*0*=us-ascii'en'even%20more%20; t*1*=%2A%2A%2Afun%2A%2A%2A"
		"%20; t*2=\"isn't it!\"",
		"t", "even more ***fun*** isn't it!"},
	{"RFC 2231 pieces out of order", "a; t*1=b; t*0=a", "t", "ab"},
	{"RFC 2231 a piece is missing", "a; t*0=a; t*2=c", "t", "a"},
	{"RFC 2231 without a charset", "a; t*=abc", "t", "abc"},
	{"RFC 2231 cut escape", "a; t*=utf-8''a%4", "t", "a%4"},
};

static void
check_param(void **state)
{
	const struct param_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice value =
		field_param(arena, slice_of(row->value), slice_of(row->key));

	if (row->expected == NULL) {
		assert_true(slice_is_absent(value));
	} else {
		assert_false(slice_is_absent(value));
		assert_int_equal(value.len, strlen(row->expected));
		assert_memory_equal(value.p, row->expected, value.len);
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(unfold_borrows),
		cmocka_unit_test(unfold_in_a_full_arena),
	};
	struct rows all = {0};

	ROWS_ADD(&all, unfold_rows, check_unfold);
	ROWS_TESTS(&all, others);
	ROWS_ADD(&all, main_rows, check_main);
	ROWS_ADD(&all, param_rows, check_param);
	return rows_run(&all, "field");
}
