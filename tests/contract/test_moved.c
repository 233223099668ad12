/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots of a Redis Cluster that move from node to node, and a node that goes:
 * each message is answered by Redis as long as somebody has its slot, others
 * are not troubled when nobody does, and every count is right in the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../unit/store_settings.h"
#include "base/arena.h"
#include "clusters.h"
#include "store/store_open.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BUDGET_MS 2000
#define TRIES 1000
#define TRY_MS 10
#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define OF_OTHERS 2 /* messages, while one node is gone */
#define MAILBOX "alice@example.com"
#define TRACE "<moved@example.com>"

static const char *const words[] = {"--cluster-enabled", "yes",
	"--cluster-node-timeout", "500", "--cluster-require-full-coverage",
	"no", "--appendonly", "yes", NULL};

struct rig {
	struct clusters cluster;
	struct store *store;
	struct arena *arena;
	int numbers; /* of messages */
	bool sums; /* they are noted with a value: a second key */
};

static void
pause_ms(long ms)
{
	struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&wait, NULL);
}

static int
setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct store_options options;
	char uri[96];
	struct err err;

	assert_true(clusters_start(&rig->cluster, CLUSTER_MASTERS, words));
	(void)snprintf(uri, sizeof(uri), "redis+cluster://127.0.0.1:%d",
		rig->cluster.nodes[0].port);
	store_options_init(&options);
	options.uri = uri;
	options.backoff_ms = 20;
	options.backoff_max_ms = 100;
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
	arena_free(rig->arena);
	clusters_stop(&rig->cluster);
	free(rig);
	return 0;
}

/* One message of the mailbox, in a window of that policy's. */
static enum store_result
note(struct rig *rig, const char *mailbox, const char *policy, uint64_t *count)
{
	char id[32];
	struct store_op op = {STORE_NOTE,
		{.note = {.group = slice_of(mailbox),
			 .policy = slice_of(policy),
			 .mode = rig->sums ? NOTE_SUM : NOTE_COUNT,
			 .window_ms = DAY_MS,
			 .after = -1}}};
	struct store_batch batch = {
		.ops = &op, .count = 1, .arena = rig->arena};
	enum store_result result;

	(void)snprintf(id, sizeof(id), "message %d", rig->numbers++);
	op.note.member = slice_of(id);
	result = store_ask(rig->store, &batch, BUDGET_MS);
	*count = op.note.count;
	arena_reset(rig->arena);
	return result;
}

static void
assert_noted(struct rig *rig, const char *policy, uint64_t expected)
{
	uint64_t count;

	assert_int_equal(note(rig, MAILBOX, policy, &count), STORE_OK);
	assert_int_equal(count, expected);
}

static void
count_forward(struct rig *rig)
{
	char id[32];
	struct store_op op = {STORE_TALLY,
		{.tally = {.mailbox = SLICE(MAILBOX),
			 .destination = SLICE("drop@evil.example"),
			 .what = TALLY_FORWARDED}}};
	struct store_batch batch = {.ops = &op, .count = 1};

	(void)snprintf(id, sizeof(id), "forward %d", rig->numbers++);
	op.tally.identity = slice_of(id);
	store_tell(rig->store, &batch);
}

static bool
ok(const struct server *server, const char *verb, int slot, const char *what,
	const char *whose)
{
	char number[16], out[128] = "";

	(void)snprintf(number, sizeof(number), "%d", slot);
	return server_cli(server, out, sizeof(out), "cluster", verb, number,
		       what, whose, NULL) &&
		strncmp(out, "OK", 2) == 0;
}

struct move {
	int slot;
	struct server *from, *to;
	char from_id[64], to_id[64];
};

/* From now on what is not there any more is asked for at the other. */
static struct move
begin_move(struct rig *rig, const char *key)
{
	struct move move = {.slot = server_slot(&rig->cluster.nodes[0], key)};

	move.from = clusters_master_of(&rig->cluster, move.slot);
	assert_non_null(move.from);
	move.to = &rig->cluster.nodes[move.from == &rig->cluster.nodes[0]];
	assert_true(clusters_id(move.from, move.from_id, sizeof(move.from_id)));
	assert_true(clusters_id(move.to, move.to_id, sizeof(move.to_id)));
	assert_true(
		ok(move.to, "setslot", move.slot, "importing", move.from_id));
	assert_true(
		ok(move.from, "setslot", move.slot, "migrating", move.to_id));
	return move;
}

