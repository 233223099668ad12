/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: envelope paths, header lists, keys and domains. */
#include "rows.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mail/address.h"

#define ARENA_BYTES (1 << 20)

/* How an address is written down in the tables: "name|local|domain|key", a
 * '!' first when it is broken. */
static void
describe(struct buf *out, const struct address *address)
{
	if (address->broken)
		buf_puts(out, "!");
	buf_printf(out, "%.*s|%.*s|%.*s|%.*s", SLICE_ARG(address->name),
		SLICE_ARG(address->local), SLICE_ARG(address->domain),
		SLICE_ARG(address->text));
}

static const struct path_row {
	const char *name, *path, *expected;
} path_rows[] = {
	{"plain", "<alice@example.com>",
		"|alice|example.com|alice@example.com"},
	{"no brackets, as from pickup", "alice@example.com",
		"|alice|example.com|alice@example.com"},
	{"null sender", "<>", "|||"},
	{"null sender from pickup", "", "|||"},
	{"case", "<Alice.B@EXAMPLE.Com>",
		"|Alice.B|example.com|alice.b@example.com"},
	{"final dot", "<a@example.com.>", "|a|example.com|a@example.com"},
	{"source route", "<@a.example,@b.example:c@d.example>",
		"|c|d.example|c@d.example"},
	{"no domain", "<postmaster>", "|postmaster||postmaster"},
	{"quotes that are not needed", "<\"alice\"@example.com>",
		"|alice|example.com|alice@example.com"},
	{"quotes that are needed", "<\"John Doe\"@example.com>",
		"|John Doe|example.com|\"john doe\"@example.com"},
	{"quoted pair", "<\"a\\\"b\"@example.com>",
		"|a\"b|example.com|\"a\\\"b\"@example.com"},
	{"at sign in quotes", "<\"a@b\"@example.com>",
		"|a@b|example.com|\"a@b\"@example.com"},
	{"internal form with a space", "john doe@example.com",
		"|john doe|example.com|\"john doe\"@example.com"},
	{"two dots", "<a..b@example.com>",
		"|a..b|example.com|\"a..b\"@example.com"},
	{"domain literal", "<a@[192.0.2.1]>", "|a|[192.0.2.1]|a@[192.0.2.1]"},
	{"IPv6 literal", "<a@[IPv6:2001:DB8::1]>",
		"|a|[ipv6:2001:db8::1]|a@[ipv6:2001:db8::1]"},
	{"U-labels",
		"<a@B\xC3\xBC"
		"cher.example>",
		"|a|xn--bcher-kva.example|a@xn--bcher-kva.example"},
	{"A-labels", "<a@XN--BCHER-KVA.example>",
		"|a|xn--bcher-kva.example|a@xn--bcher-kva.example"},
	{"ideographic full stop",
		"<a@example\xE3\x80\x82"
		"com>",
		"|a|example.com|a@example.com"},
	{"UTF-8 local part", "<j\xC3\xB6rg@example.com>",
		"|j\xC3\xB6rg|example.com|j\xC3\xB6rg@example.com"},
	{"plus tag", "<alice+tag@example.com>",
		"|alice+tag|example.com|alice+tag@example.com"},
	{"SRS", "<SRS0=HHH=TT=orig.example=bob@example.com>",
		"|SRS0=HHH=TT=orig.example=bob|example.com|"
		"srs0=hhh=tt=orig.example=bob@example.com"},
	{"percent hack", "<a%b@example.com>",
		"|a%b|example.com|a%b@example.com"},
	{"bang path", "<host!user@example.com>",
		"|host!user|example.com|host!user@example.com"},
	{"spaces around", "  <a@example.com>  ",
		"|a|example.com|a@example.com"},
	{"bracket not closed", "<a@example.com",
		"|a|example.com|a@example.com"},
	{"no local part", "<@example.com>", "!||example.com|@example.com"},
	{"empty domain", "<a@>", "!|a||a@"},
	{"empty label", "<a@b..c>", "!|a|b..c|a@b..c"},
	{"two at signs", "<a@b@example.com>",
		"|a@b|example.com|\"a@b\"@example.com"},
	{"quote not closed", "<\"a@example.com>",
		"!|\"a|example.com|\"a@example.com"},
	{"control character", "<a\x01@example.com>",
		"|a\x01|example.com|\"a\\x01\"@example.com"},
};

static void
check_path(void **state)
{
	const struct path_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct address address;
	struct buf text = {0};

	assert_true(address_parse_path(arena, slice_of(row->path), &address));
	describe(&text, &address);
	assert_string_equal(buf_slice(&text).p, row->expected);
	buf_fini(&text);
	arena_free(arena);
}

