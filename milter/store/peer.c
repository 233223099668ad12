/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bits shift with messages, or with days. What went and what came is counted
 * for 90 days; then both are halved, and count from the middle of that time on.
 */
#include "store/peer.h"

#include "base/digest.h"

#define SECOND_MS 1000
#define HOUR_MS ((int64_t)3600 * SECOND_MS)
#define DAY_MS (24 * HOUR_MS)
/* One message in so many is prompt by chance. */
#define PROMPT_CHANCE 20
/* Of an hour, before it tells what comes in it. */
#define BEGINNING_MS (20 * 60 * SECOND_MS)
#define PACE_LEAST 10
#define ONE_WAY_DAYS 8
#define PERIOD_DAYS 90
/* Messages from there that say nothing yet: one letter does not make a
 * correspondent, and one in ten none of who gets so many. */
#define SILENT_LETTERS 1
#define SILENT_PART 10

static unsigned
bits(unsigned set, unsigned count)
{
	unsigned sum = 0;

	for (set &= (1U << count) - 1; set != 0; set >>= 1)
		sum += set & 1;
	return sum;
}

static void
add_saturating(uint16_t *count)
{
	if (*count < UINT16_MAX)
		(*count)++;
}

static uint32_t
saturated(uint64_t count)
{
	return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

/* How many would come in so long a time, times so many. */
static int64_t
expected(uint64_t arrivals, int64_t age_ms, int64_t span_ms)
{
	int64_t count = saturated(arrivals);

	return age_ms * (count > 0 ? count : 1) * PROMPT_CHANCE / span_ms;
}

/*
 * How many arrivals would there be within that age, at the rate of this hour
 * and the last, or of this one alone, when they begin to come? One in twenty,
 * or less, is none that came by chance.
 */
static bool
is_prompt(const struct peer *peer, const struct peer_message *message,
	const struct peer_arrivals *arrivals)
{
	int64_t age_ms = message->at_ms - arrivals->last_ms;
	int64_t hour_ms = message->at_ms % HOUR_MS;

	return message->alone && arrivals->last_ms > peer->last_ms &&
		age_ms >= 0 && age_ms <= PEER_PROMPT_MS &&
		expected(arrivals->lately, age_ms, HOUR_MS + hour_ms) < 1 &&
		expected(arrivals->hour, age_ms,
			hour_ms > BEGINNING_MS ? hour_ms : BEGINNING_MS) < 1;
}

static void
count_prompt(struct peer *peer, const struct peer_message *message,
	const struct peer_arrivals *arrivals)
{
	bool prompt = is_prompt(peer, message, arrivals);
	int64_t age_s = (message->at_ms - arrivals->last_ms + SECOND_MS - 1) /
		SECOND_MS;

	if (peer_prompt(peer) == 0)
		peer->slowest_s = 0;
	peer->prompt = (uint8_t)((peer->prompt << 1 | (prompt ? 1 : 0)) &
		((1 << PEER_PROMPT_MESSAGES) - 1));
	if (prompt && peer->slowest_s < age_s)
		peer->slowest_s = (uint8_t)age_s;
}

/* Another day than the last one: what was counted then is done. What the first
 * messages follow came on the day before, or that day. */
static void
turn_day(struct peer *peer, uint16_t day, const struct peer_arrivals *arrivals)
{
	unsigned passed = day > peer->day ? (unsigned)(day - peer->day) : 0;

	peer->base = peer->mark;
	if (peer->last_ms == 0)
		peer->base = saturated(arrivals->total - arrivals->day);
	peer->days = (uint16_t)(passed < PEER_DAYS ? peer->days << passed : 0);
	peer->pace =
		(uint8_t)(passed < PEER_PACE_DAYS ? peer->pace << passed : 0);
	peer->day = day;
	peer->count = 0;
}

static void
count_pace(
	struct peer *peer, uint16_t day, const struct peer_arrivals *arrivals)
{
	uint32_t total = saturated(arrivals->total);
	uint64_t got;

	if (peer->day != day)
		turn_day(peer, day, arrivals);
	if (peer->base > total)
		peer->base = total;
	got = total - peer->base;
	add_saturating(&peer->count);
	peer->mark = total;
	peer->days |= 1;
	peer->pace &= (uint8_t)~1U;
	if (peer->count >= PACE_LEAST && (uint64_t)peer->count * 2 >= got &&
		(uint64_t)peer->count * 4 <= got * 5)
		peer->pace |= 1;
}

static void
count_sent(struct peer *peer, uint16_t day)
{
	if (peer->last_ms == 0)
		peer->first_day = peer->since_day = day;
	if (day >= peer->since_day + PERIOD_DAYS) {
		peer->sent /= 2;
		peer->got /= 2;
		peer->since_day = (uint16_t)(day - PERIOD_DAYS / 2);
	}
	add_saturating(&peer->sent);
}

static bool
is_retry(const struct peer *peer, const struct peer_message *message)
{
	return peer->last_ms != 0 && peer->print == message->print &&
		message->at_ms - peer->last_ms <= PEER_RETRY_MS;
}

void
peer_count(struct peer *peer, const struct peer_message *message,
	const struct peer_arrivals *arrivals)
{
	uint16_t day = (uint16_t)(message->at_ms / DAY_MS);

	if (is_retry(peer, message))
		return;
	count_sent(peer, day);
	count_prompt(peer, message, arrivals);
	if (message->alone)
		count_pace(peer, day, arrivals);
	peer->print = message->print;
	if (peer->last_ms < message->at_ms)
		peer->last_ms = message->at_ms;
}

bool
peer_is_silent(const struct peer *peer)
{
	return peer->got <= SILENT_LETTERS + peer->sent / SILENT_PART;
}

unsigned
peer_prompt(const struct peer *peer)
{
	return bits(peer->prompt, PEER_PROMPT_MESSAGES);
}

unsigned
peer_pace(const struct peer *peer)
{
	return bits(peer->pace, PEER_PACE_DAYS);
}

unsigned
peer_days(const struct peer *peer)
{
	return bits(peer->days, PEER_DAYS);
}

bool
peer_is_one_way(const struct peer *peer)
{
	return peer_is_silent(peer) && peer_days(peer) >= ONE_WAY_DAYS;
}

void
peer_merge(struct peer *peer, const struct peer *other)
{
	uint16_t got =
		peer->since_day == other->since_day && peer->got > other->got
		? peer->got
		: other->got;

	if (other->last_ms >= peer->last_ms) {
		*peer = *other;
		peer->got = got;
	} else if (peer->since_day == other->since_day &&
		peer->got < other->got) {
		peer->got = other->got;
	}
}

uint64_t
peer_key(struct slice address)
{
	unsigned char digest[DIGEST_BYTES];
	uint64_t key = 0;

	(void)digest_parts(&address, 1, digest);
	for (size_t i = 0; i < sizeof(key); i++)
		key = key << 8 | digest[i];
	return key;
}
