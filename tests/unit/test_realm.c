/* SPDX-License-Identifier: BSD-2-Clause */
/* The realm: local domains, files of them, and networks. */
#include "rows.h"

#include "base/arena.h"
#include "mail/address.h"
#include "mail/realm.h"

#include <stdio.h>
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
	{"empty", "", "no domain name"},
	{"dot alone", ".", "no domain name"},
	{"wildcard", "*.example.com", "\".example.com\""},
	{"address", "alice@example.com", "after the '@'"},
	{"space", "example com", "no domain name"},
	{"two dots", "example..com", "no domain name"},
	{"two leading dots", "..example.com", "no domain name"},
	{"URL", "http://example.com/", "no domain name"},
	{"no literal", "[example]", "no domain name"},
	{"suffix of a literal", ".[192.0.2.1]", "no domain name"},
	{"label of 64 bytes",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aa"
		".example",
		"no domain name"},
	{"invalid UTF-8",
		"b\xFC"
		"cher.example",
		"no domain name"},
	{"a file that is not there", "file:/nonexistent/domains",
		"/nonexistent/domains: cannot open"},
	{"a folder", "file:/", "is a directory"},
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

static const struct network_row {
	const char *name, *entry, *ip;
	bool ours;
} network_rows[] = {
	{"in a prefix", "10.0.0.0/8", "10.255.0.1", true},
	{"not in it", "10.0.0.0/8", "11.0.0.1", false},
	{"odd prefix", "192.0.2.64/26", "192.0.2.127", true},
	{"odd prefix, beyond", "192.0.2.64/26", "192.0.2.128", false},
	{"one address", "192.0.2.7", "192.0.2.7", true},
	{"another address", "192.0.2.7", "192.0.2.8", false},
	{"all of IPv4", "0.0.0.0/0", "203.0.113.1", true},
	{"all of IPv4 is not IPv6", "0.0.0.0/0", "2001:db8::1", false},
	{"IPv6", "2001:db8::/32", "2001:db8:1::2", true},
	{"IPv6, not in it", "2001:db8::/32", "2001:db9::1", false},
	{"IPv6 loopback", "::1", "::1", true},
	{"IPv6 in another spelling", "2001:db8::1",
		"2001:0DB8:0000:0000:0000:0000:0000:0001", true},
	{"all of IPv6 is not IPv4", "::/0", "192.0.2.1", false},
	{"all of IPv6 is no mapped IPv4", "::/0", "::ffff:192.0.2.1", false},
	{"mapped address", "10.0.0.0/8", "::ffff:10.1.2.3", true},
	{"mapped network", "::ffff:10.0.0.0/104", "10.1.2.3", true},
	{"mapped network, not in it", "::ffff:10.0.0.0/104", "11.1.2.3", false},
	{"Sendmail's spelling", "2001:db8::/32", "IPv6:2001:db8::1", true},
	{"no address", "0.0.0.0/0", "localhost", false},
	{"nothing", "0.0.0.0/0", "", false},
	{"too long to be one", "0.0.0.0/0",
		"1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22",
		false},
};

static void
check_network(void **state)
{
	const struct network_row *row = *state;
	struct realm *realm = realm_new();
	struct err err = {0};

	assert_true(realm_add_network(realm, slice_of(row->entry), &err));
	assert_int_equal(realm_has_ip(realm, slice_of(row->ip)), row->ours);
	realm_free(realm);
}

static const struct refused_row refused_network_rows[] = {
	{"host bits", "10.0.0.1/8", "behind its prefix length"},
	{"host bits of IPv6", "2001:db8::1/32", "behind its prefix length"},
	{"prefix too long", "10.0.0.0/33", "no network"},
	{"prefix too long for IPv6", "::/129", "no network"},
	{"no prefix length", "10.0.0.0/", "no network"},
	{"prefix in letters", "10.0.0.0/x", "no network"},
	{"netmask", "10.0.0.0/255.0.0.0", "no network"},
	{"three numbers", "10.0.0", "no network"},
	{"name", "localhost", "no network"},
	{"nothing", "", "no network"},
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

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(names_the_line),
		cmocka_unit_test(an_empty_file_adds_nothing),
		cmocka_unit_test(a_domain_of_dots_costs_nothing),
	};
	struct rows all = {0};

	ROWS_ADD(&all, domain_rows, check_domain);
	ROWS_ADD(&all, refused_rows, check_refused);
	ROWS_TESTS(&all, others);
	ROWS_ADD(&all, network_rows, check_network);
	ROWS_ADD(&all, refused_network_rows, check_refused_network);
	return rows_run(&all, "realm");
}