/* At most so many of its keys; how many went. */
static int
carry(const struct move *move, int most)
{
	char slot[16], port[16], limit[16], keys[8192], out[128], *key, *rest;
	int count = 0;

	(void)snprintf(slot, sizeof(slot), "%d", move->slot);
	(void)snprintf(port, sizeof(port), "%d", move->to->port);
	(void)snprintf(limit, sizeof(limit), "%d", most);
	assert_true(server_cli(move->from, keys, sizeof(keys), "cluster",
		"getkeysinslot", slot, limit, NULL));
	for (key = strtok_r(keys, "\n", &rest); key != NULL && key[0] != '\0';
		key = strtok_r(NULL, "\n", &rest)) {
		assert_true(server_cli(move->from, out, sizeof(out), "migrate",
			"127.0.0.1", port, key, "0", "1000", NULL));
		assert_int_equal(strncmp(out, "OK", 2), 0);
		count++;
	}
	return count;
}

static void
end_move(struct rig *rig, const struct move *move)
{
	(void)carry(move, 1000);
	assert_true(ok(move->to, "setslot", move->slot, "node", move->to_id));
	assert_true(ok(move->from, "setslot", move->slot, "node", move->to_id));
	for (int i = 0; i < CLUSTER_MASTERS; i++) {
		(void)ok(&rig->cluster.nodes[i], "setslot", move->slot, "node",
			move->to_id);
	}
}

/* What the mailbox's record says was forwarded, when nothing waits. */
static unsigned long long
counted(struct rig *rig)
{
	struct store_query query = {
		.kind = STORE_MAILBOX, .about = SLICE(MAILBOX)};
	struct err err;
	unsigned long long count;

	assert_true(store_query(rig->store, rig->arena, &query, &err));
	count = query.answer.mailboxes.count == 1
		? query.answer.mailboxes.at->tally[TALLY_FORWARDED]
		: 0;
	arena_reset(rig->arena);
	return count;
}

static void
wait_counted(struct rig *rig, unsigned long long expected)
{
	for (int i = 0; i < TRIES && counted(rig) != expected; i++)
		pause_ms(TRY_MS);
	assert_int_equal(counted(rig), expected);
}

static void
remember(struct rig *rig, const char *member)
{
	struct slice members[] = {slice_of(member)};
	struct store_op op = {STORE_REMEMBER,
		{.remember = {SLICE(TRACE), members, 1, DAY_MS, false}}};
	struct store_batch batch = {.ops = &op, .count = 1};

	store_tell(rig->store, &batch);
}

static size_t
recall(struct rig *rig)
{
	struct store_op op = {
		STORE_RECALL, {.recall = {.id = SLICE(TRACE), .cap = 8}}};
	struct store_batch batch = {
		.ops = &op, .count = 1, .arena = rig->arena};

	assert_int_equal(store_ask(rig->store, &batch, BUDGET_MS), STORE_OK);
	arena_reset(rig->arena);
	return op.recall.count;
}

/* The only trace there is. */
static void
find_trace(struct rig *rig, char *key, size_t size)
{
	key[0] = '\0';
	for (int i = 0; i < CLUSTER_MASTERS && key[0] != 'f'; i++) {
		assert_true(server_cli(&rig->cluster.nodes[i], key, size,
			"keys", "fw1:trace:*", NULL));
	}
	assert_int_equal(key[0], 'f');
	key[strcspn(key, "\n")] = '\0';
}

/* What went is asked for where it is, though the slot is not his yet (ASK). */
static void
a_slot_on_its_way(void **state)
{
	struct rig *rig = *state;
	struct move move;
	char key[128];

	remember(rig, "rann@example.com");
	assert_int_equal(recall(rig), 1);
	find_trace(rig, key, sizeof(key));
	move = begin_move(rig, key);
	assert_int_equal(recall(rig), 1);
	assert_true(carry(&move, 1000) >= 1);
	assert_int_equal(recall(rig), 1);
	remember(rig, "rbob@example.com");
	assert_int_equal(recall(rig), 2);
	end_move(rig, &move);
	assert_int_equal(recall(rig), 2);
}

/* The map is the old one: MOVED, and there at once. */
static void
a_slot_that_has_moved(void **state)
{
	struct rig *rig = *state;
	struct move move;

	assert_noted(rig, "rate", 1);
	move = begin_move(rig, MAILBOX);
	end_move(rig, &move);
	assert_noted(rig, "rate", 2);
	assert_noted(rig, "rate", 3);
}

static bool
says(struct rig *rig, const char *text)
{
	struct store_health health;

	for (int i = 0; i < TRIES; i++) {
		store_health(rig->store, &health);
		if (health.up && strstr(health.reason, text) != NULL)
			return true;
		pause_ms(TRY_MS);
	}
	print_message("up %d: %s\n", health.up, health.reason);
	return false;
}

/* A move that was broken off: some keys here, some there. What has one key, as
 * a count, is taken where it goes; for what has several (TRYAGAIN) memory
 * answers, and the slot's trouble is told; none of it is lost. */
