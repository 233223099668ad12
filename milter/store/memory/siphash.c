/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash with one compression and three finalization rounds. */
#include "store/memory/siphash.h"

#include <string.h>

struct state {
	uint64_t v[4];
};

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void
sip_round(struct state *s)
{
	s->v[0] += s->v[1];
	s->v[1] = rotate(s->v[1], 13) ^ s->v[0];
	s->v[0] = rotate(s->v[0], 32);
	s->v[2] += s->v[3];
	s->v[3] = rotate(s->v[3], 16) ^ s->v[2];
	s->v[0] += s->v[3];
	s->v[3] = rotate(s->v[3], 21) ^ s->v[0];
	s->v[2] += s->v[1];
	s->v[1] = rotate(s->v[1], 17) ^ s->v[2];
	s->v[2] = rotate(s->v[2], 32);
}

static inline void
absorb(struct state *s, uint64_t word)
{
	s->v[3] ^= word;
	sip_round(s);
	s->v[0] ^= word;
}

/* Up to eight bytes, little endian. */
static inline uint64_t
read_word(const unsigned char *p, size_t bytes)
{
	uint64_t word = 0;

	for (size_t i = 0; i < bytes; i++)
		word |= (uint64_t)p[i] << (8 * i);
	return word;
}

uint64_t
siphash(const struct siphash_key *key, struct slice s)
{
	struct state state = {{key->k[0] ^ 0x736F6D6570736575U,
		key->k[1] ^ 0x646F72616E646F6DU,
		key->k[0] ^ 0x6C7967656E657261U,
		key->k[1] ^ 0x7465646279746573U}};
	const unsigned char *p = (const unsigned char *)s.p;
	size_t at;

	for (at = 0; at + 8 <= s.len; at += 8)
		absorb(&state, read_word(p + at, 8));
	absorb(&state,
		(uint64_t)s.len << 56 |
			(at < s.len ? read_word(p + at, s.len - at) : 0));
	state.v[2] ^= 0xFF;
	sip_round(&state);
	sip_round(&state);
	sip_round(&state);
	return state.v[0] ^ state.v[1] ^ state.v[2] ^ state.v[3];
}
