/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Redis holds, and how little that is: traces share listpacks, marks of
 * what was counted are bounded by time, and neither loses anything by it. One
 * store writes and another, whose memory is empty, reads: all answers are
 * Redis' own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../unit/store_settings.h"
#include "query.h"
#include "server.h"

#include "base/arena.h"
#include "base/clock.h"
#include "store/store_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define START_MS ((int64_t)1790000000000)
#define HOUR_MS ((int64_t)3600000)
#define DAY_MS (24 * HOUR_MS)
#define BUDGET_MS 5000
#define ID_MAX 40

static struct server server;
static struct clock_fake now;

struct rig {
	struct store *writer, *reader;
	struct arena *arena;
	char uri[160];
};

static struct store *
open_store(const struct rig *rig)
{
	struct store_options options;
	struct store *store;
	struct err err = {0};

	store_options_init(&options);
	options.uri = rig->uri;
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
	snprintf(rig->uri, sizeof(rig->uri), "unix:%s", server.socket);
	rig->arena = arena_new(8 << 20);
	rig->writer = open_store(rig);
	rig->reader = open_store(rig);
	*state = rig;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *rig = *state;

	store_close(rig->writer);
	store_close(rig->reader);
	arena_free(rig->arena);
	free(rig);
	return 0;
}

static void
run(struct rig *rig, struct store *store, struct store_op *op)
{
	struct store_batch batch = {.ops = op, .count = 1, .arena = rig->arena};

	assert_int_equal(store_ask(store, &batch, BUDGET_MS), STORE_OK);
}

static void
remember(struct rig *rig, const char *id, const struct slice *members,
	size_t count)
{
	struct store_op op = {STORE_REMEMBER,
		{.remember = {.id = slice_of(id),
			 .members = members,
			 .count = count,
			 .ttl_ms = HOUR_MS}}};

	run(rig, rig->writer, &op);
}

static void
remember_one(struct rig *rig, const char *id, const char *member)
{
	struct slice name = slice_of(member);

	remember(rig, id, &name, 1);
}

static struct store_recall
recall(struct rig *rig, const char *id)
{
	struct store_op op = {
		STORE_RECALL, {.recall = {.id = slice_of(id), .cap = 100}}};

	run(rig, rig->reader, &op);
	return op.recall;
}

static long
number(const char *verb, const char *key)
{
	char out[64] = "";

	assert_true(server_cli(&server, out, sizeof(out), verb, key, NULL));
	return strtol(out, NULL, 10);
}

/* An id of the hash 1f3a. */
static const char *
id_of(char out[ID_MAX], int i)
{
	snprintf(out, ID_MAX, "1f3a%08x%020d", (unsigned)i * 2654435761u, i);
	return out;
}

#define BUCKET "fw1:trace:{1f3a}"

static void
is_in_one_piece(void)
{
	char out[32] = "";

	assert_true(server_cli(
		&server, out, sizeof(out), "object", "encoding", BUCKET, NULL));
	assert_true(strncmp(out, "listpack", 8) == 0 ||
		strncmp(out, "ziplist", 7) == 0);
}

static void
traces_share_a_listpack(void **state)
{
	struct rig *rig = *state;
	char id[ID_MAX], name[48];

	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "muser%d@example.com", i);
		remember_one(rig, id_of(id, i), name);
	}
	assert_int_equal(number("hlen", BUCKET), 300);
	is_in_one_piece();
	for (int i = 0; i < 300; i += 37) {
		struct store_recall answer = recall(rig, id_of(id, i));

		snprintf(name, sizeof(name), "muser%d@example.com", i);
		assert_int_equal(answer.count, 1);
		assert_true(
			slice_equal(answer.members[0].name, slice_of(name)));
	}
	assert_int_equal(recall(rig, id_of(id, 300)).count, 0);
}

