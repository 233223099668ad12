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
#define MESSAGES 3000
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
	struct store_batch batch = {ops, count, rig->arena, 0};

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

static void
message(struct rig *rig)
{
	struct store_op ops[OPS_MAX];
	size_t count = 0, traces = below(rig, 4);
	struct store_batch batch = {ops, 0, NULL, 0};

	while (count < traces)
		ops[count++] = trace(rig);
	for (size_t mailboxes = 1 + below(rig, 2); mailboxes > 0; mailboxes--)
		ops[count++] = received(rig);
	batch.count = count;
	store_tell(rig->told, &batch);
	ask(rig, rig->asked, ops, count);
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

	for (int i = 0; i < MESSAGES; i++) {
		if (below(rig, 20) == 0) {
			writes(rig);
		} else {
			message(rig);
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

static struct store_op
simple_trace(const char *id)
{
	static const struct slice member = {"malice@example.com", 18};

	return (struct store_op){STORE_REMEMBER,
		{.remember = {.id = slice_of(id),
			 .members = &member,
			 .count = 1,
			 .ttl_ms = 60 * MINUTE_MS}}};
}

/* One call for a message; what one of its keys refuses, the others do not. */
static void
is_one_call(void **state)
{
	struct rig *rig = *state;
	struct store_op ops[3] = {
		simple_trace("one"), simple_trace("two"), received(rig)};
	const struct store_batch batch = {ops, 3, NULL, 0};
	struct store_health before, after;
	char out[4096] = "";

	ops[2].tally.mailbox = SLICE("alice@example.com");
	assert_true(server_cli(&server, NULL, 0, "config", "resetstat", NULL));
	store_tell(rig->told, &batch);
	settle(rig);
	assert_true(server_cli(
		&server, out, sizeof(out), "info", "commandstats", NULL));
	assert_non_null(strstr(out, "cmdstat_evalsha:calls=1,"));
	assert_true(server_cli(&server, NULL, 0, "flushall", NULL));
	assert_true(server_cli(&server, NULL, 0, "set",
		"told:box:{alice@example.com}", "x", NULL));
	store_health(rig->told, &before);
	store_tell(rig->told, &batch);
	settle(rig);
	store_health(rig->told, &after);
	assert_int_equal(after.lost, before.lost + 1);
	for (size_t i = 0; i < 2; i++) {
		struct store_op op = {STORE_RECALL,
			{.recall = {.id = ops[i].remember.id, .cap = 10}}};

		ask(rig, rig->told, &op, 1);
		assert_int_equal(op.recall.count, 1);
	}
	assert_true(server_cli(&server, out, sizeof(out), "eval",
		"return #redis.call('KEYS', 'told:trace:*')", "0", NULL));
	assert_int_equal(strtol(out, NULL, 10), 2);
}

int
main(void)
{
#define TAKE(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TAKE(is_what_the_others_leave),
		TAKE(is_one_call),
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
