/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: envelope paths, header lists, keys and domains. */
#include "rows.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mail/address_list.h"
#include "mail/path.h"

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
	{"literal closed twice", "<a@[192.0.2.1]]>",
		"!|a|[192.0.2.1]]|a@[192.0.2.1]]"},
	{"empty literal", "<a@[]>", "!|a|[]|a@[]"},
	{"literal with a space", "<a@[192.0. 2.1]>",
		"!|a|[192.0|a@[192.0. 2.1]"},
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

	assert_true(path_parse(arena, slice_of(row->path), &address));
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
	{"mailto in brackets", "A <mailto:a@example.com>",
		"A|a|example.com|a@example.com"},
	{"brackets twice", "A <<a@example.com>>",
		"A|a|example.com|a@example.com"},
	{"no quotes where they must be", "<a b@example.com>",
		"|a b|example.com|\"a b\"@example.com"},
	{"comment before the address", "(Alice) a@example.com",
		"Alice|a|example.com|a@example.com"},
	{"comment behind the brackets", "<a@example.com> (Alice)",
		"Alice|a|example.com|a@example.com"},
	{"quoted comment", "a@example.com (\"Alice Doe\")",
		"Alice Doe|a|example.com|a@example.com"},
	{"comment in the domain", "a@(x)example(y).(z)com",
		"|a|example.com|a@example.com"},
	{"a name in three quotes", "\"A\" \"B\"\"C\" <a@example.com>",
		"A BC|a|example.com|a@example.com"},
	{"literal in the name", "A [x] <a@example.com>",
		"A [x]|a|example.com|a@example.com"},
	{"no comma", "a@example.com b@example.com",
		"|a|example.com|a@example.com\n"
		"|b|example.com|b@example.com"},
	{"semicolons", "a@example.com; b@example.com",
		"|a|example.com|a@example.com\n"
		"|b|example.com|b@example.com"},
	{"two at signs and another address", "a@@b.test, c@example.com",
		"!|a@|b.test|a@@b.test\n|c|example.com|c@example.com"},
	{"Latin-1 name", "J\xF6rg <j@example.com>",
		"J\xF6rg|j|example.com|j@example.com"},
	{"Latin-1 local part", "j\xF6rg@example.com",
		"|j\xF6rg|example.com|\"j\\xf6rg\"@example.com"},
	{"domain that libidn2 refuses", "a@xn--\xC3\xA4.test",
		"|a|xn--\xC3\xA4.test|a@xn--\xC3\xA4.test"},
	{"UTF-8 everywhere",
		"J\xC3\xB6rg <j\xC3\xB6rg@b\xC3\xBC"
		"cher.example>",
		"J\xC3\xB6rg|j\xC3\xB6rg|xn--bcher-kva.example|"
		"j\xC3\xB6rg@xn--bcher-kva.example"},
};

static void
check_list(void **state)
{
	const struct list_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buf text = {0};
	struct addresses list;
	bool cut;

	list = address_list_parse(arena, slice_of(row->value), 100, &cut);
	for (size_t i = 0; i < list.count; i++) {
		if (i > 0)
			buf_puts(&text, "\n");
		describe(&text, &list.at[i]);
	}
	assert_string_equal(buf_slice(&text).p, row->expected);
	assert_false(cut);
	buf_fini(&text);
	arena_free(arena);
}

static const struct equal_row {
	const char *name, *one, *other;
	bool equal;
} equal_rows[] = {
	{"equal: case", "<Alice@Example.com>", "alice@EXAMPLE.COM", true},
	{"equal: case in another script", "<J\xC3\x96RG@example.com>",
		"j\xC3\xB6rg@example.com", true},
	{"equal: quotes", "<\"alice\"@example.com>", "alice@example.com", true},
	{"equal: quoted pair", "<\"al\\ice\"@example.com>", "alice@example.com",
		true},
	{"equal: missing quotes", "<\"a b\"@example.com>", "a b@example.com",
		true},
	{"equal: IDN",
		"<a@b\xC3\xBC"
		"cher.example>",
		"a@XN--bcher-KVA.example", true},
	{"equal: final dot", "a@example.com.", "a@example.com", true},
	{"equal: route", "<@x.test:a@example.com>", "a@example.com", true},
	{"equal: null senders", "<>", "", true},
	{"equal: tags differ", "a+b@example.com", "a@example.com", false},
	{"equal: domains differ", "a@example.com", "a@example.net", false},
	{"equal: no domain", "a", "a@example.com", false},
	{"equal: broken ones never", "<\"a@b.test>", "<\"a@b.test>", false},
};

static void
check_equal(void **state)
{
	const struct equal_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct address one, other;

	assert_true(path_parse(arena, slice_of(row->one), &one));
	assert_true(path_parse(arena, slice_of(row->other), &other));
	assert_int_equal(address_equal(&one, &other), row->equal);
	arena_free(arena);
}

static void
knows_mailboxes(void **state)
{
	static const char *const none[] = {
		"<>", "postmaster", "<@b.test>", "<a@>", "<\"a@b.test>"};
	struct arena *arena = arena_new(ARENA_BYTES);
	struct address address;

	(void)state;
	assert_true(path_parse(arena, SLICE("<a@b.test>"), &address));
	assert_true(address_is_mailbox(&address));
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		assert_true(path_parse(arena, slice_of(none[i]), &address));
		assert_false(address_is_mailbox(&address));
	}
	arena_free(arena);
}

static void
list_stops_at_its_limit(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct addresses list;
	bool cut;

	(void)state;
	list = address_list_parse(arena, SLICE("a@b, c@d, e@f"), 3, &cut);
	assert_int_equal(list.count, 3);
	assert_false(cut);
	list = address_list_parse(arena, SLICE("a@b, c@d, e@f"), 2, &cut);
	assert_int_equal(list.count, 2);
	assert_true(cut);
	list = address_list_parse(arena, SLICE("a@b"), 0, &cut);
	assert_int_equal(list.count, 0);
	assert_true(cut);
	arena_free(arena);
}

static void
list_survives_a_full_arena(void **state)
{
	(void)state;
	for (size_t bytes = 16; bytes < 2048; bytes += 16) {
		struct arena *arena = arena_new(bytes);
		struct addresses list;
		bool cut;
		size_t i;

		list = address_list_parse(arena,
			SLICE("\"A \\B\" <a . b@c.test>, x@y@z, J (D\\E), "
			      "b\xC3\xBC@cher.example"),
			100, &cut);
		assert_true(cut || list.count == 4);
		for (i = 0; i < list.count; i++)
			assert_false(slice_is_absent(list.at[i].text));
		arena_free(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(knows_mailboxes),
		cmocka_unit_test(list_stops_at_its_limit),
		cmocka_unit_test(list_survives_a_full_arena),
	};
	struct rows rows = {0};

	ROWS_ADD(&rows, path_rows, check_path);
	ROWS_ADD(&rows, list_rows, check_list);
	ROWS_ADD(&rows, equal_rows, check_equal);
	ROWS_TESTS(&rows, others);
	return rows_run(&rows, "address");
}
