/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a peer: chance is no follower, and a follower is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/peer.h"

#include <math.h>
#include <string.h>

#define MINUTE_MS ((int64_t)60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define MONDAY_MS (20460 * DAY_MS) /* 2026-01-07, 00:00 UTC */

/* A mailbox, and one to whom it writes. */
struct life {
	struct peer peer;
	int64_t now_ms, last_ms; /* the last arrival; 0: none */
	uint64_t total, this_hour, last_hour;
	uint64_t a_day; /* so many come */
	uint32_t messages;
	uint64_t random;
};

static void
pass(struct life *life, int64_t ms)
{
	int64_t hours = (life->now_ms + ms) / HOUR_MS - life->now_ms / HOUR_MS;

	if (hours > 0) {
		life->last_hour = hours == 1 ? life->this_hour : 0;
		life->this_hour = 0;
	}
	life->now_ms += ms;
}

static void
arrive(struct life *life)
{
	life->last_ms = life->now_ms;
	life->total++;
	life->this_hour++;
}

static void
send_to(struct life *life, bool alone)
{
	const struct peer_message message = {
		.at_ms = life->now_ms,
		.print = ++life->messages,
		.alone = alone,
	};
	const struct peer_arrivals arrivals = {
		.last_ms = life->last_ms,
		.total = life->total,
		.day = life->total < life->a_day ? life->total : life->a_day,
		.hour = life->this_hour,
		.lately = life->this_hour + life->last_hour,
	};

	peer_count(&life->peer, &message, &arrivals);
}

/* Between 0 and 1, neither of them; splitmix64. */
static double
chance(struct life *life)
{
	uint64_t z = life->random += 0x9E3779B97F4A7C15U;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return ((double)((z ^ (z >> 31)) >> 12) + 0.5) / 4503599627370496.0;
}

/* The time to the next of what comes so often an hour, by no plan. */
static int64_t
wait_ms(struct life *life, double an_hour)
{
	return (int64_t)(-log(chance(life)) / an_hour * HOUR_MS);
}

/* Messages of which four of the last five were prompt, of so many. */
static unsigned
count_by_chance(double arrivals, double sends, unsigned messages, uint64_t seed)
{
	struct life life = {.now_ms = MONDAY_MS, .random = seed};
	int64_t arrival_ms = wait_ms(&life, arrivals);
	int64_t send_ms = wait_ms(&life, sends);
	unsigned prompt = 0, sent = 0;

	/* It is known how much comes, two hours later. */
	send_ms += 2 * HOUR_MS;
	while (sent < messages) {
		int64_t next_ms = arrival_ms < send_ms ? arrival_ms : send_ms;

		pass(&life, next_ms);
		arrival_ms -= next_ms;
		send_ms -= next_ms;
		if (arrival_ms == 0) {
			arrive(&life);
			arrival_ms = wait_ms(&life, arrivals);
		} else {
			send_to(&life, true);
			sent++;
			prompt += peer_prompt(&life.peer) >= 4;
			send_ms = wait_ms(&life, sends);
		}
	}
	return prompt;
}

static void
chance_is_seldom_prompt(void **state)
{
	static const double rates[] = {0.05, 0.5, 2, 8, 30, 120, 600};
	enum {
		RATES = sizeof(rates) / sizeof(*rates),
		MESSAGES = 200000,
	};
	unsigned all = 0;

	(void)state;
	for (size_t i = 0; i < RATES; i++) {
		for (size_t k = 0; k < RATES; k++) {
			unsigned messages = MESSAGES, prompt;

			if (rates[i] / rates[k] > 20)
				messages /= (unsigned)(rates[i] / rates[k]);
			prompt = count_by_chance(
				rates[i], rates[k], messages, i * RATES + k);
			if (prompt > messages / 10000 + 1) {
				fail_msg("%u of %u: %g come, %g go an hour",
					prompt, messages, rates[i], rates[k]);
			}
			all += prompt;
		}
	}
	if (all > RATES * RATES * MESSAGES / 10000)
		fail_msg("%u in all", all);
}

