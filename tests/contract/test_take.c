/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail that came in has a script of its own (take.lua), which must leave what
 * the others would: here two stores get the same messages, one is told them,
 * the other asked, and all that Redis holds of both is compared, byte for byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../unit/store_settings.h"
#include "server.h"

#include "base/arena.h"
#include "base/clock.h"
#include "store/store_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_MS ((int64_t)1790000000000)
#define MINUTE_MS ((int64_t)60000)
#define BUDGET_MS 5000
#define BURSTS 300
#define BURST_MAX 40
#define IDS 40
#define MAILBOXES 6
#define AUTHORS 4
#define OPS_MAX 6
#define MEMBERS_MAX 40

static struct server server;
static struct clock_fake now;

struct rig {
	struct store *told, *asked;
	struct arena *arena;
	uint64_t random;
};

static struct store *
open_store(const char *prefix)
{
	struct store_options options;
	char uri[160];
	struct store *store;
	struct err err = {0};

	snprintf(uri, sizeof(uri), "unix:%s", server.socket);
	store_options_init(&options);
	options.uri = uri;
	options.prefix = prefix;
	options.clock = clock_fake(&now);
	options.clock_rules = true;
	store = store_open(&options, &err);
	if (store == NULL)
		fail_msg("%s", err.text);
	return store;
}

static int
setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	now.now_ms = START_MS;
	assert_true(server_cli(&server, NULL, 0, "flushall", NULL));
	rig->arena = arena_new(8 << 20);
	rig->told = open_store("told");
	rig->asked = open_store("asked");
	rig->random = 1;
	*state = rig;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *rig = *state;

	store_close(rig->told);
	store_close(rig->asked);
	arena_free(rig->arena);
	free(rig);
	return 0;
}

static unsigned
below(struct rig *rig, unsigned bound)
{
	rig->random = rig->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(rig->random >> 33) % bound;
}

static struct slice
name(struct rig *rig, const char *before, unsigned bound, const char *after)
{
	char text[64];

	snprintf(
		text, sizeof(text), "%s%u%s", before, below(rig, bound), after);
	return arena_copy(rig->arena, slice_of(text));
}

/* Few members, or more than a listpack's value has room for, and than a
 * trace. */
static struct store_op
trace(struct rig *rig)
{
	static const char *const formats[][2] = {{"m", "@example.com"},
		{"P@domain", ".example"}, {"Iclient-", ""}, {"B@", ""},
		{"X", ""}};
	unsigned count = below(rig, 8) == 0 ? MEMBERS_MAX : 1 + below(rig, 3);
	struct slice *members =
		arena_array(rig->arena, count, sizeof(*members));

	for (unsigned i = 0; i < count; i++) {
		const char *const *parts = formats[below(rig, i > 0 ? 5 : 4)];

		members[i] = name(rig, parts[0], 1000, parts[1]);
	}
	return (struct store_op){STORE_REMEMBER,
		{.remember = {.id = name(rig, "id ", IDS, ""),
			 .members = members,
			 .count = count,
			 .ttl_ms = (1 + below(rig, 3)) * 60 * MINUTE_MS,
			 .anew = below(rig, 4) == 0}}};
}

static struct store_op
received(struct rig *rig)
{
	unsigned count = below(rig, 3);
	struct slice *authors = arena_array(rig->arena, 3, sizeof(*authors));

	for (unsigned i = 0; i < count; i++)
		authors[i] = name(rig, "peer", AUTHORS, "@partner.example");
	return (struct store_op){STORE_TALLY,
		{.tally = {
			 .mailbox = name(rig, "box", MAILBOXES, "@example.com"),
			 .what = TALLY_RECEIVED,
			 .keyword = below(rig, 4) == 0,
			 .identity = name(rig, "identity ", 500, ""),
			 .authors = authors,
			 .author_count = count}}};
}

static void
ask(struct rig *rig, struct store *store, struct store_op *ops, size_t count)
{
	struct store_batch batch = {
		.ops = ops, .count = count, .arena = rig->arena};

	assert_int_equal(store_ask(store, &batch, BUDGET_MS), STORE_OK);
}

/* What was told before is there when a person's question has its answer. */
static void
settle(struct rig *rig)
{
	struct store_query any = {
		.kind = STORE_MAILBOX, .about = SLICE("none")};
	struct err err;

	assert_true(store_query(rig->told, rig->arena, &any, &err));
}

