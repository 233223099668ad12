/* SPDX-License-Identifier: BSD-2-Clause */
/* The cases, in the order of store.h: verbs, then what people ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../unit/store_settings.h"
#include "contract.h"
#include "query.h"
#include "store/record.h"
#include "store/store_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define START_MS ((int64_t)1790000000000) /* within an hour and a day */
#define MINUTE_MS ((int64_t)60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define BUDGET_MS 5000
#define ARENA_BYTES (8u << 20)

static const struct slice alice = {"alice@example.com", 17};
static const struct slice bob = {"bob@example.com", 15};
static const struct slice drop = {"drop@evil.example", 17};
static const struct slice other = {"other@mail.example", 18};

static void
ask_batch(struct contract *c, struct store_batch *batch)
{
	assert_int_equal(
		store_ask(c->store, batch, BUDGET_MS), c->backend->result);
}

static void
ask(struct contract *c, struct store_op *ops, size_t count)
{
	struct store_batch batch = {
		.ops = ops, .count = count, .arena = c->arena};

	ask_batch(c, &batch);
}

static void
tell(struct contract *c, struct store_op *ops, size_t count)
{
	const struct store_batch batch = {.ops = ops, .count = count};

	store_tell(c->store, &batch);
}

/* What was told before has been carried out when a person's question has its
 * answer. */
static void
settle(struct contract *c)
{
	struct store_query any = {
		.kind = STORE_MAILBOX, .about = SLICE("none")};
	struct store_health before, after;
	struct err err;

	(void)store_query(c->store, c->arena, &any, &err);
	if (!c->backend->unordered)
		return;
	/* On several nodes: when no round trip is on its way any more. */
	do {
		struct timespec wait = {0, 25 * 1000000};

		store_health(c->store, &before);
		nanosleep(&wait, NULL);
		store_health(c->store, &after);
	} while (before.round_trips != after.round_trips);
}

static void
pass(struct contract *c, int64_t ms)
{
	struct timespec wait = {0, 20 * 1000000};

	c->clock.now_ms += ms;
	if (c->backend->real_time)
		nanosleep(&wait, NULL);
}

static struct store_op
op_note(struct slice group, const char *policy, const char *member)
{
	struct store_op op = {
		.verb = STORE_NOTE,
		.note = {.group = group,
			.policy = slice_of(policy),
			.member = slice_of(member),
			.window_ms = HOUR_MS,
			.after = -1},
	};

	return op;
}

static struct note
note(struct contract *c, struct slice group, const char *policy,
	const char *member)
{
	struct store_op op = op_note(group, policy, member);

	ask(c, &op, 1);
	return op.note;
}

static void
check_note(struct note answer, uint64_t before, uint64_t count, bool fresh)
{
	assert_true(answer.done);
	assert_int_equal(answer.before, before);
	assert_int_equal(answer.count, count);
	assert_int_equal(answer.fresh, fresh);
}

static void
note_counts_distinct_members(struct contract *c)
{
	check_note(note(c, alice, "p", "m1"), 0, 1, true);
	check_note(note(c, alice, "p", "m2"), 1, 2, true);
	check_note(note(c, alice, "p", "m2"), 2, 2, false);
	check_note(note(c, alice, "p", "m1"), 2, 2, false);
}

static void
note_keeps_groups_and_policies_apart(struct contract *c)
{
	check_note(note(c, alice, "p", "m"), 0, 1, true);
	check_note(note(c, bob, "p", "m"), 0, 1, true);
	check_note(note(c, alice, "q", "m"), 0, 1, true);
	check_note(note(c, SLICE("alice@example.com:p"), "", "m"), 0, 1, true);
	check_note(note(c, SLICE("alice@example.co"), "mp", "m"), 0, 1, true);
}

static void
note_boundary_is_inclusive(struct contract *c)
{
	check_note(note(c, alice, "p", "m1"), 0, 1, true);
	pass(c, HOUR_MS);
	check_note(note(c, alice, "p", "m2"), 1, 2, true);
	pass(c, 1);
	check_note(note(c, alice, "p", "m3"), 1, 2, true);
}

static void
note_again_moves_the_member(struct contract *c)
{
	note(c, alice, "p", "m1");
	pass(c, HOUR_MS / 2);
	note(c, alice, "p", "m2");
	note(c, alice, "p", "m1");
	pass(c, HOUR_MS / 2 + 1);
	check_note(note(c, alice, "p", "m3"), 2, 3, true);
}

static void
note_cap_keeps_the_newest(struct contract *c)
{
	static const char *const members[] = {"a", "b", "c", "d", "e"};
	struct store_op op;

	for (size_t i = 0; i < 5; i++, pass(c, 1)) {
		op = op_note(alice, "p", members[i]);
		op.note.cap = 3;
		ask(c, &op, 1);
		assert_int_equal(op.note.count, i < 3 ? i + 1 : 3);
	}
	op = op_note(alice, "p", "c");
	op.note.cap = 3;
	ask(c, &op, 1);
	check_note(op.note, 3, 3, false);
	pass(c, 1);
	op = op_note(alice, "p", "b");
	op.note.cap = 3;
	ask(c, &op, 1);
	check_note(op.note, 3, 3, true);
}

static void
note_late_arrival_counts(struct contract *c)
{
	struct store_op op = op_note(alice, "p", "late");
	struct store_batch batch = {.ops = &op,
		.count = 1,
		.arena = c->arena,
		.at_ms = START_MS - 10};

	note(c, alice, "p", "m1");
	assert_int_equal(
		store_ask(c->store, &batch, BUDGET_MS), c->backend->result);
	check_note(op.note, 1, 2, true);
	/* An older sight of a member does not make it older. */
	op = op_note(alice, "p", "m1");
	ask(c, &op, 1);
	batch.at_ms = START_MS - 5;
	op = op_note(alice, "p", "m1");
	assert_int_equal(
		store_ask(c->store, &batch, BUDGET_MS), c->backend->result);
	check_note(op.note, 2, 2, false);
	pass(c, HOUR_MS);
	check_note(note(c, alice, "p", "m2"), 1, 2, true);
}

static void
note_any_bytes(struct contract *c)
{
	static const char bytes[] = "\0\r\n{}*\xff \"$1\r\n";
	struct slice any = {bytes, sizeof(bytes) - 1};
	struct store_op op = op_note(any, "p", "");

	op.note.member = any;
	ask(c, &op, 1);
	check_note(op.note, 0, 1, true);
	op.note.member = (struct slice){bytes, 3};
	ask(c, &op, 1);
	check_note(op.note, 1, 2, true);
	op.note.group = (struct slice){"", 0};
	ask(c, &op, 1);
	check_note(op.note, 0, 1, true);
}

static void
note_long_keys_stay_different(struct contract *c)
{
	char text[5000];
	struct slice group = {text, sizeof(text)};

	memset(text, 'a', sizeof(text));
	check_note(note(c, group, "p", "m1"), 0, 1, true);
	check_note(note(c, group, "p", "m2"), 1, 2, true);
	text[sizeof(text) - 1] = 'b';
	check_note(note(c, group, "p", "m1"), 0, 1, true);
}

static void
note_sum_adds_values(struct contract *c)
{
	static const double values[] = {10.5, 2, -1};
	static const char *const members[] = {"a", "b", "c"};
	struct store_op op;

	for (size_t i = 0; i < 3; i++, pass(c, 1)) {
		op = op_note(alice, "sum", members[i]);
		op.note.mode = NOTE_SUM;
		op.note.value = values[i];
		ask(c, &op, 1);
	}
	check_note(op.note, 2, 3, true);
	assert_true(op.note.sum == 11.5);
	op.note.member = SLICE("a");
	op.note.value = 20;
	ask(c, &op, 1);
	check_note(op.note, 3, 3, false);
	assert_true(op.note.sum == 21);
	pass(c, HOUR_MS - 1);
	op.note.member = SLICE("d");
	op.note.value = 1;
	ask(c, &op, 1);
	assert_int_equal(op.note.count, 3);
	assert_true(op.note.sum == 20);
}

static void
note_sum_caps_with_its_values(struct contract *c)
{
	struct store_op op = op_note(alice, "sum", "");
	char name[2] = "a";

	op.note.mode = NOTE_SUM;
	op.note.cap = 4;
	op.note.member = (struct slice){name, 1};
	for (int i = 1; i <= 9; i++, name[0]++, pass(c, 1)) {
		op.note.value = i;
		ask(c, &op, 1);
	}
	assert_int_equal(op.note.count, 4);
	assert_true(op.note.sum == 6 + 7 + 8 + 9);
}

static struct note
step(struct contract *c, uint16_t number)
{
	struct store_op op = op_note(alice, "steps", "m");

	op.note.mode = NOTE_STEP;
	op.note.step = number;
	op.note.steps = 3;
	ask(c, &op, 1);
	return op.note;
}

static void
note_steps_in_order(struct contract *c)
{
	assert_int_equal(step(c, 1).count, 0);
	assert_int_equal(step(c, 2).count, 0);
	assert_int_equal(step(c, 0).count, 1);
	assert_int_equal(step(c, 2).count, 1);
	assert_int_equal(step(c, 1).count, 2);
	check_note(step(c, 2), 2, 3, true);
}

