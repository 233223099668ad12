/* SPDX-License-Identifier: BSD-2-Clause */
/* The realm: local domains, files of them, and networks. */
#include "rows.h"

#include "base/arena.h"
#include "mail/address.h"
#include "mail/realm.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARENA_BYTES (1 << 16)

static const struct domain_row {
	const char *name, *entry, *domain;
	bool local;
} domain_rows[] = {
	{"the name", "example.com", "example.com", true},
	{"another case", "Example.COM", "eXample.com", true},
	{"final dot in the entry", "example.com.", "example.com", true},
	{"final dot in the domain", "example.com", "example.com.", true},
	{"not a subdomain", "example.com", "mail.example.com", false},
	{"not a longer name", "example.com", "notexample.com", false},
	{"not the parent", "mail.example.com", "example.com", false},
	{"suffix: a subdomain", ".example.com", "mail.example.com", true},
	{"suffix: of any depth", ".example.com", "a.b.c.example.com", true},
	{"suffix: not the name", ".example.com", "example.com", false},
	{"suffix: not a longer name", ".example.com", "notexample.com", false},
	{"suffix: another case", ".EXAMPLE.com", "a.example.COM", true},
	{"U-label and A-label",
		"b\xC3\xBC"
		"cher.example",
		"xn--bcher-kva.example", true},
	{"A-label and U-label", "xn--bcher-kva.example",
		"B\xC3\x9C"
		"CHER.example",
		true},
	{"IDN suffix",
		".b\xC3\xBC"
		"cher.example",
		"a.xn--bcher-kva.example", true},
	{"one label", "localhost", "localhost", true},
	{"domain literal", "[192.0.2.1]", "[192.0.2.1]", true},
	{"IPv6 literal", "[IPv6:2001:db8::1]", "[ipv6:2001:DB8::1]", true},
	{"nothing", "example.com", "", false},
	{"white space around", "  example.com\t", "example.com", true},
};

static void
check_domain(void **state)
{
	const struct domain_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct realm *realm = realm_new();
	struct err err = {0};

	assert_true(realm_add_domain(realm, slice_of(row->entry), &err));
	assert_int_equal(realm_domains(realm), 1);
	assert_int_equal(realm_has_domain(realm,
				 address_domain(arena, slice_of(row->domain))),
		row->local);
	realm_free(realm);
	arena_free(arena);
}

static const struct refused_row {
	const char *name, *entry;
	const char *says; /* part of the error */
} refused_rows[] = {
	{"empty", "", "not a domain name"},
	{"dot alone", ".", "not a domain name"},
	{"wildcard", "*.example.com", "\".example.com\""},
	{"address", "alice@example.com", "after the '@'"},
	{"space", "example com", "not a domain name"},
	{"two dots", "example..com", "not a domain name"},
	{"two leading dots", "..example.com", "not a domain name"},
	{"URL", "http://example.com/", "not a domain name"},
	{"no literal", "[example]", "not a domain name"},
	{"suffix of a literal", ".[192.0.2.1]", "not a domain name"},
	{"label of 64 bytes",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aa"
		".example",
		"not a domain name"},
	{"invalid UTF-8",
		"b\xFC"
		"cher.example",
		"not a domain name"},
	{"a file that is not there", "file:/nonexistent/domains",
		"/nonexistent/domains: cannot open"},
	{"a folder", "file:/", "cannot read the file: Is a directory"},
};

static void
check_refused(void **state)
{
	const struct refused_row *row = *state;
	struct realm *realm = realm_new();
	struct err err = {0};

	assert_false(realm_add_domain(realm, slice_of(row->entry), &err));
	assert_non_null(strstr(err.text, row->says));
	assert_int_equal(realm_domains(realm), 0);
	realm_free(realm);
}

