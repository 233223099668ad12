/* SPDX-License-Identifier: BSD-2-Clause */
/* One table says how long each number is. */
#include "store/redis/redis_peer.h"

#include <stddef.h>
#include <string.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)

#define NUMBER(member, bytes)                                     \
	{                                                         \
		offsetof(struct peer, member),                    \
			sizeof(((struct peer *)0)->member), bytes \
	}

/* In the order in which they stand there. */
static const struct {
	size_t offset, size; /* in the struct */
	size_t bytes; /* as it is kept */
} numbers[] = {
	NUMBER(sent, 2),
	NUMBER(got, 2),
	NUMBER(last_ms, 6),
	NUMBER(print, 4),
	NUMBER(base, 4),
	NUMBER(mark, 4),
	NUMBER(first_day, 2),
	NUMBER(since_day, 2),
	NUMBER(day, 2),
	NUMBER(days, 2),
	NUMBER(count, 2),
	NUMBER(prompt, 1),
	NUMBER(slowest_s, 1),
	NUMBER(pace, 1),
	NUMBER(named, 1),
};
#define NUMBERS (sizeof(numbers) / sizeof(*numbers))
#define PEER_BYTES 36

struct slice
redis_peer_field(struct arena *arena, struct slice address)
{
	uint64_t key = peer_key(address);
	char field[REDIS_PEER_FIELD_BYTES];

	for (size_t i = 0; i < sizeof(field); i++)
		field[i] = (char)(key >> (8 * (sizeof(field) - 1 - i)));
	return arena_copy(arena, (struct slice){field, sizeof(field)});
}

/* Of the machine's own number, whatever its size. */
static uint64_t
load(const void *p, size_t size)
{
	uint8_t one;
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (size) {
	case sizeof(one):
		memcpy(&one, p, size);
		return one;
	case sizeof(two):
		memcpy(&two, p, size);
		return two;
	case sizeof(four):
		memcpy(&four, p, size);
		return four;
	default:
		memcpy(&eight, p, sizeof(eight));
		return eight;
	}
}

static void
save(void *p, size_t size, uint64_t number)
{
	uint8_t one = (uint8_t)number;
	uint16_t two = (uint16_t)number;
	uint32_t four = (uint32_t)number;

	switch (size) {
	case sizeof(one):
		memcpy(p, &one, size);
		break;
	case sizeof(two):
		memcpy(p, &two, size);
		break;
	case sizeof(four):
		memcpy(p, &four, size);
		break;
	default:
		memcpy(p, &number, sizeof(number));
		break;
	}
}

struct slice
redis_peer_pack(struct arena *arena, const struct peer *peer)
{
	char packed[PEER_BYTES];
	size_t at = 0;

	for (size_t i = 0; i < NUMBERS; i++) {
		uint64_t number = load((const char *)peer + numbers[i].offset,
			numbers[i].size);

		for (size_t k = numbers[i].bytes; k > 0; k--)
			packed[at++] = (char)(number >> (8 * (k - 1)));
	}
	return arena_copy(arena, (struct slice){packed, at});
}

bool
redis_peer_read(struct slice value, struct peer *peer)
{
	const unsigned char *p = (const unsigned char *)value.p;

	*peer = (struct peer){.last_ms = 0};
	if (value.len != PEER_BYTES)
		return false;
	for (size_t i = 0; i < NUMBERS; i++) {
		uint64_t number = 0;

		for (size_t k = 0; k < numbers[i].bytes; k++)
			number = number << 8 | *p++;
		if (numbers[i].offset == offsetof(struct peer, named))
			number = number != 0;
		save((char *)peer + numbers[i].offset, numbers[i].size, number);
	}
	return true;
}

struct slice
redis_peer_print(struct arena *arena, const struct peer *peer)
{
	return arena_printf(arena, "%lld %lld %u %u %u %u %u",
		(long long)peer->first_day * DAY_MS, (long long)peer->last_ms,
		peer->sent, peer->got, peer->days, peer->prompt, peer->pace);
}

static uint64_t
next_number(struct slice *text)
{
	struct slice word;
	uint64_t number = 0;

	if (!slice_next(text, ' ', &word) || !slice_to_u64(word, &number))
		return 0;
	return number;
}

void
redis_peer_parse(struct slice text, struct peer *peer)
{
	*peer = (struct peer){.last_ms = 0};
	peer->first_day = (uint16_t)((int64_t)next_number(&text) / DAY_MS);
	peer->last_ms = (int64_t)next_number(&text);
	peer->sent = (uint16_t)next_number(&text);
	peer->got = (uint16_t)next_number(&text);
	peer->days = (uint16_t)next_number(&text);
	peer->prompt = (uint8_t)next_number(&text);
	peer->pace = (uint8_t)next_number(&text);
}