/* To both, asked: what makes a mailbox a person's, and keeps its peers. */
static void
writes(struct rig *rig)
{
	struct slice mailbox = name(rig, "box", MAILBOXES, "@example.com");
	struct store_op ops[3] = {
		{STORE_TALLY,
			{.tally = {.mailbox = mailbox, .what = TALLY_PERSON}}},
		{STORE_PEER,
			{.peer = {.mailbox = mailbox,
				 .destination = name(rig, "peer", AUTHORS,
					 "@partner.example"),
				 .peer = {.sent = 1,
					 .last_ms = now.now_ms,
					 .first_day = 1}}}},
		{STORE_TALLY,
			{.tally = {.mailbox = mailbox,
				 .destination = SLICE("drop@evil.example"),
				 .what = TALLY_FORWARDED,
				 .identity = name(rig, "out ", 1000, "")}}},
	};
	size_t count = 1 + below(rig, 3);

	settle(rig);
	ask(rig, rig->told, ops, count);
	ask(rig, rig->asked, ops, count);
}

struct message {
	struct store_op ops[OPS_MAX];
	size_t count;
};

static void
make_message(struct rig *rig, struct message *message)
{
	size_t traces = below(rig, 4);

	message->count = 0;
	while (message->count < traces)
		message->ops[message->count++] = trace(rig);
	for (size_t boxes = 1 + below(rig, 2); boxes > 0; boxes--)
		message->ops[message->count++] = received(rig);
}

static void
tell(struct rig *rig, const struct message *message)
{
	const struct store_batch batch = {
		.ops = (struct store_op *)message->ops,
		.count = message->count};

	store_tell(rig->told, &batch);
}

/* Told next to each other, so that several are one call. */
static void
burst(struct rig *rig)
{
	static struct message messages[BURST_MAX];
	unsigned count = 1 + below(rig, BURST_MAX);

	for (unsigned i = 0; i < count; i++) {
		make_message(rig, &messages[i]);
		tell(rig, &messages[i]);
	}
	for (unsigned i = 0; i < count; i++)
		ask(rig, rig->asked, messages[i].ops, messages[i].count);
}

/* Says "same N", or the first key that differs. */
#define COMPARE                                                            \
	"local keys, n = redis.call('KEYS', '*'), 0 "                      \
	"for _, key in ipairs(keys) do "                                   \
	"  local rest = string.match(key, '^told(:.*)$') or "              \
	"    string.match(key, '^asked(:.*)$') "                           \
	"  if rest and rest ~= ':probe' then "                             \
	"    local t, a = 'told' .. rest, 'asked' .. rest "                \
	"    local apart = redis.call('PTTL', t) - redis.call('PTTL', a) " \
	"    if redis.call('EXISTS', t, a) ~= 2 or "                       \
	"      redis.call('DUMP', t) ~= redis.call('DUMP', a) or "         \
	"      apart > 60000 or apart < -60000 then return key end "       \
	"    n = n + 1 "                                                   \
	"  end "                                                           \
	"end return 'same ' .. n"

static void
is_what_the_others_leave(void **state)
{
	struct rig *rig = *state;
	char out[256] = "";
	unsigned keys = 0;

	for (int i = 0; i < BURSTS; i++) {
		if (below(rig, 20) == 0) {
			writes(rig);
		} else {
			burst(rig);
		}
		if (below(rig, 10) == 0)
			now.now_ms += below(rig, 100) * MINUTE_MS;
		arena_reset(rig->arena);
	}
	settle(rig);
	assert_true(server_cli(
		&server, out, sizeof(out), "eval", COMPARE, "0", NULL));
	if (sscanf(out, "same %u", &keys) != 1 || keys < 2 * IDS)
		fail_msg("%s", out);
}

static long
calls(void)
{
	char out[4096] = "";
	const char *found;

	assert_true(server_cli(
		&server, out, sizeof(out), "info", "commandstats", NULL));
	found = strstr(out, "cmdstat_evalsha:calls=");
	return found != NULL
		? strtol(found + strlen("cmdstat_evalsha:calls="), NULL, 10)
		: 0;
}

