/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Three daemons on one Redis, two of them with wrong clocks: windows, routes
 * and containments go by the time of Redis.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../unit/store_settings.h"
#include "base/arena.h"
#include "server.h"
#include "store/store_open.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAEMONS 3
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define BUDGET_MS 5000
#define NOTES 40
/* What the tests may take. */
#define SLACK_MS 20000

static const int64_t wrong_by_ms[DAEMONS] = {
	0, 90 * MINUTE_MS, -90 * MINUTE_MS};

struct house {
	struct server server;
	struct arena *arena;
	struct {
		int64_t wrong_by_ms;
		struct store *store;
	} daemons[DAEMONS];
};

static int64_t
read_wrong(const void *ctx)
{
	return clock_now_ms(clock_real()) + *(const int64_t *)ctx;
}

static int
setup(void **state)
{
	struct house *house = calloc(1, sizeof(*house));
	struct store_options options;
	char uri[160];
	struct err err;

	assert_true(server_start(&house->server, 0, NULL));
	house->arena = arena_new(1u << 20);
	(void)snprintf(uri, sizeof(uri), "unix:%s", house->server.socket);
	store_options_init(&options);
	options.uri = uri;
	for (size_t i = 0; i < DAEMONS; i++) {
		house->daemons[i].wrong_by_ms = wrong_by_ms[i];
		options.clock = (struct clock){
			read_wrong, &house->daemons[i].wrong_by_ms};
		house->daemons[i].store = store_open(&options, &err);
		assert_non_null(house->daemons[i].store);
	}
	*state = house;
	return 0;
}

static int
teardown(void **state)
{
	struct house *house = *state;

	for (size_t i = 0; i < DAEMONS; i++)
		store_close(house->daemons[i].store);
	server_stop(&house->server);
	arena_free(house->arena);
	free(house);
	return 0;
}

static void
ask(struct house *house, size_t daemon, struct store_op *op, int64_t at_ms)
{
	struct store_batch batch = {
		.ops = op, .count = 1, .arena = house->arena, .at_ms = at_ms};

	assert_int_equal(
		store_ask(house->daemons[daemon].store, &batch, BUDGET_MS),
		STORE_OK);
}

static struct store_op
note(const char *member)
{
	struct store_op op = {
		.verb = STORE_NOTE,
		.note = {.group = SLICE("alice@example.com"),
			.policy = SLICE("rate"),
			.member = slice_of(member),
			.window_ms = HOUR_MS,
			.after = -1},
	};

	return op;
}

static int64_t
number(struct house *house, const char *command, const char *key,
	const char *word)
{
	char text[64] = "";

	assert_true(server_cli(
		&house->server, text, sizeof(text), command, key, word, NULL));
	return atoll(text);
}

static void
check_near(int64_t at_ms, int64_t expected_ms)
{
	if (at_ms < expected_ms - SLACK_MS || at_ms > expected_ms + SLACK_MS) {
		fail_msg("%lld and not about %lld", (long long)at_ms,
			(long long)expected_ms);
	}
}

static void
no_window_is_emptied_by_a_wrong_clock(void **state)
{
	struct house *house = *state;

	for (int i = 0; i < NOTES; i++) {
		char member[16];
		struct store_op op;

		(void)snprintf(member, sizeof(member), "m%d", i);
		op = note(member);
		ask(house, (size_t)i % DAEMONS, &op, 0);
		assert_int_equal(op.note.count, i + 1);
	}
}

static void
what_is_replayed_is_of_its_own_time(void **state)
{
	const char *key = "fw1:win:{alice@example.com}:rate";
	struct house *house = *state;

	for (size_t i = 0; i < DAEMONS; i++) {
		int64_t real_ms = clock_now_ms(clock_real());
		struct store_op late = note("late"), old = note("old");

		ask(house, i, &late, real_ms + wrong_by_ms[i] - 20 * MINUTE_MS);
		check_near(number(house, "zscore", key, "late"),
			real_ms - 20 * MINUTE_MS);
		/* Its clock has been set back since. */
		ask(house, i, &old, real_ms + wrong_by_ms[i] + HOUR_MS);
		check_near(number(house, "zscore", key, "old"), real_ms);
		assert_true(
			server_cli(&house->server, NULL, 0, "del", key, NULL));
	}
}

