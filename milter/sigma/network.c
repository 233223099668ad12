/* SPDX-License-Identifier: BSD-2-Clause */
/* Networks: both families in one space, IPv4 mapped into IPv6. */
#include "sigma/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define MAPPED_BITS 96
static const unsigned char mapped[12] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static bool
is_mapped(const unsigned char bytes[16])
{
	return memcmp(bytes, mapped, sizeof(mapped)) == 0;
}

static bool
address_parse(struct slice text, unsigned char bytes[16])
{
	char copy[INET6_ADDRSTRLEN + 1];

	if (text.len == 0 || text.len >= sizeof(copy) ||
		memchr(text.p, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET6, copy, bytes) == 1)
		return true;
	memcpy(bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, bytes + sizeof(mapped)) == 1;
}

/* Clears what is behind the prefix; was anything there? */
static bool
clear_host_bits(struct network *network)
{
	bool found = false;

	for (unsigned i = network->bits; i < 128; i++) {
		unsigned char bit = (unsigned char)(0x80 >> i % 8);

		found = found || (network->bytes[i / 8] & bit) != 0;
		network->bytes[i / 8] &= (unsigned char)~bit;
	}
	return found;
}

enum network_fault
network_parse(struct slice text, struct network *out)
{
	size_t slash = slice_find_byte(text, '/', 0);
	unsigned most;
	uint64_t bits;

	if (!address_parse(slice_sub(text, 0, slash), out->bytes))
		return NETWORK_INVALID;
	most = is_mapped(out->bytes) &&
			slice_find_byte(text, ':', 0) == SLICE_NONE
		? 32
		: 128;
	bits = most;
	if (slash != SLICE_NONE &&
		(!slice_to_u64(slice_sub(text, slash + 1, text.len), &bits) ||
			bits > most))
		return NETWORK_LENGTH;
	out->bits = (unsigned)bits + (128 - most);
	return clear_host_bits(out) ? NETWORK_HOST_BITS : NETWORK_OK;
}

bool
network_has(const struct network *network, struct slice address)
{
	unsigned char bytes[16];
	unsigned whole = network->bits / 8, rest = network->bits % 8;

	if (!address_parse(address, bytes) ||
		memcmp(bytes, network->bytes, whole) != 0)
		return false;
	return rest == 0 ||
		((bytes[whole] ^ network->bytes[whole]) >> (8 - rest)) == 0;
}

void
network_format(const struct network *network, char text[NETWORK_TEXT_BYTES])
{
	char address[INET6_ADDRSTRLEN] = "";
	bool four = is_mapped(network->bytes) && network->bits >= MAPPED_BITS;

	(void)inet_ntop(four ? AF_INET : AF_INET6,
		four ? network->bytes + sizeof(mapped) : network->bytes,
		address, sizeof(address));
	(void)snprintf(text, NETWORK_TEXT_BYTES, "%s/%u", address,
		network->bits - (four ? MAPPED_BITS : 0));
}