static const struct list_row {
	const char *name, *value, *expected;
} list_rows[] = {
	{"nothing", "", ""},
	{"bare", "a@example.com", "|a|example.com|a@example.com"},
	{"display name", "Alice Doe <a@example.com>",
		"Alice Doe|a|example.com|a@example.com"},
	{"quoted name", "\"Doe, Alice\" <a@example.com>",
		"Doe, Alice|a|example.com|a@example.com"},
	{"an address as the name", "\"a@b.example\" <c@d.example>",
		"a@b.example|c|d.example|c@d.example"},
	{"an unquoted address as the name", "a@b.example <c@d.example>",
		"a@b.example|c|d.example|c@d.example"},
	{"obs-phrase with dots", "John Q. Public <j@example.com>",
		"John Q. Public|j|example.com|j@example.com"},
	{"comment as the name", "a@example.com (Alice)",
		"Alice|a|example.com|a@example.com"},
	{"nested comments",
		"Pete(A nice \\) chap) <pete(his account)@silly.test(his "
		"host)>",
		"Pete|pete|silly.test|pete@silly.test"},
	{"spaces in the address", "john . doe @ example . com",
		"|john.doe|example.com|john.doe@example.com"},
	{"two", "a@example.com, b@example.com",
		"|a|example.com|a@example.com\n"
		"|b|example.com|b@example.com"},
	{"empty elements", ",, a@example.com ,,",
		"|a|example.com|a@example.com"},
	{"group", "A Group:Ed <ed@x.test>,joe@where.test;",
		"Ed|ed|x.test|ed@x.test\n|joe|where.test|joe@where.test"},
	{"empty group", "Undisclosed recipients:;", ""},
	{"group not closed", "G: a@example.com",
		"|a|example.com|a@example.com"},
	{"group in a group", "A: B: a@example.com;;",
		"|a|example.com|a@example.com"},
	{"after a group", "A: a@example.com; b@example.com",
		"|a|example.com|a@example.com\n"
		"|b|example.com|b@example.com"},
	{"route", "<@x.test,@y.test:a@example.com>",
		"|a|example.com|a@example.com"},
	{"encoded name", "=?utf-8?Q?J=C3=B6rg?= <j@example.com>",
		"J\xC3\xB6rg|j|example.com|j@example.com"},
	{"encoded name with specials", "=?utf-8?Q?Doe,_J@x?= <j@example.com>",
		"Doe, J@x|j|example.com|j@example.com"},
	{"encoded name in quotes", "\"=?utf-8?Q?J=C3=B6rg?=\" <j@example.com>",
		"J\xC3\xB6rg|j|example.com|j@example.com"},
	{"encoded words apart",
		"=?utf-8?Q?J=C3=B6rg?= =?utf-8?Q?_Doe?= <j@example.com>",
		"J\xC3\xB6rg Doe|j|example.com|j@example.com"},
	{"missing comma", "<a@example.com> <b@example.com>",
		"|a|example.com|a@example.com\n"
		"|b|example.com|b@example.com"},
	{"quote not closed", "\"Alice <a@example.com>",
		"Alice|a|example.com|a@example.com"},
	{"comment not closed", "Alice (x <a@example.com>",
		"Alice (x|a|example.com|a@example.com"},
	{"bracket not closed", "Alice <a@example.com",
		"Alice|a|example.com|a@example.com"},
	{"bracket not closed, then another",
		"Alice <a@example.com, b@example.com",
		"Alice|a|example.com|a@example.com\n"
		"|b|example.com|b@example.com"},
	{"bracket not opened", "a@example.com>",
		"|a|example.com|a@example.com"},
	{"no domain", "root", "|root||root"},
	{"words alone", "Alice Doe", "!|||alice doe"},
	{"null address", "MAILER-DAEMON <>", "MAILER-DAEMON|||"},
	{"two at signs", "a@b@example.com",
		"!|a@b|example.com|a@b@example.com"},
	{"mailto", "mailto:a@example.com", "|a|example.com|a@example.com"},
};

static void
check_list(void **state)
{
	const struct list_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buf text = {0};
	struct addresses list;
	bool cut;
	size_t i;

	list = address_parse_list(arena, slice_of(row->value), 100, &cut);
	for (i = 0; i < list.count; i++) {
		if (i > 0)
			buf_puts(&text, "\n");
		describe(&text, &list.at[i]);
	}
	assert_string_equal(buf_slice(&text).p, row->expected);
	assert_false(cut);
	buf_fini(&text);
	arena_free(arena);
}

int
main(void)
{
	struct rows rows = {0};

	ROWS_ADD(&rows, path_rows, check_path);
	ROWS_ADD(&rows, list_rows, check_list);
	return rows_run(&rows, "address");
}
