/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IP addresses and networks in CIDR notation (RFC 4632, RFC 4291 section
 * 2.3). Both families lie in one space, IPv4 as ::ffff:a.b.c.d, so that an
 * IPv4-mapped address is the IPv4 one; but a network of IPv6 never covers
 * them: "::/0" is not everybody.
 */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

#include "base/slice.h"

#include <stdbool.h>

#define NETWORK_ADDRESS_BYTES 16
#define NETWORK_BITS (8 * NETWORK_ADDRESS_BYTES)

struct network {
	unsigned char bytes[NETWORK_ADDRESS_BYTES];
	unsigned bits; /* of NETWORK_BITS */
};

enum network_fault {
	NETWORK_OK,
	NETWORK_INVALID, /* no address */
	NETWORK_LENGTH, /* the prefix is not a number, or too long */
	NETWORK_HOST_BITS /* out holds the network without them */
};

/* One address, all bits of it. "IPv6:" may stand before it (RFC 5321 section
 * 4.1.3, Sendmail); text longer than any address is none. */
bool network_parse_address(struct slice text, struct network *out);
/* "10.0.0.0/8"; without a slash: one address. Brackets around the address
 * are passed over, as Postfix writes "[::1]/128". */
enum network_fault network_parse(struct slice text, struct network *out);
/* Does all of inner lie in it? */
bool network_covers(const struct network *, const struct network *inner);
/* Is the text an address in it? */
bool network_has(const struct network *, struct slice address);
/* As text, with the prefix length. */
#define NETWORK_TEXT_BYTES 64
void network_print(const struct network *, char text[NETWORK_TEXT_BYTES]);

#endif