static void
note_steps_leave_the_window(struct contract *c)
{
	step(c, 0);
	pass(c, HOUR_MS / 2);
	step(c, 1);
	step(c, 0);
	pass(c, HOUR_MS / 2);
	assert_int_equal(step(c, 2).count, 3);
	pass(c, 1);
	assert_int_equal(step(c, 2).count, 1);
	assert_int_equal(step(c, 1).count, 2);
	assert_int_equal(step(c, 2).count, 3);
}

static void
note_after_waits_for_the_count(struct contract *c)
{
	struct store_op ops[3];

	for (int i = 1; i <= 3; i++) {
		char member[8];

		snprintf(member, sizeof(member), "m%d", i);
		ops[0] = op_note(alice, "first", member);
		ops[1] = op_note(bob, "second", member);
		ops[1].note.after = 0;
		ops[1].note.after_least = 3;
		ops[2] = op_note(other, "third", member);
		ops[2].note.after = 1;
		ops[2].note.after_least = 1;
		ask(c, ops, 3);
		assert_true(ops[0].note.done);
		assert_int_equal(ops[1].note.done, i == 3);
		assert_int_equal(ops[2].note.done, i == 3);
	}
	check_note(ops[1].note, 0, 1, true);
	check_note(ops[2].note, 0, 1, true);
}

static void
note_after_a_later_one_is_never_done(struct contract *c)
{
	struct store_op ops[2] = {
		op_note(alice, "p", "m"), op_note(alice, "q", "m")};

	ops[0].note.after = 1;
	ops[0].note.after_least = 0;
	ask(c, ops, 2);
	assert_false(ops[0].note.done);
	assert_true(ops[1].note.done);
}

static void
note_told_is_counted(struct contract *c)
{
	struct store_op op = op_note(alice, "p", "m1");

	tell(c, &op, 1);
	check_note(note(c, alice, "p", "m2"), 1, 2, true);
}

static void
note_many_in_one_batch(struct contract *c)
{
	struct store_op ops[60];
	char names[60][8];

	for (int i = 0; i < 60; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i / 2);
		ops[i] = op_note(i % 2 ? alice : bob, "p", names[i]);
	}
	ask(c, ops, 60);
	assert_int_equal(ops[58].note.count, 30);
	assert_int_equal(ops[59].note.count, 30);
}

static void
remember(struct contract *c, const char *id, struct slice a, struct slice b)
{
	struct slice members[2] = {a, b};
	struct store_op op = {STORE_REMEMBER,
		{.remember = {.id = slice_of(id),
			 .members = members,
			 .count = b.p != NULL ? 2 : 1,
			 .ttl_ms = DAY_MS}}};

	tell(c, &op, 1);
}

/* Members by blanks, in one order. */
static void
keep(struct contract *c, const char *id, const char *words, bool anew)
{
	struct slice members[100], rest = slice_of(words);
	struct store_op op = {STORE_REMEMBER,
		{.remember = {.id = slice_of(id),
			 .members = members,
			 .ttl_ms = DAY_MS,
			 .anew = anew}}};

	while (slice_next(&rest, ' ', &members[op.remember.count]))
		op.remember.count++;
	tell(c, &op, 1);
}

static struct store_recall
recall(struct contract *c, const char *id, uint32_t cap)
{
	struct store_op op = {
		STORE_RECALL, {.recall = {.id = slice_of(id), .cap = cap}}};

	ask(c, &op, 1);
	return op.recall;
}

static void
recall_gives_newest_first(struct contract *c)
{
	struct store_recall answer;

	remember(c, "id1", alice, (struct slice){NULL, 0});
	pass(c, 5);
	remember(c, "id1", bob, (struct slice){NULL, 0});
	pass(c, 5);
	remember(c, "id1", alice, (struct slice){NULL, 0});
	pass(c, 5);
	remember(c, "id1", other, (struct slice){NULL, 0});
	answer = recall(c, "id1", 10);
	assert_int_equal(answer.count, 3);
	assert_true(slice_equal(answer.members[0].name, other));
	assert_true(slice_equal(answer.members[1].name, alice));
	assert_true(slice_equal(answer.members[2].name, bob));
	assert_int_equal(answer.members[2].at_ms, START_MS + 5);
	assert_int_equal(answer.members[1].at_ms, START_MS + 10);
	answer = recall(c, "id1", 1);
	assert_int_equal(answer.count, 1);
	assert_true(slice_equal(answer.members[0].name, other));
}

static void
recall_of_nothing_is_empty(struct contract *c)
{
	remember(c, "id1", alice, bob);
	assert_int_equal(recall(c, "id2", 10).count, 0);
	assert_int_equal(recall(c, "id1", 10).count, 2);
}

static void
recall_several_at_once(struct contract *c)
{
	struct store_op ops[3] = {
		{STORE_RECALL, {.recall = {.id = SLICE("id1"), .cap = 9}}},
		{STORE_RECALL, {.recall = {.id = SLICE("id2"), .cap = 9}}},
		{STORE_RECALL, {.recall = {.id = SLICE("id3"), .cap = 9}}},
	};

	remember(c, "id1", alice, bob);
	remember(c, "id3", other, (struct slice){NULL, 0});
	ask(c, ops, 3);
	assert_int_equal(ops[0].recall.count, 2);
	assert_int_equal(ops[1].recall.count, 0);
	assert_int_equal(ops[2].recall.count, 1);
	assert_true(slice_equal(ops[2].recall.members[0].name, other));
}

static bool
has(const struct store_recall *answer, const char *member)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (slice_equal(answer->members[i].name, slice_of(member)))
			return true;
	}
	return false;
}

/* A second message with the same id adds whom it reached, and nobody that
 * took part. */
static void
who_makes_a_trace_says_who_took_part(struct contract *c)
{
	struct store_recall answer;

	keep(c, "id", "P@bob Abob malice@example.com", false);
	settle(c);
	pass(c, 5);
	keep(c, "id", "P@drop Adrop L@drop mbob@example.com ccarol@example.com",
		false);
	answer = recall(c, "id", 64);
	assert_int_equal(answer.count, 5);
	assert_true(has(&answer, "P@bob"));
	assert_true(has(&answer, "Abob"));
	assert_true(has(&answer, "malice@example.com"));
	assert_true(has(&answer, "mbob@example.com"));
	assert_true(has(&answer, "ccarol@example.com"));
	/* The same again, as when it is replayed. */
	keep(c, "id", "P@bob Abob malice@example.com", false);
	assert_int_equal(recall(c, "id", 64).count, 5);
}

static void
who_took_part_is_never_pushed_out(struct contract *c)
{
	struct store_recall answer;
	char name[16];

	keep(c, "id", "P@author P@reply-to malice@example.com", false);
	for (int i = 0; i < 100; i++) {
		pass(c, 1);
		snprintf(name, sizeof(name), "m%d", i);
		keep(c, "id", name, false);
		settle(c);
	}
	answer = recall(c, "id", 1000);
	assert_int_equal(answer.count, 64);
	assert_true(has(&answer, "P@author"));
	assert_true(has(&answer, "P@reply-to"));
	assert_true(has(&answer, "m99"));
	assert_true(has(&answer, "X"));
	assert_false(has(&answer, "malice@example.com"));
}

/* So many took part that the mailboxes would have no room: the first half
 * stays, and it is said. */
static void
who_took_part_leaves_room(struct contract *c)
{
	struct store_recall answer;
	char words[1024] = "", word[16];

	for (int i = 0; i < 80; i++) {
		snprintf(word, sizeof(word), "%sP@%d", i > 0 ? " " : "", i);
		strncat(words, word, sizeof(words) - strlen(words) - 1);
	}
	keep(c, "id", words, false);
	keep(c, "id", "malice@example.com", false);
	answer = recall(c, "id", 1000);
	assert_int_equal(answer.count, 32 + 2);
	assert_true(has(&answer, "P@0"));
	assert_true(has(&answer, "P@31"));
	assert_false(has(&answer, "P@32"));
	assert_true(has(&answer, "malice@example.com"));
	assert_true(has(&answer, "X"));
}

static void
a_cut_trace_stays_cut(struct contract *c)
{
	struct store_recall answer;

	keep(c, "id", "P@bob X malice@example.com", false);
	keep(c, "id", "mbob@example.com", false);
	answer = recall(c, "id", 64);
	assert_int_equal(answer.count, 4);
	assert_true(has(&answer, "X"));
	keep(c, "other", "malice@example.com", false);
	assert_int_equal(recall(c, "other", 64).count, 1);
	keep(c, "other", "mbob@example.com X", false);
	answer = recall(c, "other", 64);
	assert_int_equal(answer.count, 3);
	assert_true(has(&answer, "X"));
}

/* A queue id is used again: nothing of what it meant is left. */
static void
remembered_anew(struct contract *c)
{
	struct store_recall answer;

	keep(c, "queue", "malice@example.com Lalice@example.com", true);
	keep(c, "queue", "mbob@example.com I@192.0.2.1", true);
	answer = recall(c, "queue", 64);
	assert_int_equal(answer.count, 2);
	assert_true(has(&answer, "mbob@example.com"));
	assert_true(has(&answer, "I@192.0.2.1"));
	keep(c, "queue", "mbob@example.com I@192.0.2.1", true);
	assert_int_equal(recall(c, "queue", 64).count, 2);
}