static void
keys_that_are_parted(void **state)
{
	struct rig *rig = *state;
	struct move move;
	uint64_t count;

	count_forward(rig);
	wait_counted(rig, 1);
	move = begin_move(rig, MAILBOX);
	assert_int_equal(carry(&move, 1), 1);
	assert_noted(rig, "new", 1);
	count_forward(rig);
	rig->sums = true;
	assert_int_equal(note(rig, MAILBOX, "sum", &count), STORE_FALLBACK);
	assert_true(says(rig, ": TRYAGAIN: the slot is open"));
	end_move(rig, &move);
	wait_counted(rig, 2);
	assert_noted(rig, "sum", 2);
	rig->sums = false;
	assert_noted(rig, "new", 2);
	assert_noted(rig, "rate", 4);
}

/* A mailbox of each node. */
static void
find_mailboxes(struct rig *rig, struct server *at[CLUSTER_MASTERS],
	char names[CLUSTER_MASTERS][32])
{
	for (int i = 0; i < CLUSTER_MASTERS; i++) {
		at[i] = &rig->cluster.nodes[i];
		for (int number = 0; names[i][0] == '\0' ||
			clusters_master_of(&rig->cluster,
				server_slot(at[i], names[i])) != at[i];
			number++) {
			(void)snprintf(names[i], sizeof(names[i]),
				"user%d@example.com", number);
		}
	}
}

/* Until Redis answers; what it counted then. */
static uint64_t
wait_ok(struct rig *rig, const char *mailbox, const char *policy)
{
	uint64_t count;

	for (int i = 0; i < TRIES; i++) {
		if (note(rig, mailbox, policy, &count) == STORE_OK)
			return count;
		pause_ms(TRY_MS);
	}
	fail_msg("%s: Redis does not answer", mailbox);
	return 0;
}

/* Memory answers for its mailboxes, Redis for all others; that is said, and
 * what was counted meanwhile is there once it is back. */
static void
a_node_that_is_gone(void **state)
{
	struct rig *rig = *state;
	struct server *at[CLUSTER_MASTERS];
	char names[CLUSTER_MASTERS][32] = {""};
	int before;
	uint64_t count;

	find_mailboxes(rig, at, names);
	before = rig->numbers;
	assert_int_equal(note(rig, names[0], "gone", &count), STORE_OK);
	assert_int_equal(note(rig, names[1], "gone", &count), STORE_OK);
	server_kill(at[1], SIGKILL);
	assert_int_equal(note(rig, names[1], "gone", &count), STORE_FALLBACK);
	assert_true(says(rig, "1 of 3 nodes down: "));
	assert_int_equal(note(rig, names[0], "gone", &count), STORE_OK);
	assert_int_equal(count, 2);
	assert_int_equal(note(rig, names[1], "gone", &count), STORE_FALLBACK);
	assert_true(server_restart(at[1], words));
	for (int i = 0; i < TRIES; i++) {
		count = wait_ok(rig, names[1], "gone");
		if (count == (uint64_t)(rig->numbers - before - OF_OTHERS))
			return;
		pause_ms(TRY_MS);
	}
	fail_msg("%d were noted, %d are there",
		rig->numbers - before - OF_OTHERS, (int)count);
}

/* The others refuse to serve without it: that is the slots' trouble, told as
 * such. */
static void
a_cluster_that_serves_nobody(void **state)
{
	struct rig *rig = *state;
	struct server *at[CLUSTER_MASTERS];
	char names[CLUSTER_MASTERS][32] = {""};
	uint64_t count;

	find_mailboxes(rig, at, names);
	for (int i = 0; i < CLUSTER_MASTERS; i++) {
		assert_true(server_cli(at[i], NULL, 0, "config", "set",
			"cluster-require-full-coverage", "yes", NULL));
	}
	server_kill(at[2], SIGKILL);
	for (int i = 0;
		i < TRIES && note(rig, names[0], "whole", &count) == STORE_OK;
		i++)
		pause_ms(TRY_MS);
	assert_int_not_equal(note(rig, names[0], "whole", &count), STORE_OK);
	assert_true(server_restart(at[2], words));
	for (int i = 0; i < CLUSTER_MASTERS; i++)
		(void)wait_ok(rig, names[i], "whole");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_on_its_way),
		cmocka_unit_test(a_slot_that_has_moved),
		cmocka_unit_test(keys_that_are_parted),
		cmocka_unit_test(a_node_that_is_gone),
		cmocka_unit_test(a_cluster_that_serves_nobody),
	};

	if (!server_available())
		return server_skip();
	return cmocka_run_group_tests_name("moved", tests, setup, teardown);
}