/* Adds "file:" of a file with that text. */
static bool
add_file(struct realm *realm, const char *text, struct err *err, char *path)
{
	char entry[64];
	int fd;
	bool ok;

	strcpy(path, "/tmp/forwarden-realm-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	(void)snprintf(entry, sizeof(entry), "file:%s", path);
	ok = realm_add_domain(realm, slice_of(entry), err);
	(void)unlink(path);
	return ok;
}

static void
reads_a_file(void **state)
{
	struct realm *realm = realm_new();
	struct err err = {0};
	char path[32];

	(void)state;
	assert_true(add_file(realm,
		"# ours\n\nexample.com\r\n  .example.net # all of them\n"
		"b\xC3\xBC"
		"cher.example",
		&err, path));
	assert_int_equal(realm_domains(realm), 3);
	assert_true(realm_has_domain(realm, SLICE("example.com")));
	assert_true(realm_has_domain(realm, SLICE("a.example.net")));
	assert_true(realm_has_domain(realm, SLICE("xn--bcher-kva.example")));
	realm_free(realm);
}

static void
names_the_line(void **state)
{
	struct realm *realm = realm_new();
	struct err err = {0};
	char path[32], expected[64];

	(void)state;
	assert_false(
		add_file(realm, "example.com\n# x\nnot a name\n", &err, path));
	(void)snprintf(
		expected, sizeof(expected), "%s:3: \"not a name\"", path);
	assert_memory_equal(err.text, expected, strlen(expected));
	realm_free(realm);
}

static void
an_empty_file_adds_nothing(void **state)
{
	struct realm *realm = realm_new();
	struct err err = {0};
	char path[32];

	(void)state;
	assert_true(add_file(realm, "", &err, path));
	assert_int_equal(realm_domains(realm), 0);
	realm_free(realm);
}

static void
a_domain_of_dots_costs_nothing(void **state)
{
	static char dots[65536];
	struct realm *realm = realm_new();

	(void)state;
	memset(dots, '.', sizeof(dots));
	assert_true(realm_add_domain(realm, SLICE(".example.com"), NULL));
	assert_false(
		realm_has_domain(realm, (struct slice){dots, sizeof(dots)}));
	realm_free(realm);
}

static void
knows_networks(void **state)
{
	struct realm *realm = realm_new();
	struct network inside, beyond;
	struct err err = {0};

	(void)state;
	assert_true(realm_add_network(realm, SLICE("192.0.2.0/24"), &err));
	assert_true(realm_add_network(realm, SLICE(" [::1]/128"), &err));
	assert_true(realm_has_ip(realm, SLICE("192.0.2.7")));
	assert_true(realm_has_ip(realm, SLICE("IPv6:::1")));
	assert_false(realm_has_ip(realm, SLICE("198.51.100.7")));
	assert_false(realm_has_ip(realm, SLICE("")));
	(void)network_parse(SLICE("192.0.2.128/25"), &inside);
	(void)network_parse(SLICE("192.0.2.0/23"), &beyond);
	assert_true(realm_covers(realm, &inside));
	assert_false(realm_covers(realm, &beyond));
	realm_free(realm);
}

static const struct refused_row refused_network_rows[] = {
	{"host bits", "10.0.0.1/8", "the network is 10.0.0.0/8"},
	{"host bits of IPv6", "2001:db8::1/32", "behind its prefix length"},
	{"prefix too long", "10.0.0.0/33", "not a network"},
	{"prefix too long for IPv6", "::/129", "not a network"},
	{"no prefix length", "10.0.0.0/", "not a network"},
	{"prefix in letters", "10.0.0.0/x", "not a network"},
	{"netmask", "10.0.0.0/255.0.0.0", "not a network"},
	{"three numbers", "10.0.0", "not a network"},
	{"name", "localhost", "not a network"},
	{"nothing", "", "not a network"},
};

static void
check_refused_network(void **state)
{
	const struct refused_row *row = *state;
	struct realm *realm = realm_new();
	struct err err = {0};

	assert_false(realm_add_network(realm, slice_of(row->entry), &err));
	assert_non_null(strstr(err.text, row->says));
	realm_free(realm);
}

/* says: a part of the error, or NULL: it is taken. */
static const struct taken_row {
	const char *name;
	bool (*add)(struct realm *, struct slice entry, struct err *);
	const char *entry, *says;
} taken_rows[] = {
	{"delimiters", realm_set_delimiters, "+-", NULL},
	{"no delimiter", realm_set_delimiters, "", NULL},
	{"the sign of addresses delimits nothing", realm_set_delimiters, "+@",
		"not a delimiter"},
	{"nor do control characters", realm_set_delimiters, "+\n",
		"not a delimiter"},
	{"too many delimiters", realm_set_delimiters,
		"+-=#%!~^&*+-=#%!~^&*+-=#%!~^&*+-=#%!~^&*", "not a delimiter"},
	{"a domain that means another", realm_add_same_as,
		" MX.example.com = example.com. ", NULL},
	{"one name alone", realm_add_same_as, "mx.example.com",
		"names one domain"},
	{"nothing on the left", realm_add_same_as, "= example.com",
		"not a domain name"},
	{"nothing on the right", realm_add_same_as,
		"mx.example.com =", "not a domain name"},
	{"an address on the left", realm_add_same_as,
		"bob@mx.example.com = example.com", "only the part after"},
	{"a stranger's domain on the left", realm_add_same_as,
		"partner.example = example.com",
		"\"partner.example\" is not in local.domains"},
	{"a stranger's domain on the right", realm_add_same_as,
		"example.com = partner.example",
		"\"partner.example\" is not in local.domains"},
	{"a login", realm_add_relay, "tickets", NULL},
	{"a login that is an address", realm_add_relay, " Exchange@Example.com",
		NULL},
	{"a network of relays", realm_add_relay, "192.0.2.0/24", NULL},
	{"a network with bits of a host", realm_add_relay, "192.0.2.1/24",
		"192.0.2.0/24"},
	{"half a network", realm_add_relay, "192.0.2/24", "not a network"},
	{"no login", realm_add_relay, "  ", "not an address"},
	{"a broken login", realm_add_relay, "a@b@", "not an address"},
	{"a list", realm_add_list, "all@example.com", NULL},
	{"all lists of a domain", realm_add_list, "@Lists.example.com", NULL},
	{"a domain that is none", realm_add_list, "@lists..example",
		"not an address"},
	{"a file of lists that is not there", realm_add_list,
		"file:/nonexistent/lists", "/nonexistent/lists"},
};

static struct realm *
local_realm(void)
{
	struct realm *realm = realm_new();
	struct err err = {0};

	assert_true(realm_add_domain(realm, SLICE("example.com"), &err));
	assert_true(realm_add_domain(realm, SLICE(".example.com"), &err));
	return realm;
}

static void
check_taken(void **state)
{
	const struct taken_row *row = *state;
	struct realm *realm = local_realm();
	struct err err = {0};
	bool taken = row->add(realm, slice_of(row->entry), &err);

	assert_int_equal(taken, row->says == NULL);
	if (row->says != NULL)
		assert_non_null(strstr(err.text, row->says));
	realm_free(realm);
}

static void
knows_delimiters(void **state)
{
	struct realm *realm = local_realm();
	struct err err = {0};

	(void)state;
	assert_string_equal(realm_delimiters(realm).p, "+");
	assert_true(realm_set_delimiters(realm, SLICE("-="), &err));
	assert_string_equal(realm_delimiters(realm).p, "-=");
	assert_false(realm_set_delimiters(realm, SLICE("@"), &err));
	assert_string_equal(realm_delimiters(realm).p, "-=");
	assert_true(realm_set_delimiters(realm, SLICE(""), &err));
	assert_int_equal(realm_delimiters(realm).len, 0);
	realm_free(realm);
}

/* The last that is said of a domain counts. */
static void
knows_what_a_domain_means(void **state)
{
	const struct slice mx = SLICE("mx.example.com");
	struct realm *realm = local_realm();
	struct err err = {0};

	(void)state;
	assert_true(slice_equal(realm_same_as(realm, mx), mx));
	assert_true(realm_add_same_as(
		realm, SLICE("mx.example.com=old.example.com"), &err));
	assert_true(realm_add_same_as(
		realm, SLICE("mx.example.com = Example.COM"), &err));
	assert_true(
		slice_equal(realm_same_as(realm, mx), SLICE("example.com")));
	assert_true(slice_equal(realm_same_as(realm, SLICE("a.example.com")),
		SLICE("a.example.com")));
	realm_free(realm);
}

static void
knows_relays(void **state)
{
	struct realm *realm = local_realm();
	struct err err = {0};

	(void)state;
	assert_false(
		realm_has_relay(realm, SLICE("tickets"), SLICE("192.0.2.7")));
	assert_true(realm_add_relay(realm, SLICE("tickets"), &err));
	assert_true(realm_add_relay(realm, SLICE("192.0.2.0/28"), &err));
	assert_true(realm_has_relay(realm, SLICE("tickets"), SLICE("")));
	assert_true(realm_has_relay(realm, SLICE(""), SLICE("192.0.2.7")));
	assert_true(realm_has_relay(
		realm, SLICE("bob"), SLICE("::ffff:192.0.2.7")));
	assert_false(realm_has_relay(realm, SLICE("bob"), SLICE("192.0.2.16")));
	assert_false(realm_has_relay(realm, SLICE("ticket"), SLICE("nowhere")));
	realm_free(realm);
}

static void
knows_lists(void **state)
{
	char path[] = "/tmp/forwarden-realm-XXXXXX", entry[64];
	struct realm *realm = local_realm();
	struct err err = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_false(realm_has_list(
		realm, SLICE("all@example.com"), SLICE("example.com")));
	assert_true(fd >= 0);
	assert_int_equal(
		write(fd, "# ours\nAll@Example.com\n@lists.example.com\n", 42),
		42);
	(void)snprintf(entry, sizeof(entry), "file:%s", path);
	assert_true(realm_add_list(realm, slice_of(entry), &err));
	assert_true(realm_has_list(
		realm, SLICE("all@example.com"), SLICE("example.com")));
	assert_true(realm_has_list(realm, SLICE("any@lists.example.com"),
		SLICE("lists.example.com")));
	assert_false(realm_has_list(
		realm, SLICE("bob@example.com"), SLICE("example.com")));
	assert_int_equal(write(fd, "a@b@\n", 5), 5);
	assert_false(realm_add_list(realm, slice_of(entry), &err));
	assert_non_null(strstr(err.text, ":4"));
	(void)close(fd);
	(void)unlink(path);
	realm_free(realm);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(knows_networks),
		cmocka_unit_test(knows_delimiters),
		cmocka_unit_test(knows_what_a_domain_means),
		cmocka_unit_test(knows_relays),
		cmocka_unit_test(knows_lists),
		cmocka_unit_test(names_the_line),
		cmocka_unit_test(an_empty_file_adds_nothing),
		cmocka_unit_test(a_domain_of_dots_costs_nothing),
	};
	struct rows all = {0};

	ROWS_ADD(&all, domain_rows, check_domain);
	ROWS_ADD(&all, refused_rows, check_refused);
	ROWS_TESTS(&all, others);
	ROWS_ADD(&all, taken_rows, check_taken);
	ROWS_ADD(&all, refused_network_rows, check_refused_network);
	return rows_run(&all, "realm");
}