static void
remember_is_bounded(struct contract *c)
{
	char name[16];

	for (int i = 0; i < 100; i++, pass(c, 1)) {
		snprintf(name, sizeof(name), "m%d", i);
		remember(c, "id", slice_of(name), (struct slice){NULL, 0});
		if (i % 50 == 0)
			c->backend->real_time ? settle(c) : (void)0;
	}
	assert_int_equal(recall(c, "id", 1000).count, 64);
	assert_true(
		slice_equal(recall(c, "id", 1).members[0].name, SLICE("m99")));
}

static void
remember_expires(struct contract *c)
{
	struct slice members[1] = {alice};
	struct store_op op = {STORE_REMEMBER,
		{.remember = {.id = SLICE("id"),
			 .members = members,
			 .count = 1,
			 .ttl_ms = 10}}};
	int i;

	tell(c, &op, 1);
	for (i = 0; i < 100 && recall(c, "id", 1).count > 0; i++)
		pass(c, 11);
	assert_true(i > 0 || c->backend->real_time);
	assert_true(i < 100);
}

static void
tally(struct contract *c, struct slice mailbox, struct slice destination,
	enum tally_what what, const char *identity)
{
	struct store_op op = {STORE_TALLY,
		{.tally = {.mailbox = mailbox,
			 .destination = destination,
			 .what = what,
			 .identity = slice_of(identity)}}};

	tell(c, &op, 1);
}

static struct store_facts
facts(struct contract *c, struct slice mailbox, struct slice destination)
{
	struct store_op op = {STORE_FACTS,
		{.facts = {.mailbox = mailbox, .destination = destination}}};

	settle(c);
	ask(c, &op, 1);
	return op.facts;
}

static void
facts_of_the_unknown(struct contract *c)
{
	struct store_facts answer = facts(c, alice, drop);

	assert_false(answer.known);
	assert_int_equal(answer.route_count, 0);
	assert_int_equal(answer.route_first_ms, 0);
	assert_int_equal(answer.received_day, 0);
}

static void
facts_follow_the_tallies(struct contract *c)
{
	const struct slice none = {NULL, 0};
	struct store_facts answer;
	struct store_op op = {STORE_TALLY,
		{.tally = {.mailbox = alice,
			 .destination = drop,
			 .what = TALLY_FORWARDED,
			 .keyword = true,
			 .identity = SLICE("k")}}};

	tally(c, alice, none, TALLY_RECEIVED, "1");
	tally(c, alice, none, TALLY_RECEIVED, "2");
	tally(c, alice, drop, TALLY_FORWARDED, "3");
	settle(c);
	pass(c, MINUTE_MS);
	tell(c, &op, 1);
	answer = facts(c, alice, drop);
	assert_true(answer.known);
	assert_int_equal(answer.route_count, 2);
	assert_int_equal(answer.route_first_ms, START_MS);
	assert_int_equal(answer.route_last_ms, START_MS + MINUTE_MS);
	assert_int_equal(answer.received_day, 2);
	assert_int_equal(answer.forwarded_day, 2);
	assert_int_equal(answer.forwarded_hour, 2);
	assert_int_equal(answer.keyword_received_day, 0);
	assert_int_equal(answer.keyword_forwarded_day, 1);
	answer = facts(c, alice, other);
	assert_true(answer.known);
	assert_int_equal(answer.route_count, 0);
	assert_int_equal(answer.forwarded_day, 2);
}

static void
facts_forget_after_a_day(struct contract *c)
{
	tally(c, alice, drop, TALLY_FORWARDED, "1");
	settle(c);
	pass(c, 23 * HOUR_MS);
	assert_int_equal(facts(c, alice, drop).forwarded_day, 1);
	assert_int_equal(facts(c, alice, drop).forwarded_hour, 0);
	pass(c, HOUR_MS);
	assert_int_equal(facts(c, alice, drop).forwarded_day, 0);
	assert_int_equal(facts(c, alice, drop).route_count, 1);
}

static struct store_facts
peer_facts(struct contract *c, struct slice mailbox, struct slice destination)
{
	struct store_op op = {STORE_FACTS,
		{.facts = {.mailbox = mailbox,
			 .destination = destination,
			 .peered = true}}};

	settle(c);
	ask(c, &op, 1);
	return op.facts;
}

static void
meet(struct contract *c, struct slice mailbox, struct slice destination,
	const struct peer *peer)
{
	struct store_op op = {STORE_PEER,
		{.peer = {.mailbox = mailbox,
			 .destination = destination,
			 .peer = *peer}}};

	tell(c, &op, 1);
}

/* One that the mailbox has written to, so often. */
static struct peer
some_peer(const struct contract *c, uint16_t sent)
{
	return (struct peer){
		.last_ms = c->clock.now_ms,
		.print = 0x89abcdef,
		.base = 70000,
		.mark = UINT32_MAX,
		.sent = sent,
		.got = 0,
		.first_day = 20717,
		.since_day = 20700,
		.day = 20718,
		.days = 0x3ff,
		.count = 300,
		.prompt = 0x1f,
		.slowest_s = 119,
		.pace = 0x7f,
	};
}

static void
receive(struct contract *c, const char *identity, struct slice author)
{
	struct store_op op = {STORE_TALLY,
		{.tally = {.mailbox = alice,
			 .what = TALLY_RECEIVED,
			 .identity = slice_of(identity),
			 .authors = &author,
			 .author_count = 1}}};

	tell(c, &op, 1);
}

static void
peer_is_what_was_told(struct contract *c)
{
	struct peer peer = some_peer(c, 65535);
	struct store_facts answer = peer_facts(c, alice, drop);

	assert_int_equal(answer.peer.last_ms, 0);
	assert_int_equal(answer.begun_day, 0);
	tally(c, alice, SLICE(""), TALLY_PERSON, "");
	meet(c, alice, drop, &peer);
	answer = peer_facts(c, alice, drop);
	assert_true(answer.peered);
	assert_memory_equal(&answer.peer, &peer, sizeof(peer));
	assert_int_equal(answer.begun_day, peer.first_day);
	assert_int_equal(answer.at_ms, c->clock.now_ms);
	answer = peer_facts(c, alice, other);
	assert_int_equal(answer.peer.last_ms, 0);
	assert_int_equal(answer.begun_day, peer.first_day);
	assert_int_equal(peer_facts(c, bob, drop).begun_day, 0);
	assert_int_equal(facts(c, alice, drop).peer.last_ms, 0);
}

static void
peer_of_the_later_message_stays(struct contract *c)
{
	struct peer peer = some_peer(c, 7), earlier = peer;

	meet(c, alice, drop, &peer);
	earlier.last_ms -= MINUTE_MS;
	earlier.sent = 6;
	meet(c, alice, drop, &earlier);
	assert_int_equal(peer_facts(c, alice, drop).peer.sent, 7);
	peer.last_ms += MINUTE_MS;
	peer.sent = 8;
	meet(c, alice, drop, &peer);
	meet(c, alice, drop, &peer);
	assert_int_equal(peer_facts(c, alice, drop).peer.sent, 8);
}

/* Of those to whom the mailbox writes, and once for each message. */
static void
peer_writes_back(struct contract *c)
{
	struct peer peer = some_peer(c, 7);
	struct store_facts answer;

	tally(c, alice, SLICE(""), TALLY_PERSON, "");
	receive(c, "1", drop);
	meet(c, alice, drop, &peer);
	settle(c);
	pass(c, MINUTE_MS);
	receive(c, "2", drop);
	receive(c, "2", drop);
	receive(c, "3", other);
	answer = peer_facts(c, alice, drop);
	assert_int_equal(answer.peer.got, 1);
	assert_int_equal(answer.peer.sent, 7);
	assert_int_equal(answer.arrivals.last_ms, c->clock.now_ms);
	assert_int_equal(answer.arrivals.total, 3);
	assert_int_equal(answer.arrivals.day, 3);
	assert_int_equal(answer.arrivals.hour, 3);
	assert_int_equal(answer.arrivals.lately, 3);
	assert_int_equal(peer_facts(c, alice, other).peer.got, 0);
	/* A message that was on its way meanwhile takes nothing back. */
	peer.last_ms += 2 * MINUTE_MS;
	peer.sent = 8;
	meet(c, alice, drop, &peer);
	assert_int_equal(peer_facts(c, alice, drop).peer.got, 1);
	settle(c);
	pass(c, HOUR_MS);
	answer = peer_facts(c, alice, drop);
	assert_int_equal(answer.arrivals.hour, 0);
	assert_int_equal(answer.arrivals.lately, 3);
	pass(c, HOUR_MS);
	assert_int_equal(peer_facts(c, alice, drop).arrivals.lately, 0);
}

static void
peers_are_bounded(struct contract *c)
{
	char name[32];

	for (int i = 0; i < PEERS_MAX + 3; i++) {
		struct peer peer = some_peer(c, 1);

		snprintf(name, sizeof(name), "p%d@evil.example", i);
		peer.last_ms += i == 1 ? 1000000 : i;
		meet(c, alice, slice_of(name), &peer);
		settle(c);
	}
	for (int i = 0; i < PEERS_MAX + 3; i++) {
		bool stale = i == 0 || i == 2 || i == 3;

		snprintf(name, sizeof(name), "p%d@evil.example", i);
		assert_int_equal(peer_facts(c, alice, slice_of(name)).peer.sent,
			stale ? 0 : 1);
	}
}