static void
what_follows_at_once_is_prompt(void **state)
{
	struct life life = {.now_ms = MONDAY_MS, .random = 1};

	(void)state;
	for (unsigned i = 1; i <= 5; i++) {
		pass(&life, 40 * MINUTE_MS);
		arrive(&life);
		pass(&life, 20000);
		send_to(&life, true);
		assert_int_equal(peer_prompt(&life.peer), i);
	}
	assert_int_equal(life.peer.slowest_s, 20);
	pass(&life, 40 * MINUTE_MS);
	send_to(&life, true);
	assert_int_equal(peer_prompt(&life.peer), 4);
	pass(&life, MINUTE_MS);
	arrive(&life);
	pass(&life, 5000);
	send_to(&life, false);
	assert_int_equal(peer_prompt(&life.peer), 3);
}

/* Nothing came since the last one there, or it was too long ago, or so much
 * comes that something always did just now. */
static void
what_does_not_follow_is_not(void **state)
{
	struct life life = {.now_ms = MONDAY_MS};

	(void)state;
	arrive(&life);
	pass(&life, 1000);
	send_to(&life, true);
	assert_int_equal(life.peer.prompt & 1, 1);
	pass(&life, 1000);
	send_to(&life, true);
	assert_int_equal(life.peer.prompt & 1, 0);
	arrive(&life);
	pass(&life, PEER_PROMPT_MS + 1);
	send_to(&life, true);
	assert_int_equal(life.peer.prompt & 1, 0);
	for (int i = 0; i < 100; i++) {
		pass(&life, 10000);
		arrive(&life);
	}
	pass(&life, 3000);
	send_to(&life, true);
	assert_int_equal(life.peer.prompt & 1, 0);
	pass(&life, 500);
	arrive(&life);
	pass(&life, 500);
	send_to(&life, true);
	assert_int_equal(life.peer.prompt & 1, 1);
}

static void
a_retry_is_no_other_message(void **state)
{
	struct life life = {.now_ms = MONDAY_MS};
	struct peer before;

	(void)state;
	arrive(&life);
	pass(&life, 1000);
	send_to(&life, true);
	before = life.peer;
	life.messages--;
	pass(&life, 300000);
	arrive(&life);
	send_to(&life, true);
	assert_memory_equal(&before, &life.peer, sizeof(before));
}

/* Whoever writes one id into all that he sends is not taken for a retry. */
static void
one_id_for_all_is_no_retry(void **state)
{
	struct life life = {.now_ms = MONDAY_MS};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		arrive(&life);
		pass(&life, 1000);
		life.messages = 0;
		send_to(&life, true);
		pass(&life, PEER_RETRY_MS);
	}
	assert_int_equal(life.peer.sent, 4);
	assert_int_equal(peer_prompt(&life.peer), 4);
}

/* A letter from there counts for a letter, and one in ten for nothing more. */
static void
who_writes_back_is_not_silent(void **state)
{
	struct peer peer = {.sent = 1, .got = 1};

	(void)state;
	assert_true(peer_is_silent(&peer));
	peer.got = 2;
	assert_false(peer_is_silent(&peer));
	peer.sent = 10;
	assert_true(peer_is_silent(&peer));
	peer.sent = 100;
	peer.got = 12;
	assert_false(peer_is_silent(&peer));
}

/* What was written a year ago makes nobody a correspondent. */
static void
old_letters_are_forgotten(void **state)
{
	struct life life = {.now_ms = MONDAY_MS};

	(void)state;
	send_to(&life, true);
	life.peer.got = 8;
	for (int i = 0; i < 3; i++) {
		pass(&life, 91 * DAY_MS);
		send_to(&life, true);
	}
	assert_int_equal(life.peer.got, 1);
	assert_int_equal(life.peer.sent, 1);
	assert_true(peer_is_silent(&life.peer));
}