static void
simple_message(struct rig *rig, unsigned number, struct message *message)
{
	struct slice *member = arena_alloc(rig->arena, sizeof(*member));
	char text[64];

	*member = SLICE("malice@example.com");
	for (message->count = 0; message->count < 2; message->count++) {
		snprintf(text, sizeof(text), "%u/%zu", number, message->count);
		message->ops[message->count] = (struct store_op){STORE_REMEMBER,
			{.remember = {
				 .id = arena_copy(rig->arena, slice_of(text)),
				 .members = member,
				 .count = 1,
				 .ttl_ms = 60 * MINUTE_MS}}};
	}
	snprintf(text, sizeof(text), "number%u@example.com", number);
	message->ops[message->count] = received(rig);
	message->ops[message->count++].tally.mailbox =
		arena_copy(rig->arena, slice_of(text));
}

/* Gives back how many calls it took. */
static long
tell_all(struct rig *rig, struct message *messages, unsigned count)
{
	assert_true(server_cli(&server, NULL, 0, "config", "resetstat", NULL));
	for (unsigned i = 0; i < count; i++)
		tell(rig, &messages[i]);
	settle(rig);
	return calls();
}

static long
traces(void)
{
	char out[64] = "";

	assert_true(server_cli(&server, out, sizeof(out), "eval",
		"local n = 0 "
		"for _, key in ipairs(redis.call('KEYS', 'told:trace:*')) do "
		"  n = n + redis.call('HLEN', key) end return n",
		"0", NULL));
	return strtol(out, NULL, 10);
}

static long
received_by(unsigned number)
{
	char key[64], out[64] = "";

	snprintf(key, sizeof(key), "told:box:{number%u@example.com}", number);
	(void)server_cli(
		&server, out, sizeof(out), "hget", key, "received", NULL);
	return strtol(out, NULL, 10);
}

/* A message is one call, and several are, of a burst. */
static void
is_one_call(void **state)
{
	struct rig *rig = *state;
	static struct message messages[BURST_MAX];

	for (unsigned i = 0; i < BURST_MAX; i++)
		simple_message(rig, i, &messages[i]);
	assert_int_equal(tell_all(rig, messages, 1), 1);
	assert_int_equal(traces(), 2);
	assert_in_range(tell_all(rig, messages, BURST_MAX), 1, BURST_MAX / 2);
	assert_int_equal(traces(), 2 * BURST_MAX);
}

/* What one key refuses the others do not, whatever went with it. */
static void
is_refused_alone(void **state)
{
	struct rig *rig = *state;
	static struct message messages[BURST_MAX];
	struct store_health before, after;

	for (unsigned i = 0; i < BURST_MAX; i++)
		simple_message(rig, i, &messages[i]);
	assert_true(server_cli(&server, NULL, 0, "set",
		"told:box:{number7@example.com}", "x", NULL));
	store_health(rig->told, &before);
	(void)tell_all(rig, messages, BURST_MAX);
	store_health(rig->told, &after);
	assert_true(after.up);
	assert_int_equal(after.lost, before.lost + 1);
	assert_int_equal(traces(), 2 * BURST_MAX);
	for (unsigned i = 0; i < BURST_MAX; i++)
		assert_int_equal(received_by(i), i != 7);
}

/* Their texts go along then, and each is counted once. */
static void
is_known_again(void **state)
{
	struct rig *rig = *state;
	static struct message messages[BURST_MAX];

	for (unsigned i = 0; i < BURST_MAX; i++)
		simple_message(rig, i, &messages[i]);
	assert_true(server_cli(&server, NULL, 0, "script", "flush", NULL));
	(void)tell_all(rig, messages, BURST_MAX);
	assert_int_equal(traces(), 2 * BURST_MAX);
	assert_true(server_cli(&server, NULL, 0, "script", "flush", NULL));
	(void)tell_all(rig, messages, BURST_MAX);
	assert_int_equal(traces(), 2 * BURST_MAX);
	for (unsigned i = 0; i < BURST_MAX; i++)
		assert_int_equal(received_by(i), 1);
}

int
main(void)
{
#define TAKE(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TAKE(is_what_the_others_leave),
		TAKE(is_one_call),
		TAKE(is_refused_alone),
		TAKE(is_known_again),
	};
	int failed = 1;

	if (!server_available())
		return server_skip();
	if (server_start(&server, 0, NULL)) {
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	} else {
		printf("Bail out! redis-server does not start\n");
	}
	server_stop(&server);
	return failed;
}