/* More than a listpack takes in one piece: to many, and later to few. */
static void
long_traces_go_on(void **state)
{
	struct rig *rig = *state;
	struct slice members[40];
	char names[40][64], id[ID_MAX];
	struct store_op anew = {STORE_REMEMBER,
		{.remember = {.members = members,
			 .count = 1,
			 .ttl_ms = HOUR_MS,
			 .anew = true}}};
	struct store_recall answer;

	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]),
			"m%d.with.a.name.of.some.length@example.com", i);
		members[i] = slice_of(names[i]);
	}
	remember(rig, id_of(id, 1), members, 40);
	remember_one(rig, id, "mthe.last@example.com");
	answer = recall(rig, id);
	assert_int_equal(answer.count, 41);
	for (int i = 0; i < 40; i++) {
		assert_true(slice_equal(
			answer.members[40 - i].name, slice_of(names[i])));
	}
	is_in_one_piece();
	anew.remember.id = slice_of(id);
	run(rig, rig->writer, &anew);
	assert_int_equal(recall(rig, id).count, 1);
	assert_int_equal(number("hlen", BUCKET), 1);
}

/* Every shape that is packed, and what only looks like it. */
static void
names_come_back_as_they_were(void **state)
{
	static const char *const names[] = {"B@3c1f0a5be2d94786",
		"B@3C1F0A5BE2D94786", "B@3c1f0a5be2d9478", "B3c1f0a5be2d94786",
		"mh:0123456789abcdef0123456789abcdef",
		"mh:0123456789abcdef0123456789abcdeF",
		"mh:0123456789abcdef0123456789abcde",
		"t0123456789abcdef0123456789abcdef", "I@192.0.2.1",
		"I@192.0.2.01", "I@192.0.2", "I192.0.2.1", "I@2001:db8::1",
		"I@2001:DB8::1", "I@2001:db8:0::1", "I@::ffff:192.0.2.1", "m",
		"m@", "mh:", "Llogin", "m\xc3\xa9\x01@example.com"};
	const size_t count = sizeof(names) / sizeof(names[0]);
	struct rig *rig = *state;
	static char longest[700];
	struct slice members[2 + sizeof(names) / sizeof(names[0])];
	struct store_recall answer;

	memset(longest, 'm', sizeof(longest));
	for (size_t i = 0; i < count; i++)
		members[i] = slice_of(names[i]);
	members[count] = (struct slice){longest, 248};
	members[count + 1] = (struct slice){longest, sizeof(longest)};
	remember(rig, "id", members, count + 2);
	answer = recall(rig, "id");
	assert_int_equal(answer.count, count + 2);
	for (size_t i = 0; i < answer.count; i++) {
		assert_true(slice_equal(
			answer.members[i].name, members[answer.count - 1 - i]));
		assert_int_equal(answer.members[i].at_ms, START_MS);
	}
}

/* Nobody has to come by for a trace to be over, and those that do come clear
 * away what is. */
static void
traces_that_are_over_go(void **state)
{
	struct rig *rig = *state;
	char id[ID_MAX], out[16] = "";

	for (int i = 0; i < 200; i++)
		remember_one(rig, id_of(id, i), "malice@example.com");
	now.now_ms += HOUR_MS + 1000;
	assert_int_equal(recall(rig, id_of(id, 0)).count, 0);
	/* Redis' own time goes on less quickly. */
	assert_true(server_cli(
		&server, out, sizeof(out), "pexpire", BUCKET, "3599000", NULL));
	for (int i = 200; i < 400; i++)
		remember_one(rig, id_of(id, i), "malice@example.com");
	assert_int_equal(number("hlen", BUCKET), 200);
	assert_int_equal(recall(rig, id_of(id, 399)).count, 1);
	assert_in_range(
		number("pttl", BUCKET), HOUR_MS - 60000, HOUR_MS * 5 / 4);
}

/* What comes again keeps it alive, as a whole. */
static void
a_trace_lives_on(void **state)
{
	struct rig *rig = *state;

	remember_one(rig, "id", "P@bob");
	now.now_ms += HOUR_MS / 2;
	remember_one(rig, "id", "malice@example.com");
	now.now_ms += HOUR_MS / 2 + 60000;
	assert_int_equal(recall(rig, "id").count, 2);
	now.now_ms += HOUR_MS / 2;
	assert_int_equal(recall(rig, "id").count, 0);
}