/* So many a day come, one in so many goes on, hours later. */
static void
live_a_day(struct life *life, unsigned come, unsigned one_in)
{
	life->a_day = come;
	for (unsigned i = 0; i < come; i++) {
		pass(life, 10 * MINUTE_MS);
		arrive(life);
	}
	for (unsigned i = 0; i < come; i += one_in) {
		pass(life, MINUTE_MS);
		send_to(life, true);
	}
	pass(life,
		DAY_MS - come * 10 * MINUTE_MS -
			(come + one_in - 1) / one_in * MINUTE_MS);
}

static const struct pace_row {
	const char *name;
	unsigned come, one_in, days, pace;
} pace_rows[] = {
	{"all of twenty, for a week", 20, 1, 7, 7},
	{"every second one", 20, 2, 4, 4},
	{"every third one is somebody's work", 30, 3, 4, 0},
	{"nine a day are too few to tell", 9, 1, 7, 0},
	{"a day alone", 40, 1, 1, 1},
};

static void
check_pace(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pace_rows) / sizeof(*pace_rows); i++) {
		const struct pace_row *row = &pace_rows[i];
		struct life life = {.now_ms = MONDAY_MS};
		unsigned pace;

		for (unsigned day = 0; day < row->days; day++)
			live_a_day(&life, row->come, row->one_in);
		pace = peer_pace(&life.peer);
		if (pace != row->pace)
			fail_msg("%s: %u, not %u", row->name, pace, row->pace);
	}
}

static void
pace_is_forgotten_in_a_week(void **state)
{
	struct life life = {.now_ms = MONDAY_MS};

	(void)state;
	for (int day = 0; day < 5; day++)
		live_a_day(&life, 20, 1);
	assert_int_equal(peer_pace(&life.peer), 5);
	pass(&life, 8 * DAY_MS);
	send_to(&life, true);
	assert_int_equal(peer_pace(&life.peer), 0);
}

static void
one_way_is_eight_days_of_ten(void **state)
{
	struct life life = {.now_ms = MONDAY_MS};

	(void)state;
	for (int day = 0; day < 8; day++) {
		assert_false(peer_is_one_way(&life.peer));
		send_to(&life, true);
		pass(&life, day == 3 ? 3 * DAY_MS : DAY_MS);
	}
	assert_true(peer_is_one_way(&life.peer));
	life.peer.got = 3;
	assert_false(peer_is_one_way(&life.peer));
	life.peer.got = 0;
	pass(&life, 5 * DAY_MS);
	send_to(&life, true);
	assert_false(peer_is_one_way(&life.peer));
}

static void
of_two_the_later_stays(void **state)
{
	struct peer one = {.last_ms = 5, .sent = 3, .got = 1, .since_day = 7};
	struct peer two = {.last_ms = 9, .sent = 4, .got = 0, .since_day = 7};
	struct peer early = one;

	(void)state;
	peer_merge(&one, &two);
	assert_int_equal(one.sent, 4);
	assert_int_equal(one.got, 1);
	early.got = 6;
	peer_merge(&one, &early);
	assert_int_equal(one.sent, 4);
	assert_int_equal(one.got, 6);
	two.last_ms = 12;
	two.since_day = 50;
	two.got = 2;
	peer_merge(&one, &two);
	assert_int_equal(one.got, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chance_is_seldom_prompt),
		cmocka_unit_test(what_follows_at_once_is_prompt),
		cmocka_unit_test(what_does_not_follow_is_not),
		cmocka_unit_test(a_retry_is_no_other_message),
		cmocka_unit_test(one_id_for_all_is_no_retry),
		cmocka_unit_test(who_writes_back_is_not_silent),
		cmocka_unit_test(old_letters_are_forgotten),
		cmocka_unit_test(check_pace),
		cmocka_unit_test(pace_is_forgotten_in_a_week),
		cmocka_unit_test(one_way_is_eight_days_of_ten),
		cmocka_unit_test(of_two_the_later_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
