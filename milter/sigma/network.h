/* SPDX-License-Identifier: BSD-2-Clause */
/* IP addresses and networks in CIDR notation (RFC 4632, RFC 4291 2.3). */
#ifndef SIGMA_NETWORK_H
#define SIGMA_NETWORK_H

#include "base/slice.h"

#include <stdbool.h>

struct network {
	unsigned char bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits; /* of 128 */
};

enum network_fault {
	NETWORK_OK,
	NETWORK_INVALID, /* no address */
	NETWORK_LENGTH, /* the prefix is no number, or too long */
	NETWORK_HOST_BITS /* out holds the network without them */
};

/* Text longer than any address is invalid. Without a slash: all bits. */
enum network_fault network_parse(struct slice text, struct network *out);
bool network_has(const struct network *, struct slice address);
/* As text, with the prefix length. */
#define NETWORK_TEXT_BYTES 64
void network_format(const struct network *, char text[NETWORK_TEXT_BYTES]);

#endif