static struct store_routes
one_way(struct contract *c, struct slice mailbox)
{
	settle(c);
	return query(c->store, c->arena,
		(struct store_query){.kind = STORE_ONE_WAY, .about = mailbox})
		.routes;
}

static void
one_way_has_names(struct contract *c)
{
	const struct slice all = {NULL, 0};
	struct peer peer = some_peer(c, 9);
	struct store_routes routes;

	meet(c, alice, drop, &peer);
	peer.named = true;
	meet(c, bob, drop, &peer);
	meet(c, bob, other, &peer);
	routes = one_way(c, all);
	assert_int_equal(routes.count, 2);
	assert_true(slice_equal(routes.at[0].mailbox, bob));
	assert_true(slice_equal(routes.at[0].destination, drop));
	assert_int_equal(routes.at[0].last_ms, peer.last_ms);
	assert_int_equal(routes.at[0].count, 9);
	assert_int_equal(routes.at[0].peer.days, peer.days);
	assert_int_equal(routes.at[0].peer.pace, peer.pace);
	assert_int_equal(routes.at[0].peer.prompt, peer.prompt);
	assert_int_equal(one_way(c, alice).count, 0);
	assert_int_equal(one_way(c, bob).count, 2);
	peer.last_ms += MINUTE_MS;
	peer.named = false;
	meet(c, bob, drop, &peer);
	routes = one_way(c, all);
	assert_int_equal(routes.count, 1);
	assert_true(slice_equal(routes.at[0].destination, other));
}

static void
forget_finds_peers(struct contract *c)
{
	struct store_query order = {.kind = STORE_FORGET, .about = alice};
	struct peer peer = some_peer(c, 9);
	struct err err;

	peer.named = true;
	meet(c, alice, drop, &peer);
	meet(c, bob, drop, &peer);
	meet(c, bob, other, &peer);
	settle(c);
	assert_int_equal(store_query(c->store, c->arena, &order, &err),
		!c->backend->down);
	assert_int_equal(peer_facts(c, alice, drop).peer.sent, 0);
	assert_int_equal(peer_facts(c, bob, drop).peer.sent, 9);
	assert_int_equal(one_way(c, (struct slice){NULL, 0}).count, 2);
	order.about = drop;
	assert_int_equal(store_query(c->store, c->arena, &order, &err),
		!c->backend->down);
	assert_int_equal(peer_facts(c, bob, drop).peer.sent, 0);
	assert_int_equal(peer_facts(c, bob, other).peer.sent, 9);
	assert_int_equal(one_way(c, (struct slice){NULL, 0}).count, 1);
}

static void
tally_counts_an_identity_once(struct contract *c)
{
	for (int i = 0; i < 3; i++) {
		tally(c, alice, drop, TALLY_FORWARDED, "same");
		tally(c, alice, other, TALLY_FORWARDED, "same");
		tally(c, alice, drop, TALLY_TAGGED, "same");
		tally(c, bob, drop, TALLY_FORWARDED, "same");
	}
	tally(c, alice, drop, TALLY_FORWARDED, "another");
	assert_int_equal(facts(c, alice, drop).route_count, 2);
	assert_int_equal(facts(c, alice, other).route_count, 1);
	assert_int_equal(facts(c, bob, drop).route_count, 1);
	assert_int_equal(facts(c, alice, drop).forwarded_day, 3);
}

static void
tally_without_identity_counts_each(struct contract *c)
{
	tally(c, alice, drop, TALLY_FORWARDED, "");
	tally(c, alice, drop, TALLY_FORWARDED, "");
	assert_int_equal(facts(c, alice, drop).route_count, 2);
}

/* Will it still be known when so much time has passed? */
static bool
outlives(struct contract *c, struct slice mailbox, int64_t ms)
{
	int64_t now_ms = c->clock.now_ms;
	bool known;

	if (c->backend->left_ms != NULL) {
		char key[64];

		snprintf(key, sizeof(key), "box:{%.*s}", SLICE_ARG(mailbox));
		settle(c);
		return c->backend->left_ms(c->prefix, key) > ms;
	}
	c->clock.now_ms += ms;
	known = facts(c, mailbox, drop).known;
	c->clock.now_ms = now_ms;
	return known;
}

static void
who_only_receives_lives_a_day(struct contract *c)
{
	const struct slice none = {NULL, 0}, carol = SLICE("carol@example.com");

	tally(c, alice, none, TALLY_RECEIVED, "1");
	tally(c, bob, drop, TALLY_FORWARDED, "2");
	tally(c, bob, none, TALLY_RECEIVED, "3");
	tally(c, carol, none, TALLY_PERSON, "");
	tally(c, carol, none, TALLY_RECEIVED, "4");
	assert_true(outlives(c, alice, DAY_MS - MINUTE_MS));
	assert_false(outlives(c, alice, DAY_MS + MINUTE_MS));
	assert_true(outlives(c, bob, 89 * DAY_MS));
	assert_true(outlives(c, carol, 89 * DAY_MS));
	assert_false(outlives(c, bob, 91 * DAY_MS));
}

/* Asked for a mailbox, for a list's address, for a bare login. */
static void
a_person_is_marked(struct contract *c)
{
	const struct slice none = {NULL, 0}, login = SLICE("scanner");
	struct store_facts answer;

	tally(c, alice, none, TALLY_PERSON, "");
	tally(c, alice, none, TALLY_PERSON, "");
	tally(c, bob, none, TALLY_RECEIVED, "1");
	tally(c, login, none, TALLY_PERSON, "");
	answer = facts(c, alice, none);
	assert_true(answer.known);
	assert_true(answer.person);
	assert_int_equal(answer.received_day, 0);
	assert_int_equal(answer.route_count, 0);
	answer = facts(c, bob, none);
	assert_true(answer.known);
	assert_false(answer.person);
	assert_false(facts(c, SLICE("list@example.com"), none).person);
	assert_true(facts(c, login, none).person);
	tally(c, bob, drop, TALLY_FORWARDED, "2");
	tally(c, bob, none, TALLY_PERSON, "");
	assert_true(facts(c, bob, drop).person);
	assert_int_equal(facts(c, bob, drop).route_count, 1);
}

static void
box_holds_the_totals(struct contract *c)
{
	const struct slice none = {NULL, 0};
	struct store_mailboxes boxes;

	tally(c, alice, none, TALLY_RECEIVED, "1");
	tally(c, alice, drop, TALLY_FORWARDED, "2");
	tally(c, alice, none, TALLY_TAGGED, "2");
	settle(c);
	pass(c, DAY_MS);
	tally(c, alice, other, TALLY_FORWARDED, "3");
	tally(c, alice, none, TALLY_QUARANTINED, "3");
	tally(c, alice, none, TALLY_PERSON, "");
	settle(c);
	boxes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_MAILBOX, .about = alice})
			.mailboxes;
	assert_int_equal(boxes.count, 1);
	assert_true(slice_equal(boxes.at->mailbox, alice));
	assert_int_equal(boxes.at->tally[TALLY_RECEIVED], 1);
	assert_int_equal(boxes.at->tally[TALLY_FORWARDED], 2);
	assert_int_equal(boxes.at->tally[TALLY_TAGGED], 1);
	assert_int_equal(boxes.at->tally[TALLY_QUARANTINED], 1);
	assert_int_equal(boxes.at->destinations, 2);
	assert_true(boxes.at->person);
	assert_int_equal(boxes.at->flows, 1);
	assert_int_equal(boxes.at->first_forward_ms, START_MS);
	assert_int_equal(boxes.at->last_forward_ms, START_MS + DAY_MS);
	boxes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_MAILBOX, .about = bob})
			.mailboxes;
	assert_int_equal(boxes.count, 0);
}

static void
top_is_of_a_day(struct contract *c)
{
	struct store_mailboxes boxes;
	char name[16];

	for (int i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "%d", i);
		tally(c, i < 3 ? alice : bob, drop, TALLY_FORWARDED, name);
	}
	tally(c, other, (struct slice){NULL, 0}, TALLY_RECEIVED, "r");
	settle(c);
	pass(c, DAY_MS);
	tally(c, alice, drop, TALLY_FORWARDED, "next");
	settle(c);
	boxes = query(c->store, c->arena,
		(struct store_query){
			.kind = STORE_TOP, .at_ms = START_MS, .limit = 10})
			.mailboxes;
	assert_int_equal(boxes.count, 2);
	assert_true(slice_equal(boxes.at[0].mailbox, bob));
	assert_int_equal(boxes.at[0].flows, 6);
	assert_true(slice_equal(boxes.at[1].mailbox, alice));
	assert_int_equal(boxes.at[1].flows, 3);
	assert_int_equal(boxes.at[1].tally[TALLY_FORWARDED], 4);
	boxes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_TOP,
			.at_ms = START_MS + DAY_MS,
			.limit = 10})
			.mailboxes;
	assert_int_equal(boxes.count, 1);
	assert_int_equal(boxes.at[0].flows, 1);
	boxes = query(c->store, c->arena,
		(struct store_query){
			.kind = STORE_TOP, .at_ms = START_MS, .limit = 1})
			.mailboxes;
	assert_int_equal(boxes.count, 1);
	assert_true(slice_equal(boxes.at[0].mailbox, bob));
}

