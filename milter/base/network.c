/* SPDX-License-Identifier: BSD-2-Clause */
/* Networks: both families in one space, IPv4 mapped into IPv6. */
#include "base/network.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define MAPPED_BITS 96
static const unsigned char mapped[12] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/* Of IPv4, wholly? */
static bool
is_four(const struct network *network)
{
	return network->bits >= MAPPED_BITS &&
		memcmp(network->bytes, mapped, sizeof(mapped)) == 0;
}

/* Four decimal numbers, as inet_pton() takes them: no zero leads. */
static bool
parse_four(struct slice text, unsigned char bytes[4])
{
	unsigned number = 0, digits = 0, count = 0;

	for (size_t i = 0; i <= text.len; i++) {
		unsigned digit =
			i < text.len ? (unsigned char)text.p[i] - '0' : '.';

		if (digit <= 9 && digits < 3 && (digits == 0 || number > 0)) {
			number = number * 10 + digit;
			digits++;
			continue;
		}
		if ((i < text.len && text.p[i] != '.') || digits == 0 ||
			number > UCHAR_MAX || count == 4)
			return false;
		bytes[count++] = (unsigned char)number;
		number = digits = 0;
	}
	return count == 4;
}

bool
network_parse_address(struct slice text, struct network *out)
{
	char copy[INET6_ADDRSTRLEN + 1];

	if (slice_starts_fold(text, SLICE("IPv6:")))
		text = slice_sub(text, 5, text.len);
	if (text.len == 0 || text.len >= sizeof(copy) ||
		memchr(text.p, '\0', text.len) != NULL)
		return false;
	out->bits = NETWORK_BITS;
	if (memchr(text.p, ':', text.len) == NULL) {
		memcpy(out->bytes, mapped, sizeof(mapped));
		return parse_four(text, out->bytes + sizeof(mapped));
	}
	memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	return inet_pton(AF_INET6, copy, out->bytes) == 1;
}

/* Clears what is behind the prefix; was anything there? */
static bool
clear_host_bits(struct network *network)
{
	bool found = false;

	for (unsigned i = network->bits; i < NETWORK_BITS; i++) {
		unsigned char bit = (unsigned char)(0x80 >> i % 8);

		found = found || (network->bytes[i / 8] & bit) != 0;
		network->bytes[i / 8] &= (unsigned char)~bit;
	}
	return found;
}

static struct slice
without_brackets(struct slice text)
{
	if (text.len >= 2 && text.p[0] == '[' && text.p[text.len - 1] == ']')
		return slice_sub(text, 1, text.len - 1);
	return text;
}

enum network_fault
network_parse(struct slice text, struct network *out)
{
	size_t slash = slice_find_byte(text, '/', 0);
	struct slice address = without_brackets(slice_sub(text, 0, slash));
	unsigned most = NETWORK_BITS;
	uint64_t bits;

	if (!network_parse_address(address, out))
		return NETWORK_INVALID;
	if (slice_find_byte(address, ':', 0) == SLICE_NONE)
		most -= MAPPED_BITS;
	bits = most;
	if (slash != SLICE_NONE &&
		(!slice_to_u64(slice_sub(text, slash + 1, text.len), &bits) ||
			bits > most))
		return NETWORK_LENGTH;
	out->bits = (unsigned)bits + (NETWORK_BITS - most);
	return clear_host_bits(out) ? NETWORK_HOST_BITS : NETWORK_OK;
}

bool
network_covers(const struct network *network, const struct network *inner)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;

	if (inner->bits < network->bits || is_four(inner) != is_four(network) ||
		memcmp(inner->bytes, network->bytes, whole) != 0)
		return false;
	return rest == 0 ||
		(inner->bytes[whole] ^ network->bytes[whole]) >> (8 - rest) ==
		0;
}

bool
network_has(const struct network *network, struct slice address)
{
	struct network one;

	return network_parse_address(address, &one) &&
		network_covers(network, &one);
}

void
network_print(const struct network *network, char text[NETWORK_TEXT_BYTES])
{
	char address[INET6_ADDRSTRLEN] = "";
	bool four = is_four(network);

	(void)inet_ntop(four ? AF_INET : AF_INET6,
		four ? network->bytes + sizeof(mapped) : network->bytes,
		address, sizeof(address));
	(void)snprintf(text, NETWORK_TEXT_BYTES, "%s/%u", address,
		network->bits - (four ? MAPPED_BITS : 0));
}
