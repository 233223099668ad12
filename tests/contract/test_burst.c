/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A burst: more mail is told than Redis takes, and among it are forwards that
 * wait for an answer. They get it from Redis, within the budget of a message,
 * with what their own machine told a moment before; and nothing is lost.
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
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* That of the configuration. */
#define BUDGET_MS 250
#define US_MS 1000
#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define TOLD 40000
#define TOLD_EACH 20000 /* between two that wait */
#define SESSIONS 200
#define MESSAGES 50
#define SETTLE_MS 60000

struct rig {
	struct server server;
	struct store *store;
	struct arena *arena;
};

static int
setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct store_options options;
	char uri[160];
	struct err err;

	assert_true(server_start(&rig->server, 0, NULL));
	(void)snprintf(uri, sizeof(uri), "unix:%s", rig->server.socket);
	store_options_init(&options);
	options.uri = uri;
	rig->store = store_open(&options, &err);
	assert_non_null(rig->store);
	rig->arena = arena_new(1u << 20);
	*state = rig;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *rig = *state;

	store_close(rig->store);
	server_stop(&rig->server);
	arena_free(rig->arena);
	free(rig);
	return 0;
}

/* Message number n of a session has come in. */
static void
tell_inbound(struct store *store, int session, int n)
{
	char id[40], box[48];
	struct slice member;
	struct store_op ops[2];
	const struct store_batch batch = {.ops = ops, .count = 2};

	(void)snprintf(id, sizeof(id), "%08x%08x%016x", n * 7919, session, n);
	(void)snprintf(box, sizeof(box), "mbox%d@example.com", n % 5000);
	member = slice_of("mbox@example.com");
	ops[0] = (struct store_op){STORE_REMEMBER,
		{.remember = {.id = slice_of(id),
			 .members = &member,
			 .count = 1,
			 .ttl_ms = DAY_MS}}};
	ops[1] = (struct store_op){STORE_TALLY,
		{.tally = {.mailbox = slice_of(box),
			 .what = TALLY_RECEIVED,
			 .identity = slice_of(id)}}};
	store_tell(store, &batch);
}

/* Somebody forwards it on: is its trace known? */
static enum store_result
recall(struct store *store, struct arena *arena, int session, int n,
	size_t *members)
{
	char id[40];
	struct store_op op = {STORE_RECALL, {.recall = {.cap = 8}}};
	struct store_batch batch = {.ops = &op, .count = 1, .arena = arena};
	enum store_result result;

	(void)snprintf(id, sizeof(id), "%08x%08x%016x", n * 7919, session, n);
	op.recall.id = slice_of(id);
	result = store_ask(store, &batch, BUDGET_MS);
	*members = op.recall.count;
	return result;
}

static enum store_result
note(struct store *store, struct arena *arena, int session, int n)
{
	char member[32];
	struct store_op op = {STORE_NOTE,
		{.note = {.group = SLICE("shared@example.com"),
			 .policy = SLICE("rate"),
			 .window_ms = DAY_MS,
			 .after = -1}}};
	struct store_batch batch = {.ops = &op, .count = 1, .arena = arena};

	(void)snprintf(member, sizeof(member), "%d-%d", session, n);
	op.note.member = slice_of(member);
	return store_ask(store, &batch, BUDGET_MS);
}

/* Until all that was told is in Redis. */
static void
settle(struct rig *rig, uint64_t traces)
{
	int64_t until_ms = clock_monotonic_ms() + SETTLE_MS;
	uint64_t found = 0;

	while (found != traces && clock_monotonic_ms() < until_ms) {
		char text[32] = "";

		assert_true(server_cli(&rig->server, text, sizeof(text), "eval",
			"local n = 0 for _, k in ipairs(redis.call('keys', "
			"'fw1:trace:*')) do n = n + redis.call('hlen', k) end "
			"return n",
			"0", NULL));
		found = strtoull(text, NULL, 10);
	}
	assert_int_equal(found, traces);
}