/* On several nodes the index comes after the routes. */
static void
await_routes(struct contract *c, size_t count)
{
	for (int i = 0; i < 1000; i++) {
		if (query(c->store, c->arena,
			    (struct store_query){.kind = STORE_ROUTES})
				.routes.count == count)
			return;
		arena_reset(c->arena);
		pass(c, 0);
	}
	fail_msg("there never are %zu routes", count);
}

static void
routes_newest_first(struct contract *c)
{
	struct store_routes routes;

	tally(c, alice, drop, TALLY_FORWARDED, "1");
	settle(c);
	pass(c, MINUTE_MS);
	tally(c, alice, other, TALLY_FORWARDED, "2");
	settle(c);
	pass(c, MINUTE_MS);
	tally(c, bob, drop, TALLY_FORWARDED, "3");
	settle(c);
	await_routes(c, 3);
	routes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_ROUTES, .about = alice})
			 .routes;
	assert_int_equal(routes.count, 2);
	assert_true(slice_equal(routes.at[0].destination, other));
	assert_true(slice_equal(routes.at[1].destination, drop));
	assert_int_equal(routes.at[1].first_ms, START_MS);
	assert_int_equal(routes.at[1].count, 1);
	routes = query(
		c->store, c->arena, (struct store_query){.kind = STORE_ROUTES})
			 .routes;
	assert_int_equal(routes.count, 3);
	assert_true(slice_equal(routes.at[0].mailbox, bob));
	routes = query(c->store, c->arena,
		(struct store_query){
			.kind = STORE_ROUTES, .at_ms = START_MS + MINUTE_MS})
			 .routes;
	assert_int_equal(routes.count, 2);
	assert_false(routes.more);
	routes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_ROUTES, .limit = 2})
			 .routes;
	assert_int_equal(routes.count, 2);
	assert_true(routes.more);
	assert_true(slice_equal(routes.at[0].mailbox, bob));
	assert_true(slice_equal(routes.at[1].destination, other));
	tally(c, alice, drop, TALLY_FORWARDED, "4");
	settle(c);
	routes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_ROUTES,
			.new_ms = START_MS + MINUTE_MS,
			.limit = 1})
			 .routes;
	assert_int_equal(routes.count, 1);
	assert_true(routes.more);
	assert_true(slice_equal(routes.at[0].mailbox, bob));
	routes = query(c->store, c->arena,
		(struct store_query){
			.kind = STORE_SENDERS, .about = drop, .limit = 1})
			 .routes;
	assert_int_equal(routes.count, 1);
	assert_true(routes.more);
}

/* Only those whose last forward is among the newest are read at all. */
static void
routes_of_many(struct contract *c)
{
	struct store_routes routes;
	char name[32];

	for (int i = 0; i < 1200; i++) {
		snprintf(name, sizeof(name), "u%d@example.com", i);
		c->clock.now_ms++;
		tally(c, slice_of(name), i % 2 == 0 ? drop : other,
			TALLY_FORWARDED, "1");
	}
	settle(c);
	await_routes(c, 1200);
	c->clock.now_ms++;
	tally(c, SLICE("u0@example.com"), other, TALLY_FORWARDED, "2");
	settle(c);
	await_routes(c, 1201);
	routes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_ROUTES, .limit = 700})
			 .routes;
	assert_int_equal(routes.count, 700);
	assert_true(routes.more);
	assert_true(slice_equal(routes.at[0].mailbox, SLICE("u0@example.com")));
	assert_true(
		slice_equal(routes.at[1].mailbox, SLICE("u1199@example.com")));
	assert_true(
		slice_equal(routes.at[699].mailbox, SLICE("u501@example.com")));
	routes = query(
		c->store, c->arena, (struct store_query){.kind = STORE_ROUTES})
			 .routes;
	assert_int_equal(routes.count, 1201);
	assert_false(routes.more);
}

static void
routes_are_bounded(struct contract *c)
{
	struct store_routes routes;
	char name[32];

	for (int i = 0; i < 70; i++, pass(c, 1)) {
		snprintf(name, sizeof(name), "d%d@evil.example", i);
		tally(c, alice, slice_of(name), TALLY_FORWARDED, name);
		settle(c);
	}
	routes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_ROUTES, .about = alice})
			 .routes;
	assert_int_equal(routes.count, 64);
	assert_true(slice_equal(
		routes.at[0].destination, SLICE("d69@evil.example")));
	assert_true(slice_equal(
		routes.at[63].destination, SLICE("d6@evil.example")));
}

static void
senders_of_a_destination(struct contract *c)
{
	struct store_routes routes;

	tally(c, alice, drop, TALLY_FORWARDED, "1");
	tally(c, alice, drop, TALLY_FORWARDED, "2");
	tally(c, alice, other, TALLY_FORWARDED, "3");
	settle(c);
	pass(c, 1);
	tally(c, bob, drop, TALLY_FORWARDED, "4");
	settle(c);
	routes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_SENDERS, .about = drop})
			 .routes;
	assert_int_equal(routes.count, 2);
	assert_true(slice_equal(routes.at[0].mailbox, bob));
	assert_true(slice_equal(routes.at[1].mailbox, alice));
	assert_true(slice_equal(routes.at[1].destination, drop));
	assert_int_equal(routes.at[1].count, 2);
	assert_int_equal(routes.at[1].first_ms, START_MS);
	routes = query(c->store, c->arena,
		(struct store_query){
			.kind = STORE_SENDERS, .about = SLICE("nobody@x")})
			 .routes;
	assert_int_equal(routes.count, 0);
}

static void
windows_of_a_group(struct contract *c)
{
	struct store_windows windows;

	note(c, alice, "rate", "m1");
	pass(c, MINUTE_MS);
	note(c, alice, "rate", "m2");
	note(c, alice, "fan-out", "d1");
	note(c, bob, "rate", "m1");
	windows = query(c->store, c->arena,
		(struct store_query){.kind = STORE_WINDOWS, .about = alice})
			  .windows;
	assert_int_equal(windows.count, 2);
	assert_true(slice_equal(windows.at[0].policy, SLICE("fan-out")));
	assert_int_equal(windows.at[0].count, 1);
	assert_true(slice_equal(windows.at[1].policy, SLICE("rate")));
	assert_true(slice_equal(windows.at[1].group, alice));
	assert_int_equal(windows.at[1].count, 2);
	assert_int_equal(windows.at[1].oldest_ms, START_MS);
	assert_int_equal(windows.at[1].newest_ms, START_MS + MINUTE_MS);
}

static void
hours_of_a_mailbox(struct contract *c)
{
	const struct slice none = {NULL, 0};
	struct store_hours hours;

	tally(c, alice, none, TALLY_RECEIVED, "1");
	tally(c, alice, drop, TALLY_FORWARDED, "2");
	settle(c);
	pass(c, 23 * HOUR_MS);
	tally(c, alice, none, TALLY_RECEIVED, "3");
	tally(c, alice, none, TALLY_RECEIVED, "4");
	settle(c);
	hours = query(c->store, c->arena,
		(struct store_query){.kind = STORE_HOURS, .about = alice})
			.hours;
	assert_int_equal(hours.received[0], 2);
	assert_int_equal(hours.forwarded[0], 0);
	assert_int_equal(hours.received[23], 1);
	assert_int_equal(hours.forwarded[23], 1);
	pass(c, HOUR_MS);
	hours = query(c->store, c->arena,
		(struct store_query){.kind = STORE_HOURS, .about = alice})
			.hours;
	assert_int_equal(hours.received[1], 2);
	assert_int_equal(hours.forwarded[23], 0);
}

static void
append(struct contract *c, const char *json)
{
	struct store_op op = {
		STORE_APPEND, {.append = {.json = slice_of(json)}}};

	tell(c, &op, 1);
}

static void
events_in_order(struct contract *c)
{
	struct store_query bogus = {
		.kind = STORE_EVENTS, .after = SLICE("bogus"), .limit = 10};
	struct store_events events;
	struct err err;

	append(c, "{\"n\":1}");
	append(c, "{\"n\":2}");
	settle(c);
	pass(c, 1);
	append(c, "{\"n\":3}");
	settle(c);
	events = query(c->store, c->arena,
		(struct store_query){.kind = STORE_EVENTS, .limit = 2})
			 .events;
	assert_int_equal(events.count, 2);
	assert_true(slice_equal(events.at[0], SLICE("{\"n\":2}")));
	assert_true(slice_equal(events.at[1], SLICE("{\"n\":3}")));
	append(c, "{\"n\":4}");
	append(c, "{\"n\":5}");
	settle(c);
	events = query(c->store, c->arena,
		(struct store_query){.kind = STORE_EVENTS,
			.after = events.last_id,
			.limit = 10})
			 .events;
	assert_int_equal(events.count, 2);
	assert_true(slice_equal(events.at[0], SLICE("{\"n\":4}")));
	events = query(c->store, c->arena,
		(struct store_query){.kind = STORE_EVENTS,
			.after = events.last_id,
			.limit = 10})
			 .events;
	assert_int_equal(events.count, 0);
	assert_true(events.last_id.len > 0);
	assert_false(store_query(c->store, c->arena, &bogus, &err));
}

