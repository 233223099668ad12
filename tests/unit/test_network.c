/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and networks. */
#include "rows.h"

#include "base/network.h"

#include <stdbool.h>

static const struct network_row {
	const char *name, *network, *address;
	bool covered;
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
	{"all of IPv6 is not a mapped IPv4", "::/0", "::ffff:192.0.2.1", false},
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
	struct network network;

	assert_int_equal(
		network_parse(slice_of(row->network), &network), NETWORK_OK);
	assert_int_equal(
		network_has(&network, slice_of(row->address)), row->covered);
}

static const struct parse_row {
	const char *name, *text;
	enum network_fault fault;
	const char *printed; /* NULL where there is no network */
} parse_rows[] = {
	{"an address", "192.0.2.7", NETWORK_OK, "192.0.2.7/32"},
	{"an address of IPv6", "2001:DB8::1", NETWORK_OK, "2001:db8::1/128"},
	{"brackets", "[::1]/128", NETWORK_OK, "::1/128"},
	{"brackets, no length", "[2001:db8::1]", NETWORK_OK, "2001:db8::1/128"},
	{"mapped", "::ffff:10.0.0.0/104", NETWORK_OK, "10.0.0.0/8"},
	{"shorter than mapped", "::/90", NETWORK_OK, "::/90"},
	{"everything", "0.0.0.0/0", NETWORK_OK, "0.0.0.0/0"},
	{"all of IPv6", "::/0", NETWORK_OK, "::/0"},
	{"host bits", "10.0.0.1/8", NETWORK_HOST_BITS, "10.0.0.0/8"},
	{"one host bit", "192.0.2.65/26", NETWORK_HOST_BITS, "192.0.2.64/26"},
	{"host bits of IPv6", "2001:db8::1/32", NETWORK_HOST_BITS,
		"2001:db8::/32"},
	{"too long", "10.0.0.0/33", NETWORK_LENGTH, NULL},
	{"too long for IPv6", "::/129", NETWORK_LENGTH, NULL},
	{"no length", "10.0.0.0/", NETWORK_LENGTH, NULL},
	{"a negative length", "10.0.0.0/-1", NETWORK_LENGTH, NULL},
	{"a length past every number", "10.0.0.0/18446744073709551624",
		NETWORK_LENGTH, NULL},
	{"netmask", "10.0.0.0/255.0.0.0", NETWORK_LENGTH, NULL},
	{"two slashes", "10.0.0.0/8/8", NETWORK_LENGTH, NULL},
	{"three numbers", "10.0.0", NETWORK_INVALID, NULL},
	{"octal", "010.0.0.1", NETWORK_INVALID, NULL},
	{"five numbers", "10.0.0.0.1", NETWORK_INVALID, NULL},
	{"no number between dots", "10..0.1", NETWORK_INVALID, NULL},
	{"a dot at the end", "10.0.0.", NETWORK_INVALID, NULL},
	{"a dot more", "10.0.0.1.", NETWORK_INVALID, NULL},
	{"two zeros", "10.0.0.00", NETWORK_INVALID, NULL},
	{"four digits", "10.0.0.1000", NETWORK_INVALID, NULL},
	{"a sign", "10.0.0.+1", NETWORK_INVALID, NULL},
	{"one number", "167772161", NETWORK_INVALID, NULL},
	{"the last of all", "255.255.255.255", NETWORK_OK,
		"255.255.255.255/32"},
	{"a number past 255", "10.0.0.256", NETWORK_INVALID, NULL},
	{"a zone", "fe80::1%eth0", NETWORK_INVALID, NULL},
	{"brackets in brackets", "[[::1]]", NETWORK_INVALID, NULL},
	{"half a bracket", "[::1/128", NETWORK_INVALID, NULL},
	{"a name", "localhost", NETWORK_INVALID, NULL},
	{"white space", " 10.0.0.0/8", NETWORK_INVALID, NULL},
	{"nothing", "", NETWORK_INVALID, NULL},
	{"a slash", "/8", NETWORK_INVALID, NULL},
	{"very long", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
		NETWORK_INVALID, NULL},
};

static void
check_parse(void **state)
{
	const struct parse_row *row = *state;
	char text[NETWORK_TEXT_BYTES];
	struct network network;

	assert_int_equal(
		network_parse(slice_of(row->text), &network), row->fault);
	if (row->printed == NULL)
		return;
	network_print(&network, text);
	assert_string_equal(text, row->printed);
}

static void
a_nul_ends_no_address(void **state)
{
	struct network network;

	(void)state;
	assert_false(network_parse_address(SLICE("10.0.0.1\0"), &network));
	assert_int_equal(network_parse(SLICE("10.0.0.1\0.2/32"), &network),
		NETWORK_INVALID);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(a_nul_ends_no_address),
	};
	struct rows all = {0};

	ROWS_ADD(&all, network_rows, check_network);
	ROWS_ADD(&all, parse_rows, check_parse);
	ROWS_TESTS(&all, others);
	return rows_run(&all, "network");
}