/* From all traces, however long that takes. */
static uint64_t
forget(struct rig *rig, const char *about)
{
	struct store_query order = {
		.kind = STORE_FORGET, .about = slice_of(about)};
	struct timespec wait = {0, 1000000};
	struct store_health health = {0};
	struct err err;

	if (!store_query(rig->reader, rig->arena, &order, &err))
		fail_msg("%s", err.text);
	for (store_health(rig->reader, &health); health.wiping > 0;
		store_health(rig->reader, &health))
		nanosleep(&wait, NULL);
	return order.answer.more_to_wipe ? 0 : order.answer.wiped;
}

static void
a_long_trace_forgets(void **state)
{
	struct rig *rig = *state;
	struct slice members[30];
	char names[30][64], id[ID_MAX];
	struct store_recall answer;
	uint64_t wiped;

	for (int i = 0; i < 30; i++) {
		snprintf(names[i], sizeof(names[i]), "muser%d@example.com", i);
		members[i] = slice_of(names[i]);
	}
	remember(rig, id_of(id, 1), members, 30);
	remember_one(rig, id_of(id, 2), "cuser17@example.com");
	remember_one(rig, id_of(id, 3), "Luser17@example.com");
	remember_one(rig, id_of(id, 3), "muser170@example.com");
	remember_one(rig, id_of(id, 4), "muser1@example.com");
	wiped = forget(rig, "user17@example.com");
	assert_true(wiped == 3 || wiped == 0);
	answer = recall(rig, id_of(id, 1));
	assert_int_equal(answer.count, 29);
	for (size_t i = 0; i < answer.count; i++) {
		assert_false(slice_equal(
			answer.members[i].name, slice_of(names[17])));
	}
	assert_int_equal(recall(rig, id_of(id, 2)).count, 0);
	assert_int_equal(recall(rig, id_of(id, 3)).count, 1);
	assert_int_equal(recall(rig, id_of(id, 4)).count, 1);
}

/* A name that is kept private is shorter in a trace than it reads. */
static void
a_private_name_is_forgotten(void **state)
{
	struct rig *rig = *state;
	char id[ID_MAX];
	uint64_t wiped;

	remember_one(rig, id_of(id, 1), "mh:0123456789abcdef0123456789abcdef");
	remember_one(rig, id, "mh:ffffffffffffffffffffffffffffffff");
	remember_one(rig, id_of(id, 2), "Lh:0123456789abcdef0123456789abcdef");
	wiped = forget(rig, "h:0123456789abcdef0123456789abcdef");
	assert_true(wiped == 2 || wiped == 0);
	assert_int_equal(recall(rig, id_of(id, 1)).count, 1);
	assert_int_equal(recall(rig, id_of(id, 2)).count, 0);
}

/* Nobody waits until half a million of traces are looked through. */
static void
what_takes_long_goes_on(void **state)
{
	static const char fill[] =
		"for i = 0, 65535 do local all = {} for n = 1, 8 do "
		"all[2 * n - 1] = string.format('%08d', n) "
		"all[2 * n] = '\255\255\255\2550123456789' end "
		"redis.call('HSET', string.format('fw1:trace:{%04x}', i), "
		"unpack(all)) end return 1";
	struct rig *rig = *state;
	struct store_query order = {
		.kind = STORE_FORGET, .about = SLICE("alice@example.com")};
	struct err err;
	char out[16] = "";

	remember_one(
		rig, "ffff5678901234567890123456789012", "malice@example.com");
	assert_true(
		server_cli(&server, out, sizeof(out), "eval", fill, "0", NULL));
	assert_true(store_query(rig->reader, rig->arena, &order, &err));
	assert_true(order.answer.more_to_wipe);
	assert_int_equal(
		recall(rig, "ffff5678901234567890123456789012").count, 1);
	(void)forget(rig, "bob@example.com");
	assert_int_equal(
		recall(rig, "ffff5678901234567890123456789012").count, 0);
}

/* A peer, and since when there are any. */
static void
has_fields(int expected)
{
	char out[16] = "";

	assert_true(server_cli(&server, out, sizeof(out), "hlen",
		"fw1:peers:{alice@example.com}", NULL));
	assert_int_equal(atoi(out), expected);
}

/* No key tells of one outside who writes to him: all of them are looked
 * through, and of half a million nobody waits for that either. */