/* This machine hears of it within a second, and obeys at once what was ordered
 * at itself. */
static void
ordered_until_then(struct contract *c)
{
	const struct slice about = SLICE("allow|alice@example.com|b@c.example");
	struct store_query order = {.kind = STORE_ORDER,
		.about = about,
		.containment = {.by = SLICE("secops"),
			.why = SLICE("ticket 7"),
			.until_ms = START_MS + DAY_MS}};
	struct store_containment word;
	struct store_orders orders;
	struct err err;

	assert_false(store_ordered(c->store, c->arena, about, &word));
	assert_int_equal(store_query(c->store, c->arena, &order, &err),
		!c->backend->down);
	assert_true(store_ordered(c->store, c->arena, about, &word));
	assert_true(slice_equal(word.by, SLICE("secops")));
	assert_true(slice_equal(word.why, SLICE("ticket 7")));
	assert_false(store_ordered(c->store, c->arena,
		SLICE("allow|bob@example.com|b@c.example"), &word));
	orders = query(
		c->store, c->arena, (struct store_query){.kind = STORE_ORDERS})
			 .orders;
	assert_int_equal(orders.count, 1);
	assert_true(slice_equal(orders.at[0].word.why, SLICE("ticket 7")));
	assert_true(orders.at[0].word.until_ms > START_MS);
	order.containment.until_ms = 0;
	assert_int_equal(store_query(c->store, c->arena, &order, &err),
		!c->backend->down);
	assert_false(store_ordered(c->store, c->arena, about, &word));
	orders = query(
		c->store, c->arena, (struct store_query){.kind = STORE_ORDERS})
			 .orders;
	assert_int_equal(orders.count, 0);
}

/* What another machine kept does not undo what was said since, whatever comes
 * first; and nobody hears twice that one is over. */
static void
newest_word_stands(struct contract *c)
{
	const struct slice about = SLICE("contain|alice@example.com");
	struct store_query order = {.kind = STORE_ORDER,
		.about = about,
		.containment = {.by = SLICE("secops"),
			.why = SLICE("new"),
			.at_ms = START_MS,
			.until_ms = START_MS + DAY_MS}};
	struct store_query kept = order;
	struct store_containment word;
	struct err err;

	if (c->backend->down)
		return;
	kept.as_kept = true;
	kept.containment.why = SLICE("kept");
	kept.containment.at_ms = START_MS - 5;
	assert_true(store_query(c->store, c->arena, &order, &err));
	assert_true(store_query(c->store, c->arena, &kept, &err));
	assert_true(store_ordered(c->store, c->arena, about, &word));
	assert_true(slice_equal(word.why, SLICE("new")));
	order.containment.until_ms = 0;
	assert_true(store_query(c->store, c->arena, &order, &err));
	assert_true(store_query(c->store, c->arena, &kept, &err));
	assert_false(store_ordered(c->store, c->arena, about, &word));
	assert_int_equal(query(c->store, c->arena,
				 (struct store_query){.kind = STORE_ORDERS})
				 .orders.count,
		0);
	assert_int_equal(query(c->store, c->arena,
				 (struct store_query){.kind = STORE_OVER})
				 .orders.count,
		0);
}

/* Until it is in no trace, either. */
static void
forget(struct contract *c, struct store_query *order)
{
	struct timespec wait = {0, 1000000};
	struct store_health health = {0};
	struct err err;

	assert_int_equal(store_query(c->store, c->arena, order, &err),
		!c->backend->down);
	for (store_health(c->store, &health); health.wiping > 0;
		store_health(c->store, &health))
		nanosleep(&wait, NULL);
}

static void
forget_wipes_everywhere(struct contract *c)
{
	struct store_routes routes;
	struct store_mailboxes boxes;
	struct store_events events;
	struct store_recall answer;
	struct store_windows windows;
	struct store_query order = {.kind = STORE_FORGET, .about = alice};

	tally(c, alice, drop, TALLY_FORWARDED, "1");
	tally(c, bob, drop, TALLY_FORWARDED, "2");
	note(c, alice, "rate", "m1");
	note(c, drop, "fan-in", "alice@example.com");
	note(c, drop, "fan-in", "bob@example.com");
	remember(c, "id", SLICE("malice@example.com"),
		SLICE("mbob@example.com"));
	keep(c, "queue", "Lalice@example.com calice@example.com I@192.0.2.1",
		true);
	append(c, "{\"mailbox\":\"alice@example.com\"}");
	append(c, "{\"mailbox\":\"malice@example.com\"}");
	settle(c);
	forget(c, &order);
	assert_true(order.answer.wiped >= 5);
	assert_false(facts(c, alice, drop).known);
	assert_true(facts(c, bob, drop).known);
	boxes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_MAILBOX, .about = alice})
			.mailboxes;
	assert_int_equal(boxes.count, 0);
	boxes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_TOP,
			.at_ms = c->clock.now_ms,
			.limit = 10})
			.mailboxes;
	assert_int_equal(boxes.count, 1);
	routes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_SENDERS, .about = drop})
			 .routes;
	assert_int_equal(routes.count, 1);
	windows = query(c->store, c->arena,
		(struct store_query){.kind = STORE_WINDOWS, .about = alice})
			  .windows;
	assert_int_equal(windows.count, 0);
	check_note(note(c, drop, "fan-in", "carol"), 1, 2, true);
	answer = recall(c, "id", 10);
	assert_int_equal(answer.count, 1);
	assert_true(
		slice_equal(answer.members[0].name, SLICE("mbob@example.com")));
	answer = recall(c, "queue", 10);
	assert_int_equal(answer.count, 1);
	assert_true(has(&answer, "I@192.0.2.1"));
	events = query(c->store, c->arena,
		(struct store_query){.kind = STORE_EVENTS, .limit = 10})
			 .events;
	assert_int_equal(events.count, 1);
	forget(c, &order);
	assert_int_equal(order.answer.wiped, 0);
}

/* All records, by one walk; the arena keeps them. */
static size_t
records_of(struct contract *c, struct record *out, size_t most)
{
	struct store_query asked = {.kind = STORE_EXPORT};
	size_t count = 0;
	struct err err;

	do {
		asked.after = asked.answer.records.mark;
		asked.answer = (struct store_answer){0};
		if (!store_query(c->store, c->arena, &asked, &err))
			return SIZE_MAX;
		for (size_t i = 0; i < asked.answer.records.count; i++) {
			assert_true(count < most);
			out[count++] = asked.answer.records.at[i];
		}
	} while (asked.answer.records.mark.len > 0);
	return count;
}

static void
records_are_carried(struct contract *c)
{
	const struct store_containment containment = {.by = SLICE("secops"),
		.at_ms = START_MS,
		.until_ms = START_MS + DAY_MS};
	struct store_orders orders;
	struct store_query order = {.kind = STORE_FORGET, .about = alice};
	struct record records[8];
	struct store_mailboxes boxes;
	struct err err;
	size_t count;

	tally(c, alice, drop, TALLY_FORWARDED, "1");
	tally(c, alice, drop, TALLY_FORWARDED, "2");
	tally(c, alice, other, TALLY_FORWARDED, "3");
	tally(c, alice, SLICE(""), TALLY_PERSON, "");
	settle(c);
	count = records_of(c, records, 8);
	if (c->backend->down) {
		assert_int_equal(count, SIZE_MAX);
		return;
	}
	assert_int_equal(count, 1);
	/* As version 0.1 wrote it. */
	records[0].containment = containment;
	assert_true(store_query(c->store, c->arena, &order, &err));
	assert_int_equal(records_of(c, &records[count], 8 - count), 0);
	/* Twice is as good as once. */
	for (size_t i = 0; i < 2 * count; i++) {
		struct store_query taken = {
			.kind = STORE_IMPORT, .record = &records[i % count]};

		assert_true(store_query(c->store, c->arena, &taken, &err));
	}
	boxes = query(c->store, c->arena,
		(struct store_query){.kind = STORE_MAILBOX, .about = alice})
			.mailboxes;
	assert_int_equal(boxes.count, 1);
	assert_int_equal(boxes.at[0].tally[TALLY_FORWARDED], 3);
	assert_int_equal(boxes.at[0].destinations, 2);
	assert_int_equal(boxes.at[0].first_forward_ms, START_MS);
	assert_true(boxes.at[0].person);
	orders = query(
		c->store, c->arena, (struct store_query){.kind = STORE_ORDERS})
			 .orders;
	assert_int_equal(orders.count, 1);
	assert_true(slice_equal(
		orders.at[0].about, SLICE("contain|alice@example.com")));
	assert_int_equal(facts(c, alice, drop).route_count, 2);
	assert_int_equal(facts(c, alice, drop).forwarded_hour, 3);
	assert_int_equal(query(c->store, c->arena,
				 (struct store_query){
					 .kind = STORE_SENDERS, .about = drop})
				 .routes.count,
		1);
	assert_int_equal(query(c->store, c->arena,
				 (struct store_query){.kind = STORE_ROUTES})
				 .routes.count,
		2);
	assert_int_equal(query(c->store, c->arena,
				 (struct store_query){.kind = STORE_TOP,
					 .at_ms = START_MS,
					 .limit = 5})
				 .mailboxes.count,
		1);
	/* What came since is not undone. */
	tally(c, alice, drop, TALLY_FORWARDED, "4");
	settle(c);
	order = (struct store_query){
		.kind = STORE_IMPORT, .record = &records[0]};
	assert_true(store_query(c->store, c->arena, &order, &err));
	assert_int_equal(facts(c, alice, drop).route_count, 3);
}