static void
routes_are_of_the_stores_time(void **state)
{
	struct house *house = *state;

	for (size_t i = 0; i < DAEMONS; i++) {
		int64_t real_ms = clock_now_ms(clock_real()), first, last;
		char mailbox[32], key[64], text[64];
		struct store_op op = {
			.verb = STORE_TALLY,
			.tally = {.destination = SLICE("drop@evil.example"),
				.what = TALLY_FORWARDED},
		};

		(void)snprintf(mailbox, sizeof(mailbox), "b%zu@example.com", i);
		(void)snprintf(key, sizeof(key), "fw1:route:{%s}", mailbox);
		op.tally.mailbox = slice_of(mailbox);
		ask(house, i, &op, 0);
		assert_true(server_cli(&house->server, text, sizeof(text),
			"hget", key, "drop@evil.example", NULL));
		assert_int_equal(
			sscanf(text, "%" SCNd64 " %" SCNd64, &first, &last), 2);
		check_near(first, real_ms);
		check_near(last, real_ms);
		check_near(number(house, "zscore",
				   "fw1:dest:{drop@evil.example}", mailbox),
			real_ms);
	}
}

static void
contained_by_one_is_contained_for_all(void **state)
{
	struct house *house = *state;
	struct store_query order = {
		.kind = STORE_ORDER,
		.about = SLICE("contain|mallory@example.com"),
		.containment = {.by = SLICE("secops"), .why = SLICE("test")},
	};
	struct err err;

	for (size_t i = 0; i < DAEMONS; i++) {
		order.containment.until_ms = clock_now_ms(clock_real()) +
			wrong_by_ms[i] + 10 * MINUTE_MS;
		assert_true(store_query(
			house->daemons[i].store, house->arena, &order, &err));
		for (size_t k = 0; k < DAEMONS; k++) {
			struct store_containment word;

			while (!store_ordered(house->daemons[k].store,
				house->arena, order.about, &word))
				(void)usleep(10000);
		}
		arena_reset(house->arena);
	}
}

/* What was a moment ago was that by every clock: a delay is one. */
static void
answers_are_in_the_time_of_who_asks(void **state)
{
	struct house *house = *state;
	const struct slice members[1] = {SLICE("malice@example.com")};
	struct store_op remember = {STORE_REMEMBER,
		{.remember = {SLICE("0123456789abcdef"), members, 1, HOUR_MS}}};
	struct store_op tally = {STORE_TALLY,
		{.tally = {.mailbox = SLICE("alice@example.com"),
			 .destination = SLICE("drop@evil.example"),
			 .what = TALLY_FORWARDED}}};

	ask(house, 0, &remember, 0);
	ask(house, 0, &tally, 0);
	for (size_t i = 0; i < DAEMONS; i++) {
		int64_t now_ms = clock_now_ms(clock_real()) + wrong_by_ms[i];
		struct store_op recall = {STORE_RECALL,
			{.recall = {.id = remember.remember.id, .cap = 9}}};
		struct store_op facts = {STORE_FACTS,
			{.facts = {.mailbox = tally.tally.mailbox,
				 .destination = tally.tally.destination}}};
		struct store_health health;

		store_health(house->daemons[i].store, &health);
		check_near(health.ahead_ms, -wrong_by_ms[i]);
		ask(house, i, &recall, 0);
		assert_int_equal(recall.recall.count, 1);
		check_near(recall.recall.members[0].at_ms, now_ms);
		ask(house, i, &facts, 0);
		check_near(facts.facts.route_first_ms, now_ms);
		check_near(facts.facts.route_last_ms, now_ms);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			no_window_is_emptied_by_a_wrong_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_replayed_is_of_its_own_time, setup, teardown),
		cmocka_unit_test_setup_teardown(
			routes_are_of_the_stores_time, setup, teardown),
		cmocka_unit_test_setup_teardown(
			answers_are_in_the_time_of_who_asks, setup, teardown),
		cmocka_unit_test_setup_teardown(
			contained_by_one_is_contained_for_all, setup, teardown),
	};

	if (!server_available())
		return server_skip();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