static void
whom_others_write_to_goes_on(void **state)
{
	static const char fill[] =
		"for i = 1, 100 do local all = {} for n = 1, 500 do "
		"all[2 * n - 1] = 'fw1:fill:' .. ARGV[1] .. ':' .. i .. ':' .. "
		"n all[2 * n] = '' end redis.call('MSET', unpack(all)) end "
		"return 1";
	struct rig *rig = *state;
	struct store_op op = {STORE_PEER,
		{.peer = {.mailbox = SLICE("alice@example.com"),
			 .destination = SLICE("drop@evil.example"),
			 .peer = {.sent = 3, .last_ms = 1}}}};
	char out[16] = "";

	run(rig, rig->writer, &op);
	has_fields(2);
	assert_int_equal(forget(rig, "other@evil.example"), 0);
	has_fields(2);
	(void)forget(rig, "drop@evil.example");
	has_fields(1);
	run(rig, rig->writer, &op);
	/* Not all at once, which others would take for a server that hangs. */
	for (char part[] = "a"; part[0] <= 'l'; part[0]++) {
		assert_true(server_cli(&server, out, sizeof(out), "eval", fill,
			"0", part, NULL));
	}
	assert_int_equal(forget(rig, "drop@evil.example"), 0);
	has_fields(1);
}

static uint64_t
count(struct rig *rig, const char *identity)
{
	struct store_op op = {STORE_TALLY,
		{.tally = {.mailbox = SLICE("alice@example.com"),
			 .what = TALLY_RECEIVED,
			 .identity = slice_of(identity)}}};
	struct store_query about = {
		.kind = STORE_MAILBOX, .about = SLICE("alice@example.com")};

	run(rig, rig->writer, &op);
	return query(rig->reader, rig->arena, about)
		.mailboxes.at[0]
		.tally[TALLY_RECEIVED];
}

#define ONCE "fw1:once:{alice@example.com}"

/* Twenty a day for three years. */
static void
marks_are_of_two_days(void **state)
{
	struct rig *rig = *state;
	char identity[32];

	for (int day = 0; day < 3 * 365; day++) {
		for (int i = 0; i < 20; i++) {
			struct store_op op = {STORE_TALLY,
				{.tally = {
					 .mailbox = SLICE("alice@example.com"),
					 .what = TALLY_TAGGED}}};

			snprintf(identity, sizeof(identity), "%d/%d", day, i);
			op.tally.identity = slice_of(identity);
			run(rig, rig->writer, &op);
			arena_reset(rig->arena);
		}
		now.now_ms += DAY_MS;
	}
	assert_in_range(number("strlen", ONCE), 20 * 8, 7 + 2 * 21 * 8);
}

static void
a_mark_lives_a_day(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(count(rig, "a"), 1);
	now.now_ms += DAY_MS - 1000;
	assert_int_equal(count(rig, "b"), 2);
	now.now_ms += 2000;
	assert_int_equal(count(rig, "c"), 3);
	now.now_ms += DAY_MS - 4000;
	assert_int_equal(count(rig, "b"), 3);
	now.now_ms += DAY_MS;
	assert_int_equal(count(rig, "a"), 4);
	now.now_ms += 3 * DAY_MS;
	assert_int_equal(count(rig, "b"), 5);
}

static void
marks_of_one_hour_are_bounded(void **state)
{
	struct rig *rig = *state;
	char identity[32];

	for (int i = 0; i < 20000; i++) {
		snprintf(identity, sizeof(identity), "%d", i);
		if (i < 19999) {
			struct store_op op = {STORE_TALLY,
				{.tally = {
					 .mailbox = SLICE("alice@example.com"),
					 .what = TALLY_RECEIVED,
					 .identity = slice_of(identity)}}};

			run(rig, rig->writer, &op);
			arena_reset(rig->arena);
		}
	}
	assert_int_equal(count(rig, "19999"), 20000);
	assert_int_equal(count(rig, "19998"), 20000);
	assert_int_equal(count(rig, "11900"), 20000);
	assert_in_range(number("strlen", ONCE), 8192 * 8, 7 + 2 * 8192 * 8);
}