/* Where an address stands that no key is named after. */
static void
forget_finds_windows_and_old_routes(struct contract *c)
{
	struct store_query order = {.kind = STORE_FORGET, .about = drop};
	char name[32];

	note(c, alice, "many", "drop@evil.example");
	note(c, SLICE("alice@example.com|drop@evil.example"), "pair", "m1");
	note(c, SLICE("x\\|y@evil.example|z"), "odd", "m1");
	for (int i = 0; i < 70; i++, pass(c, 1)) {
		snprintf(name, sizeof(name), "d%d@evil.example", i);
		tally(c, alice, i == 0 ? drop : slice_of(name), TALLY_FORWARDED,
			name);
		settle(c);
	}
	forget(c, &order);
	assert_true(order.answer.wiped >= 2);
	check_note(note(c, alice, "many", "else@evil.example"), 0, 1, true);
	check_note(note(c, SLICE("alice@example.com|drop@evil.example"), "pair",
			   "m2"),
		0, 1, true);
	order.about = SLICE("x|y@evil.example");
	forget(c, &order);
	assert_true(order.answer.wiped >= 1);
	check_note(note(c, SLICE("x\\|y@evil.example|z"), "odd", "m2"), 0, 1,
		true);
	order.about = alice;
	forget(c, &order);
	order.about = SLICE("d1@evil.example");
	forget(c, &order);
	assert_int_equal(order.answer.wiped, 0);
}

static void
answers_are_filled_in_anew(struct contract *c)
{
	struct store_op ops[4] = {
		op_note(alice, "p", "m"),
		{STORE_RECALL, {.recall = {.id = SLICE("x"), .count = 77}}},
		{STORE_FACTS,
			{.facts = {.mailbox = bob,
				 .destination = drop,
				 .known = true,
				 .person = true,
				 .route_count = 9}}},
		op_note(alice, "q", "m"),
	};

	ops[0].note.count = 99;
	ops[3].note.after = 0;
	ops[3].note.after_least = 50;
	ops[3].note.count = 5;
	ops[3].note.done = true;
	ask(c, ops, 4);
	check_note(ops[0].note, 0, 1, true);
	assert_int_equal(ops[1].recall.count, 0);
	assert_false(ops[2].facts.known);
	assert_false(ops[2].facts.person);
	assert_int_equal(ops[2].facts.route_count, 0);
	assert_false(ops[3].note.done);
	assert_int_equal(ops[3].note.count, 0);
}

/* Two questions, answered before they are asked, and two notes behind them. */
enum {
	FORESEEN_TRACE,
	FORESEEN_FACTS,
	FORESEEN_NOTE,
	FORESEEN_NEXT
};
#define FORESEEN_OPS (FORESEEN_NEXT + 1)
#define FORESEEN_MEMBERS 4

struct foreseen {
	struct store_op ops[FORESEEN_OPS];
	struct store_batch batch;
	struct store_member members[FORESEEN_MEMBERS]; /* of the trace */
};

/* A trace that was written at two times, a mailbox with a route; false: this
 * backend has no guess. */
static bool
foresee(struct contract *c, struct foreseen *f, const char *member)
{
	*f = (struct foreseen){
		.ops = {{STORE_RECALL,
				{.recall = {.id = SLICE("id9"), .cap = 10}}},
			{STORE_FACTS,
				{.facts = {.mailbox = alice,
					 .destination = drop}}},
			op_note(alice, "p", member),
			op_note(alice, "q", member)},
		.batch = {.ops = f->ops, .count = 2, .arena = c->arena}};
	f->ops[FORESEEN_NEXT].note.after = FORESEEN_NOTE;
	f->ops[FORESEEN_NEXT].note.after_least = 2;
	if (!store_foresee(c->store, &f->batch))
		return false;
	assert_int_equal(f->ops[FORESEEN_TRACE].recall.count, FORESEEN_MEMBERS);
	memcpy(f->members, f->ops[FORESEEN_TRACE].recall.members,
		sizeof(f->members));
	f->ops[FORESEEN_TRACE].recall.members = f->members;
	f->batch.count = FORESEEN_OPS;
	f->batch.foreseen = FORESEEN_NOTE;
	return true;
}

static void
fill_foreseen(struct contract *c)
{
	keep(c, "id9", "Ax ma my", false);
	pass(c, 5);
	keep(c, "id9", "mz", false);
	tally(c, alice, (struct slice){NULL, 0}, TALLY_PERSON, "1");
	tally(c, alice, (struct slice){NULL, 0}, TALLY_RECEIVED, "2");
	tally(c, alice, drop, TALLY_FORWARDED, "3");
	tally(c, alice, drop, TALLY_FORWARDED, "4");
	settle(c);
}

static void
foreseen_is_counted_along(struct contract *c)
{
	struct foreseen f;

	fill_foreseen(c);
	if (!foresee(c, &f, "m1"))
		return;
	f.batch.exact = true;
	assert_int_equal(f.ops[FORESEEN_FACTS].facts.route_count, 2);
	ask_batch(c, &f.batch);
	assert_true(f.batch.came_true);
	assert_int_equal(f.ops[FORESEEN_TRACE].recall.count, 4);
	check_note(f.ops[FORESEEN_NOTE].note, 0, 1, true);
	assert_false(f.ops[FORESEEN_NEXT].note.done);
	assert_true(foresee(c, &f, "m2"));
	ask_batch(c, &f.batch);
	assert_true(f.batch.came_true);
	check_note(f.ops[FORESEEN_NOTE].note, 1, 2, true);
	check_note(f.ops[FORESEEN_NEXT].note, 0, 1, true);
	check_note(note(c, alice, "p", "m3"), 2, 3, true);
}

/* What this machine might have thought, and whether Redis then counts. */
static void
think_of_nobody(struct foreseen *f)
{
	f->ops[FORESEEN_TRACE].recall.count = 0;
}

static void
think_of_fewer(struct foreseen *f)
{
	f->ops[FORESEEN_TRACE].recall.count--;
}

static void
think_of_another(struct foreseen *f)
{
	f->members[1].name = SLICE("mq");
}

static void
think_of_late(struct foreseen *f)
{
	f->members[1].at_ms -= STORE_FORESEEN_MS + 1;
}

static void
think_of_soon(struct foreseen *f)
{
	f->members[1].at_ms -= STORE_FORESEEN_MS - 10;
}

static void
think_unknown(struct foreseen *f)
{
	f->ops[FORESEEN_FACTS].facts.known = false;
}

static void
think_no_person(struct foreseen *f)
{
	f->ops[FORESEEN_FACTS].facts.person = false;
}

static void
think_no_mail(struct foreseen *f)
{
	f->ops[FORESEEN_FACTS].facts.received_day = 0;
}

static void
think_no_route(struct foreseen *f)
{
	f->ops[FORESEEN_FACTS].facts.route_count = 0;
}

static void
think_young_route(struct foreseen *f)
{
	f->ops[FORESEEN_FACTS].facts.route_first_ms += STORE_FORESEEN_MS + 1;
}

static void
think_of_less(struct foreseen *f)
{
	f->ops[FORESEEN_FACTS].facts.forwarded_day--;
}

static void
think_of_less_exactly(struct foreseen *f)
{
	f->ops[FORESEEN_FACTS].facts.forwarded_day--;
	f->batch.exact = true;
}

static void
think_of_more_exactly(struct foreseen *f)
{
	f->ops[FORESEEN_FACTS].facts.forwarded_day++;
	f->batch.exact = true;
}

static const struct {
	const char *name;
	void (*think)(struct foreseen *);
	bool counted;
} thoughts[] = {
	{"nobody got it", think_of_nobody, false},
	{"fewer got it", think_of_fewer, false},
	{"another got it", think_of_another, false},
	{"got long before", think_of_late, false},
	{"got by another clock", think_of_soon, true},
	{"not known", think_unknown, false},
	{"no person", think_no_person, false},
	{"gets no mail", think_no_mail, false},
	{"no route", think_no_route, false},
	{"a younger route", think_young_route, false},
	{"a count behind", think_of_less, true},
	{"a count behind that counts", think_of_less_exactly, false},
	{"a count that is on its way", think_of_more_exactly, true},
};

static void
foreseen_otherwise_counts_nothing(struct contract *c)
{
	struct foreseen f;
	char member[16];
	uint64_t counted = 0;

	/* Memory is what it foresees. */
	if (strstr(c->backend->name, "memory") != NULL)
		return;
	fill_foreseen(c);
	for (size_t i = 0; i < sizeof(thoughts) / sizeof(*thoughts); i++) {
		snprintf(member, sizeof(member), "m%zu", i);
		if (!foresee(c, &f, member))
			return;
		thoughts[i].think(&f);
		ask_batch(c, &f.batch);
		if (f.batch.came_true != thoughts[i].counted)
			fail_msg("%s", thoughts[i].name);
		assert_int_equal(
			f.ops[FORESEEN_NOTE].note.done, thoughts[i].counted);
		counted += thoughts[i].counted;
		if (thoughts[i].counted) {
			assert_int_equal(
				f.ops[FORESEEN_NOTE].note.count, counted);
		}
	}
	check_note(note(c, alice, "p", "last"), counted, counted + 1, true);
}