static void
an_answer_comes_through_a_flood(void **state)
{
	struct rig *rig = *state;
	struct store_health health;
	int64_t worst_us = 0;

	for (int n = 0; n < TOLD; n++) {
		int64_t began_us = clock_monotonic_us(), took_us;
		size_t members;

		tell_inbound(rig->store, 0, n);
		if (n % TOLD_EACH != TOLD_EACH - 1)
			continue;
		began_us = clock_monotonic_us();
		assert_int_equal(recall(rig->store, rig->arena, 0, n, &members),
			STORE_OK);
		assert_int_equal(members, 1);
		took_us = clock_monotonic_us() - began_us;
		worst_us = took_us > worst_us ? took_us : worst_us;
		arena_reset(rig->arena);
	}
	store_health(rig->store, &health);
	printf("# %d told at once, and every %dth waited for: worst wait "
	       "%" PRId64 " us; %" PRIu64 " wait in the journal\n",
		TOLD, TOLD_EACH, worst_us, health.journal);
	assert_int_equal(health.late, 0);
	settle(rig, TOLD);
	store_health(rig->store, &health);
	assert_int_equal(health.lost, 0);
}

struct session {
	struct rig *rig;
	pthread_t thread;
	int number;
	int64_t waits_us[2 * MESSAGES];
	size_t waits;
	int unanswered, unknown;
};

static void
forward(struct session *session, struct arena *arena, int n)
{
	struct store *store = session->rig->store;
	int64_t began_us = clock_monotonic_us();
	size_t members;

	session->unanswered +=
		recall(store, arena, session->number, n, &members) != STORE_OK;
	session->unknown += members != 1;
	session->waits_us[session->waits++] = clock_monotonic_us() - began_us;
	began_us = clock_monotonic_us();
	session->unanswered +=
		note(store, arena, session->number, n) != STORE_OK;
	session->waits_us[session->waits++] = clock_monotonic_us() - began_us;
	arena_reset(arena);
}

/* Nine in ten come in, and one of them goes out again. */
static void *
run_session(void *arg)
{
	struct session *session = arg;
	struct arena *arena = arena_new(1 << 20);

	for (int n = 0; n < MESSAGES; n++) {
		tell_inbound(session->rig->store, session->number, n);
		if ((n + session->number) % 10 == 0)
			forward(session, arena, n);
	}
	arena_free(arena);
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;

	return one < two ? -1 : one > two;
}

static void
two_hundred_sessions_are_answered(void **state)
{
	struct rig *rig = *state;
	struct session *sessions = calloc(SESSIONS, sizeof(*sessions));
	int64_t *all = calloc(SESSIONS, 2 * MESSAGES * sizeof(*all));
	struct store_health health;
	size_t count = 0;
	int unanswered = 0, unknown = 0;

	for (int i = 0; i < SESSIONS; i++) {
		sessions[i].rig = rig;
		sessions[i].number = i + 1;
		assert_int_equal(pthread_create(&sessions[i].thread, NULL,
					 run_session, &sessions[i]),
			0);
	}
	for (int i = 0; i < SESSIONS; i++) {
		pthread_join(sessions[i].thread, NULL);
		memcpy(all + count, sessions[i].waits_us,
			sessions[i].waits * sizeof(*all));
		count += sessions[i].waits;
		unanswered += sessions[i].unanswered;
		unknown += sessions[i].unknown;
	}
	qsort(all, count, sizeof(*all), compare);
	store_health(rig->store, &health);
	printf("# %d sessions, %d told, %zu waited for: p50 %" PRId64
	       ", p99 %" PRId64 ", worst %" PRId64 " us; without an answer %d, "
	       "in the journal %" PRIu64 "\n",
		SESSIONS, SESSIONS * MESSAGES, count, all[count / 2],
		all[count * 99 / 100], all[count - 1], unanswered,
		health.journal);
	assert_int_equal(unanswered, 0);
	assert_int_equal(unknown, 0);
	settle(rig, SESSIONS * MESSAGES);
	free(sessions);
	free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_answer_comes_through_a_flood, setup, teardown),
		cmocka_unit_test_setup_teardown(
			two_hundred_sessions_are_answered, setup, teardown),
	};

	if (!server_available())
		return server_skip();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
