/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters of MAIL and RCPT: ORCPT. */
#include "rows.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mail/param.h"

#define ARENA_BYTES (1 << 16)

static const struct orcpt_row {
	const char *name, *value;
	const char *expected; /* the key; NULL: refused */
} orcpt_rows[] = {
	{"rfc822", "rfc822;alice@example.com", "alice@example.com"},
	{"type in upper case", "RFC822;Alice@Example.com", "alice@example.com"},
	{"xtext", "rfc822;alice+2Btag@example.com", "alice+tag@example.com"},
	{"a tag that nobody encoded", "rfc822;alice+tag@example.com",
		"alice+tag@example.com"},
	{"quoted local part", "rfc822;\"john+20doe\"@example.com",
		"\"john doe\"@example.com"},
	{"angle brackets", "rfc822;<alice@example.com>", "alice@example.com"},
	{"utf-8, unitext", "utf-8;j\xC3\xB6rg@example.com",
		"j\xC3\xB6rg@example.com"},
	{"utf-8, escaped", "utf-8;j\\x{F6}rg@example.com",
		"j\xC3\xB6rg@example.com"},
	{"utf-8, escaped in lower case", "utf-8;j\\x{f6}rg@example.com",
		"j\xC3\xB6rg@example.com"},
	{"utf-8, three bytes", "utf-8;\\x{20AC}@example.com",
		"\xE2\x82\xAC@example.com"},
	{"utf-8, four bytes", "utf-8;\\x{1F600}@example.com",
		"\xF0\x9F\x98\x80@example.com"},
	{"utf-8, escaped plus", "utf-8;a\\x{2B}b@example.com",
		"a+b@example.com"},
	{"utf-8, xtext", "utf-8;a+2Bb@example.com", "a+b@example.com"},
	{"utf-8, xtext around an escape", "utf-8;a+5Cx{F6}@example.com",
		"a\xC3\xB6@example.com"},
	{"utf-8, IDN",
		"utf-8;a@b\xC3\xBC"
		"cher.example",
		"a@xn--bcher-kva.example"},
	{"no domain", "rfc822;alice", "alice"},
	{"surrogate", "utf-8;\\x{D800}@example.com", NULL},
	{"beyond Unicode", "utf-8;\\x{110000}@example.com", NULL},
	{"too many digits", "utf-8;\\x{0000041}@example.com", NULL},
	{"no digits", "utf-8;\\x{}@example.com", NULL},
	{"not closed", "utf-8;\\x{41", NULL},
	{"backslash alone", "utf-8;\\", NULL},
	{"another type", "x400;/c=us/", NULL},
	{"no type", "alice@example.com", NULL},
	{"empty type", ";alice@example.com", NULL},
	{"no address", "rfc822;", NULL},
	{"null address", "rfc822;<>", NULL},
	{"broken address", "rfc822;\"alice@example.com", NULL},
	{"nothing", "", NULL},
};

static void
check_orcpt(void **state)
{
	const struct orcpt_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct address address;
	bool ok = param_parse_orcpt(arena, slice_of(row->value), &address);

	assert_int_equal(ok, row->expected != NULL);
	if (ok) {
		assert_int_equal(address.text.len, strlen(row->expected));
		assert_memory_equal(
			address.text.p, row->expected, address.text.len);
	}
	arena_free(arena);
}

static void
finds_parameters(void **state)
{
	const struct slice params[] = {SLICE("SIZE=489"), SLICE("SMTPUTF8"),
		SLICE("auth=<>"), SLICE("ORCPTX=a"), SLICE("ORCPT=b"),
		SLICE("ORCPT=c"), SLICE("NOTIFY=")};
	const size_t count = sizeof(params) / sizeof(*params);

	(void)state;
	assert_true(slice_equal(
		param_find(params, count, SLICE("SIZE")), SLICE("489")));
	assert_true(slice_equal(
		param_find(params, count, SLICE("AUTH")), SLICE("<>")));
	assert_true(slice_equal(
		param_find(params, count, SLICE("ORCPT")), SLICE("b")));
	assert_int_equal(param_find(params, count, SLICE("NOTIFY")).len, 0);
	assert_false(
		slice_is_absent(param_find(params, count, SLICE("NOTIFY"))));
	assert_true(
		slice_is_absent(param_find(params, count, SLICE("SMTPUTF8"))));
	assert_true(slice_is_absent(param_find(params, count, SLICE("RET"))));
	assert_true(slice_is_absent(param_find(NULL, 0, SLICE("SIZE"))));
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(finds_parameters),
	};
	struct rows all = {0};

	ROWS_ADD(&all, orcpt_rows, check_orcpt);
	ROWS_TESTS(&all, others);
	return rows_run(&all, "param");
}