/* The same counting done the slow way. */
#define REFERENCE_SETS 4
#define REFERENCE_MEMBERS 24
struct reference {
	int64_t at_ms[REFERENCE_MEMBERS]; /* 0: not in the set */
	double value[REFERENCE_MEMBERS];
};

static uint64_t
reference_count(const struct reference *set)
{
	uint64_t count = 0;

	for (int i = 0; i < REFERENCE_MEMBERS; i++)
		count += set->at_ms[i] != 0;
	return count;
}

static void
reference_note(struct reference *set, int member, int64_t at_ms, uint32_t cap,
	int64_t window_ms, struct note *answer)
{
	int i, oldest;

	for (i = 0; i < REFERENCE_MEMBERS; i++) {
		if (set->at_ms[i] < at_ms - window_ms)
			set->at_ms[i] = 0;
	}
	answer->before = reference_count(set);
	answer->fresh = set->at_ms[member] == 0;
	if (at_ms > set->at_ms[member])
		set->at_ms[member] = at_ms;
	set->value[member] = answer->value;
	while (reference_count(set) > cap) {
		for (i = 0, oldest = -1; i < REFERENCE_MEMBERS; i++) {
			if (set->at_ms[i] != 0 &&
				(oldest < 0 ||
					set->at_ms[i] < set->at_ms[oldest]))
				oldest = i;
		}
		set->at_ms[oldest] = 0;
	}
	answer->count = reference_count(set);
	answer->sum = 0;
	for (i = 0; i < REFERENCE_MEMBERS; i++)
		answer->sum += set->at_ms[i] != 0 ? set->value[i] : 0;
}

static uint32_t
next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*state >> 33);
}

/* Times are all different (so "the newest" has one meaning) and come out of
 * order by up to 300 ms. */
static void
random_against_reference(struct contract *c)
{
	static const char *const policies[REFERENCE_SETS] = {
		"s0", "s1", "s2", "s3"};
	struct reference sets[REFERENCE_SETS];
	uint64_t state = 42;
	int steps = c->backend->random_long ? 20000 : 2000, i;

	memset(sets, 0, sizeof(sets));
	for (i = 0; i < steps; i++) {
		uint32_t which = next_random(&state) % REFERENCE_SETS;
		int member = (int)(next_random(&state) % REFERENCE_MEMBERS);
		uint32_t cap = 3 + which * 5;
		int64_t window_ms = 400 * (int64_t)(which + 1);
		char name[16];
		struct store_op op;
		struct store_batch batch = {.ops = &op,
			.count = 1,
			.arena = c->arena,
			.at_ms = START_MS + i * 100 +
				(int64_t)(next_random(&state) % 4) * 100 +
				(i % 97)};
		struct note expected = {0};

		snprintf(name, sizeof(name), "m%d", member);
		op = op_note(alice, policies[which], name);
		op.note.mode = which % 2 ? NOTE_SUM : NOTE_COUNT;
		op.note.cap = cap;
		op.note.window_ms = window_ms;
		op.note.value = (double)(next_random(&state) % 100);
		expected.value = op.note.value;
		reference_note(&sets[which], member, batch.at_ms, cap,
			window_ms, &expected);
		assert_int_equal(store_ask(c->store, &batch, BUDGET_MS),
			c->backend->result);
		check_note(op.note, expected.before, expected.count,
			expected.fresh);
		if (which % 2)
			assert_true(op.note.sum == expected.sum);
		arena_reset(c->arena);
	}
}

static const struct {
	const char *name;
	void (*run)(struct contract *);
} cases[] = {
	{"note counts distinct members", note_counts_distinct_members},
	{"note keeps groups and policies apart",
		note_keeps_groups_and_policies_apart},
	{"note: the boundary is inclusive", note_boundary_is_inclusive},
	{"note again moves the member", note_again_moves_the_member},
	{"note: the cap keeps the newest", note_cap_keeps_the_newest},
	{"note: a late arrival counts", note_late_arrival_counts},
	{"note: any bytes", note_any_bytes},
	{"note: long keys stay different", note_long_keys_stay_different},
	{"note: a sum adds values", note_sum_adds_values},
	{"note: a sum is capped with its values",
		note_sum_caps_with_its_values},
	{"note: steps in order", note_steps_in_order},
	{"note: steps leave the window", note_steps_leave_the_window},
	{"note after waits for the count", note_after_waits_for_the_count},
	{"note after a later one is never done",
		note_after_a_later_one_is_never_done},
	{"note told is counted", note_told_is_counted},
	{"note: many in one batch", note_many_in_one_batch},
	{"note: random sequences against a reference",
		random_against_reference},
	{"recall gives the newest first", recall_gives_newest_first},
	{"recall of nothing is empty", recall_of_nothing_is_empty},
	{"recall of several at once", recall_several_at_once},
	{"who makes a trace says who took part",
		who_makes_a_trace_says_who_took_part},
	{"who took part is never pushed out",
		who_took_part_is_never_pushed_out},
	{"who took part leaves room", who_took_part_leaves_room},
	{"a cut trace stays cut", a_cut_trace_stays_cut},
	{"remembered anew", remembered_anew},
	{"remember is bounded", remember_is_bounded},
	{"remember expires", remember_expires},
	{"facts of the unknown", facts_of_the_unknown},
	{"facts follow the tallies", facts_follow_the_tallies},
	{"facts forget after a day", facts_forget_after_a_day},
	{"peer is what was told", peer_is_what_was_told},
	{"peer of the later message stays", peer_of_the_later_message_stays},
	{"peer writes back", peer_writes_back},
	{"peers are bounded", peers_are_bounded},
	{"one way has names", one_way_has_names},
	{"forget finds peers", forget_finds_peers},
	{"tally counts an identity once", tally_counts_an_identity_once},
	{"tally without identity counts each",
		tally_without_identity_counts_each},
	{"a person is marked", a_person_is_marked},
	{"who only receives lives a day", who_only_receives_lives_a_day},
	{"box holds the totals", box_holds_the_totals},
	{"top is of a day", top_is_of_a_day},
	{"routes: newest first", routes_newest_first},
	{"routes are bounded", routes_are_bounded},
	{"routes of many, the newest", routes_of_many},
	{"senders of a destination", senders_of_a_destination},
	{"windows of a group", windows_of_a_group},
	{"hours of a mailbox", hours_of_a_mailbox},
	{"events in order", events_in_order},
	{"the newest word about an order stands", newest_word_stands},
	{"ordered until then", ordered_until_then},
	{"forget wipes everywhere", forget_wipes_everywhere},
	{"records are carried", records_are_carried},
	{"forget finds windows and old routes",
		forget_finds_windows_and_old_routes},
	{"answers are filled in anew", answers_are_filled_in_anew},
	{"what is foreseen is counted along", foreseen_is_counted_along},
	{"what is foreseen otherwise counts nothing",
		foreseen_otherwise_counts_nothing},
};
#define CASES (sizeof(cases) / sizeof(*cases))

struct case_state {
	const struct contract_backend *backend;
	void (*run)(struct contract *);
};

static void
run_case(void **state)
{
	const struct case_state *this = *state;
	struct contract c = {.backend = this->backend, .clock = {START_MS}};
	struct store_options options;
	struct err err = {0};
	static int number;

	snprintf(c.prefix, sizeof(c.prefix), "t%d", ++number);
	store_options_init(&options);
	options.clock = clock_fake(&c.clock);
	options.clock_rules = true;
	options.uri = this->backend->uri();
	options.prefix = c.prefix;
	c.arena = arena_new(ARENA_BYTES);
	c.store = store_open(&options, &err);
	if (c.store == NULL)
		fail_msg("%s", err.text);
	this->run(&c);
	store_close(c.store);
	arena_free(c.arena);
}

static void
add_cases(const struct contract_backend *backend, struct CMUnitTest *tests,
	struct case_state *states, char (*names)[96])
{
	for (size_t i = 0; i < CASES; i++) {
		states[i] = (struct case_state){backend, cases[i].run};
		snprintf(names[i], sizeof(names[i]), "%s: %s", backend->name,
			cases[i].name);
		tests[i] = (struct CMUnitTest){
			names[i], run_case, NULL, NULL, &states[i]};
	}
}

int
contract_run_both(
	const struct contract_backend *one, const struct contract_backend *two)
{
	static struct CMUnitTest tests[2 * CASES];
	static struct case_state states[2 * CASES];
	static char names[2 * CASES][96];
	size_t count = CASES;

	add_cases(one, tests, states, names);
	if (two != NULL) {
		add_cases(two, tests + count, states + count, names + count);
		count *= 2;
	}
	return _cmocka_run_group_tests(one->name, tests, count, NULL, NULL);
}

int
contract_run(const struct contract_backend *backend)
{
	return contract_run_both(backend, NULL);
}