/* Their prints mean nothing any more, and they are in nobody's way. */
static void
marks_of_before_go(void **state)
{
	struct rig *rig = *state;

	assert_true(server_cli(&server, NULL, 0, "set", ONCE,
		"0123456789abcdef0123456789abcdef", NULL));
	assert_int_equal(count(rig, "a"), 1);
	assert_int_equal(count(rig, "a"), 1);
	assert_int_equal(count(rig, "b"), 2);
	assert_int_equal(number("strlen", ONCE), 7 + 2 * 8);
}

/* One message is one call; what one of its keys refuses, the others do not. */
static void
a_batch_is_one_call(void **state)
{
	struct rig *rig = *state;
	struct slice member = SLICE("malice@example.com");
	struct store_op ops[3] = {
		{STORE_REMEMBER,
			{.remember = {.id = SLICE("one"),
				 .members = &member,
				 .count = 1,
				 .ttl_ms = HOUR_MS}}},
		{STORE_TALLY,
			{.tally = {.mailbox = SLICE("alice@example.com"),
				 .what = TALLY_RECEIVED,
				 .identity = SLICE("1")}}},
		{STORE_REMEMBER,
			{.remember = {.id = SLICE("two"),
				 .members = &member,
				 .count = 1,
				 .ttl_ms = HOUR_MS}}},
	};
	struct store_batch batch = {
		.ops = ops, .count = 3, .arena = rig->arena};
	char out[2048] = "";

	assert_true(server_cli(&server, NULL, 0, "config", "resetstat", NULL));
	assert_int_equal(store_ask(rig->writer, &batch, BUDGET_MS), STORE_OK);
	assert_true(server_cli(
		&server, out, sizeof(out), "info", "commandstats", NULL));
	assert_non_null(strstr(out, "cmdstat_evalsha:calls=1,"));
	assert_int_equal(recall(rig, "one").count, 1);
	assert_true(server_cli(&server, NULL, 0, "flushall", NULL));
	assert_true(server_cli(&server, NULL, 0, "set",
		"fw1:box:{alice@example.com}", "x", NULL));
	assert_int_equal(
		store_ask(rig->writer, &batch, BUDGET_MS), STORE_FALLBACK);
	assert_int_equal(recall(rig, "one").count, 1);
	assert_int_equal(recall(rig, "two").count, 1);
}

#define NOTES 1500

/* More words than Lua's stack holds. */
static void
a_batch_may_be_long(void **state)
{
	struct rig *rig = *state;
	static struct store_op ops[NOTES + 1];
	struct store_batch batch = {
		.ops = ops, .count = NOTES + 1, .arena = rig->arena};
	static char members[NOTES][16];

	for (int i = 0; i < NOTES; i++) {
		snprintf(members[i], sizeof(members[i]), "m%d", i);
		ops[i] = (struct store_op){STORE_NOTE,
			{.note = {.group = SLICE("alice@example.com"),
				 .policy = SLICE("p"),
				 .member = slice_of(members[i]),
				 .window_ms = HOUR_MS,
				 .after = -1}}};
	}
	ops[NOTES] = (struct store_op){
		STORE_RECALL, {.recall = {.id = SLICE("none"), .cap = 1}}};
	assert_int_equal(store_ask(rig->writer, &batch, BUDGET_MS), STORE_OK);
	assert_int_equal(ops[NOTES - 1].note.count, NOTES);
}

int
main(void)
{
#define BYTES(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		BYTES(traces_share_a_listpack),
		BYTES(long_traces_go_on),
		BYTES(names_come_back_as_they_were),
		BYTES(traces_that_are_over_go),
		BYTES(a_trace_lives_on),
		BYTES(a_long_trace_forgets),
		BYTES(what_takes_long_goes_on),
		BYTES(whom_others_write_to_goes_on),
		BYTES(a_private_name_is_forgotten),
		BYTES(marks_are_of_two_days),
		BYTES(a_mark_lives_a_day),
		BYTES(marks_of_one_hour_are_bounded),
		BYTES(marks_of_before_go),
		BYTES(a_batch_is_one_call),
		BYTES(a_batch_may_be_long),
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
