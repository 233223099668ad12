/* SPDX-License-Identifier: BSD-2-Clause */
/* What only the memory store promises: its bound, its snapshot, its threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#include "store/key.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#define HOUR_MS ((int64_t)3600000)

static void
say(void *ctx, enum log_level level, const char *text)
{
	struct fixture *f = ctx;

	(void)level;
	snprintf(f->said, sizeof(f->said), "%s", text);
	f->lines++;
}

static int
setup(void **state)
{
	struct fixture *f = fixture_new();

	f->options.snapshot_ms = 0;
	f->options.say = say;
	f->options.say_ctx = f;
	open_store(f);
	*state = f;
	return 0;
}

static void
reopen(struct fixture *f)
{
	store_close(f->store);
	open_store(f);
}

static void
ask_op(struct fixture *f, struct store_op *op)
{
	struct store_batch batch = {.ops = op, .count = 1, .arena = f->arena};

	assert_int_equal(store_ask(f->store, &batch, 100), STORE_OK);
}

static struct note
note(struct fixture *f, const char *group, const char *member)
{
	struct store_op op = {STORE_NOTE,
		{.note = {.group = slice_of(group),
			 .policy = SLICE("p"),
			 .member = slice_of(member),
			 .window_ms = HOUR_MS,
			 .after = -1}}};

	ask_op(f, &op);
	return op.note;
}

static void
tally(struct fixture *f, const char *mailbox, const char *to, const char *id)
{
	struct store_op op = {STORE_TALLY,
		{.tally = {.mailbox = slice_of(mailbox),
			 .destination = slice_of(to),
			 .what = TALLY_FORWARDED,
			 .identity = slice_of(id)}}};

	ask_op(f, &op);
}

static struct store_facts
facts(struct fixture *f, const char *mailbox, const char *to)
{
	struct store_op op = {STORE_FACTS,
		{.facts = {.mailbox = slice_of(mailbox),
			 .destination = slice_of(to)}}};

	ask_op(f, &op);
	return op.facts;
}

static void
remember(struct fixture *f, const char *id, const char *member)
{
	struct slice members[1] = {slice_of(member)};
	struct store_op op = {STORE_REMEMBER,
		{.remember = {slice_of(id), members, 1, HOUR_MS}}};

	ask_op(f, &op);
}

static size_t
recall(struct fixture *f, const char *id)
{
	struct store_op op = {STORE_RECALL, {.recall = {.id = slice_of(id)}}};

	ask_op(f, &op);
	return op.recall.count;
}

static bool
is_kept(struct fixture *f, const char *id, const char *member)
{
	struct store_op op = {STORE_RECALL, {.recall = {.id = slice_of(id)}}};

	ask_op(f, &op);
	for (size_t i = 0; i < op.recall.count; i++) {
		if (slice_equal(op.recall.members[i].name, slice_of(member)))
			return true;
	}
	return false;
}

static void
small_store(struct fixture *f)
{
	store_close(f->store);
	f->options.memory_bytes = 64 * 1024;
	f->options.events = 4;
	open_store(f);
}

static void
stalest_sets_go_first(void **state)
{
	struct fixture *f = *state;
	struct store_health health;
	char group[32];
	int i, kept = 0;

	small_store(f);
	for (i = 0; i < 2000; i++) {
		snprintf(group, sizeof(group), "g%d@example.com", i);
		note(f, group, "m");
		note(f, "always@example.com", group);
	}
	store_health(f->store, &health);
	assert_in_range(health.bytes, 1, 64 * 1024);
	assert_true(health.evicted > 1000);
	assert_true(note(f, "always@example.com", "more").before > 800);
	for (i = 1999; i >= 0; i--) {
		snprintf(group, sizeof(group), "g%d@example.com", i);
		if (note(f, group, "m").before == 0)
			break;
		kept++;
	}
	assert_true(kept > 50);
}

static void
a_flood_of_traces_leaves_the_counters(void **state)
{
	struct fixture *f = *state;
	char id[32];

	small_store(f);
	note(f, "alice@example.com", "m");
	tally(f, "alice@example.com", "drop@evil.example", "1");
	for (int i = 0; i < 5000; i++) {
		snprintf(id, sizeof(id), "id-%d", i);
		remember(f, id, "bob@example.com");
	}
	assert_int_equal(note(f, "alice@example.com", "m2").count, 2);
	assert_int_equal(
		facts(f, "alice@example.com", "drop@evil.example").route_count,
		1);
	assert_int_equal(recall(f, "id-4999"), 1);
	assert_int_equal(recall(f, "id-0"), 0);
}

static void
tally_one(struct fixture *f, const char *mailbox, enum tally_what what)
{
	struct store_op op = {STORE_TALLY,
		{.tally = {.mailbox = slice_of(mailbox), .what = what}}};

	ask_op(f, &op);
}

#define FLOOD 40000 /* recipients: more than the memory holds */

/* Whoever can write to a thousand addresses must not make a forwarder's
 * history go, nor the mark of a person. */
static void
a_flood_of_recipients_leaves_forwarders(void **state)
{
	struct fixture *f = *state;
	struct store_health health;
	char name[64];

	store_close(f->store);
	f->options.memory_bytes = 4 << 20;
	open_store(f);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "box%d@example.com", i);
		tally(f, name, "drop@evil.example", "1");
	}
	tally_one(f, "alice@example.com", TALLY_PERSON);
	for (int i = 0; i < FLOOD; i++) {
		snprintf(name, sizeof(name), "nobody%d@example.com", i);
		tally_one(f, name, TALLY_RECEIVED);
	}
	store_health(f->store, &health);
	assert_true(health.evicted > 1000);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "box%d@example.com", i);
		assert_int_equal(
			facts(f, name, "drop@evil.example").route_count, 1);
	}
	assert_true(facts(f, "alice@example.com", "").person);
	assert_false(facts(f, "nobody0@example.com", "").known);
	assert_true(facts(f, "nobody39999@example.com", "").known);
	reopen(f);
	for (int i = 0; i < FLOOD; i++) {
		snprintf(name, sizeof(name), "other%d@example.com", i);
		tally_one(f, name, TALLY_RECEIVED);
	}
	assert_true(facts(f, "alice@example.com", "").person);
	assert_int_equal(
		facts(f, "box0@example.com", "drop@evil.example").route_count,
		1);
}

/* Forwarders alone push out forwarders, the stalest first; a person's mark
 * does not make them go. */
static void
forwarders_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct store_health health;
	char name[64];

	small_store(f);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "box%d@example.com", i);
		tally(f, name, "drop@evil.example", "1");
		tally_one(f, name, TALLY_PERSON);
	}
	store_health(f->store, &health);
	assert_in_range(health.bytes, 1, 64 * 1024);
	assert_false(facts(f, "box0@example.com", "").known);
	assert_int_equal(
		facts(f, "box999@example.com", "drop@evil.example").route_count,
		1);
	tally_one(f, "late@example.com", TALLY_PERSON);
	assert_false(facts(f, "late@example.com", "").person);
}

static void
one_set_cannot_take_all(void **state)
{
	struct fixture *f = *state;
	struct store_health health;
	char member[32];

	small_store(f);
	for (int i = 0; i < 20000; i++) {
		snprintf(member, sizeof(member), "m%d", i);
		note(f, "alice@example.com", member);
	}
	store_health(f->store, &health);
	assert_in_range(health.bytes, 1, 64 * 1024);
	assert_true(note(f, "alice@example.com", "x").count >= 896);
}

static void
events_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct store_events events;
	char json[32];

	small_store(f);
	for (int i = 0; i < 10; i++) {
		struct store_op op = {STORE_APPEND, {.append = {{NULL, 0}}}};

		snprintf(json, sizeof(json), "{\"n\":%d}", i);
		op.append.json = slice_of(json);
		ask_op(f, &op);
	}
	events = query(f->store, f->arena,
		(struct store_query){.kind = STORE_EVENTS, .limit = 100})
			 .events;
	assert_int_equal(events.count, 4);
	assert_true(slice_equal(events.at[3], SLICE("{\"n\":9}")));
}

static void
fill(struct fixture *f)
{
	struct store_query order = {.kind = STORE_ORDER,
		.about = SLICE("contain|bob@example.com"),
		.containment = {.by = SLICE("me"),
			.why = SLICE("test"),
			.until_ms = START_MS + HOUR_MS}};
	struct store_op event = {
		STORE_APPEND, {.append = {SLICE("{\"n\":1}")}}};

	note(f, "alice@example.com", "m1");
	note(f, "alice@example.com", "m2");
	tally(f, "alice@example.com", "drop@evil.example", "1");
	remember(f, "id", "alice@example.com");
	ask_op(f, &event);
	(void)query(f->store, f->arena, order);
	order.about = SLICE("allow|bob@example.com|b@c.example");
	(void)query(f->store, f->arena, order);
}

static void
check_filled(struct fixture *f)
{
	struct store_containment word;
	struct store_events events;
	struct note again = note(f, "alice@example.com", "m2");

	assert_int_equal(again.before, 2);
	assert_false(again.fresh);
	tally(f, "alice@example.com", "drop@evil.example", "1");
	assert_int_equal(
		facts(f, "alice@example.com", "drop@evil.example").route_count,
		1);
	assert_int_equal(recall(f, "id"), 1);
	assert_true(store_ordered(
		f->store, f->arena, SLICE("contain|bob@example.com"), &word));
	assert_true(store_ordered(f->store, f->arena,
		SLICE("allow|bob@example.com|b@c.example"), &word));
	assert_true(slice_equal(word.why, SLICE("test")));
	events = query(f->store, f->arena,
		(struct store_query){.kind = STORE_EVENTS, .limit = 9})
			 .events;
	assert_int_equal(events.count, 1);
}

static void
a_restart_forgets_nothing(void **state)
{
	struct fixture *f = *state;

	fill(f);
	reopen(f);
	check_filled(f);
	reopen(f);
	check_filled(f);
	assert_int_equal(f->lines, 0);
}

/* A set of two processes: who made it here, or there where it is not here. */
static void
a_takeover_keeps_who_was_first(void **state)
{
	struct fixture *f = *state;
	struct store *old = f->store, *new;
	struct err err;

	open_store(f);
	new = f->store;
	remember(f, "both", "P@drop");
	f->store = old;
	remember(f, "both", "P@bob");
	remember(f, "both", "malice@example.com");
	remember(f, "old", "P@bob");
	remember(f, "old", "P@drop");
	store_close(old);
	f->store = new;
	assert_true(store_snapshot(new, &err));
	for (int i = 0; i < 2; i++, reopen(f)) {
		assert_true(is_kept(f, "both", "P@drop"));
		assert_false(is_kept(f, "both", "P@bob"));
		assert_true(is_kept(f, "both", "malice@example.com"));
		assert_true(is_kept(f, "old", "P@bob"));
		assert_false(is_kept(f, "old", "P@drop"));
	}
	remember(f, "both", "P@bob");
	assert_false(is_kept(f, "both", "P@bob"));
	f->clock.now_ms += HOUR_MS + 1;
	remember(f, "both", "P@bob");
	assert_true(is_kept(f, "both", "P@bob"));
	assert_false(is_kept(f, "both", "P@drop"));
	assert_int_equal(f->lines, 0);
}

/* While one process takes over from another, both count; whoever writes last
 * writes what both know. */
static void
a_takeover_loses_no_note(void **state)
{
	struct fixture *f = *state;
	struct store *old = f->store, *new;
	struct store_mailboxes boxes;
	struct err err;

	note(f, "alice@example.com", "before");
	tally(f, "alice@example.com", "drop@evil.example", "before");
	assert_true(store_snapshot(old, &err));
	open_store(f);
	new = f->store;
	note(f, "alice@example.com", "by the new");
	note(f, "carol@example.com", "by the new");
	tally(f, "alice@example.com", "drop@evil.example", "by the new");
	f->store = old;
	note(f, "alice@example.com", "by the old");
	note(f, "bob@example.com", "by the old");
	tally(f, "bob@example.com", "drop@evil.example", "by the old");
	tally_one(f, "carol@example.com", TALLY_PERSON);
	remember(f, "id", "alice@example.com");
	store_close(old);
	f->store = new;
	assert_true(store_snapshot(new, &err));
	assert_int_equal(note(f, "alice@example.com", "after").count, 4);
	assert_int_equal(note(f, "bob@example.com", "after").count, 2);
	assert_int_equal(note(f, "carol@example.com", "after").count, 2);
	assert_int_equal(recall(f, "id"), 1);
	assert_int_equal(
		facts(f, "bob@example.com", "drop@evil.example").route_count,
		1);
	boxes = query(f->store, f->arena,
		(struct store_query){.kind = STORE_MAILBOX,
			.about = SLICE("alice@example.com")})
			.mailboxes;
	assert_int_equal(boxes.at->tally[TALLY_FORWARDED], 2);
	assert_true(facts(f, "carol@example.com", "").person);
	reopen(f);
	assert_true(facts(f, "carol@example.com", "").person);
	assert_int_equal(note(f, "alice@example.com", "after").count, 4);
	assert_int_equal(note(f, "bob@example.com", "after").count, 2);
	assert_int_equal(f->lines, 0);
}

/* What people see of alice, and of all that happened. */
static void
check_sums(struct fixture *f, uint32_t forwarded, size_t events)
{
	struct store_mailboxes boxes = query(f->store, f->arena,
		(struct store_query){.kind = STORE_MAILBOX,
			.about = SLICE("alice@example.com")})
					       .mailboxes;

	assert_int_equal(boxes.at->tally[TALLY_FORWARDED], forwarded);
	assert_int_equal(
		query(f->store, f->arena,
			(struct store_query){.kind = STORE_EVENTS, .limit = 99})
			.events.count,
		events);
}

static void
append(struct fixture *f, const char *json)
{
	struct store_op op = {
		STORE_APPEND, {.append = {.json = slice_of(json)}}};

	ask_op(f, &op);
}

/* Both have counted since: the sum is exact, at once and after a restart. */
static void
a_handover_counts_what_both_counted(void **state)
{
	struct fixture *f = *state;
	struct store *old = f->store, *new;
	struct err err;

	tally(f, "alice@example.com", "drop@evil.example", "before");
	append(f, "{\"n\":1}");
	assert_true(store_hand(old, STORE_HAND_BEGIN, &err));
	open_store(f);
	new = f->store;
	tally(f, "alice@example.com", "drop@evil.example", "new 1");
	tally(f, "alice@example.com", "drop@evil.example", "new 2");
	note(f, "alice@example.com", "by the new");
	append(f, "{\"n\":2}");
	f->store = old;
	tally(f, "alice@example.com", "drop@evil.example", "before");
	tally(f, "alice@example.com", "drop@evil.example", "old 1");
	tally(f, "alice@example.com", "drop@evil.example", "old 2");
	note(f, "alice@example.com", "by the old");
	append(f, "{\"n\":1}"); /* as one that was written during it */
	append(f, "{\"n\":3}");
	assert_true(store_snapshot(old, &err));
	store_close(old);
	f->store = new;
	assert_true(store_hand(new, STORE_HAND_ADOPT, &err));
	assert_true(store_hand(new, STORE_HAND_ADOPT, &err));
	for (int i = 0; i < 2; i++, reopen(f)) {
		check_sums(f, 5, 3);
		assert_int_equal(
			note(f, "alice@example.com", "after").count, 3);
	}
	assert_int_equal(f->lines, 0);
}

/* The new one died before it had read what was left: the next one has it. */
static void
a_handover_waits_for_whoever_comes(void **state)
{
	struct fixture *f = *state;
	struct err err;

	tally(f, "alice@example.com", "drop@evil.example", "before");
	assert_true(store_hand(f->store, STORE_HAND_BEGIN, &err));
	tally(f, "alice@example.com", "drop@evil.example", "since");
	append(f, "{\"n\":1}");
	reopen(f);
	check_sums(f, 2, 1);
	reopen(f);
	check_sums(f, 2, 1);
	assert_int_equal(f->lines, 0);
}

/* It did not come about: nothing is left, and the snapshot is ours again. */
static void
a_handover_may_be_called_off(void **state)
{
	struct fixture *f = *state;
	struct store_query order = {
		.kind = STORE_FORGET, .about = SLICE("alice@example.com")};
	struct err err;

	assert_true(store_hand(f->store, STORE_HAND_BEGIN, &err));
	tally(f, "alice@example.com", "drop@evil.example", "since");
	assert_false(store_query(f->store, f->arena, &order, &err));
	assert_non_null(strstr(err.text, "another process takes over"));
	assert_true(store_hand(f->store, STORE_HAND_CANCEL, &err));
	check_sums(f, 1, 0);
	assert_true(store_query(f->store, f->arena, &order, &err));
	tally(f, "alice@example.com", "drop@evil.example", "then");
	reopen(f);
	check_sums(f, 1, 0);
	assert_int_equal(f->lines, 0);
}

/* What finds no room is said. */
static void
a_handover_is_bounded(void **state)
{
	struct fixture *f = *state;
	char id[32];
	struct err err;

	store_close(f->store);
	f->options.journal_bytes = 1000;
	open_store(f);
	assert_true(store_hand(f->store, STORE_HAND_BEGIN, &err));
	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof(id), "%d", i);
		tally(f, "alice@example.com", "drop@evil.example", id);
	}
	reopen(f);
	assert_int_equal(f->lines, 1);
	assert_non_null(strstr(f->said, "found no room"));
}

static void
put_file(const struct fixture *f, const char *name, struct slice bytes)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.len, file), bytes.len);
	fclose(file);
}

/* What is no log of ours is kept for people, and said. */
static void
a_foreign_log_is_set_aside(void **state)
{
	struct fixture *f = *state;
	char path[128];

	tally(f, "alice@example.com", "drop@evil.example", "1");
	store_close(f->store);
	put_file(f, "store.journal-1", SLICE("fwjourn\1 of another version"));
	open_store(f);
	assert_int_equal(f->lines, 1);
	assert_non_null(strstr(f->said, "is of another version"));
	assert_non_null(strstr(f->said, "store.journal-1.damaged-1"));
	snprintf(path, sizeof(path), "%s/store.journal-1.damaged-1", f->dir);
	assert_int_equal(access(path, F_OK), 0);
	check_sums(f, 1, 0);
	reopen(f);
	assert_int_equal(f->lines, 1);
}

static atomic_bool said_full;

static void
hear_full(void *ctx, enum log_level level, const char *text)
{
	(void)ctx;
	if (strstr(text, "are lost: the journal is full") != NULL) {
		assert_int_equal(level, LOG_LEVEL_ERROR);
		atomic_store(&said_full, true);
	}
}

/* Redis is away for longer than the journal has room. */
static void
a_journal_that_is_full_is_said(void **state)
{
	struct fixture *f = *state;
	struct store_health health;
	char id[32];

	store_close(f->store);
	f->options.uri = "unix:/nonexistent/redis.sock";
	f->options.journal_bytes = 10000;
	f->options.say = hear_full;
	open_store(f);
	for (int i = 0; i <= 1000; i++) {
		struct store_op op = {STORE_TALLY,
			{.tally = {.mailbox = SLICE("alice@example.com"),
				 .what = TALLY_RECEIVED,
				 .identity = {id, 0}}}};
		struct store_batch batch = {
			.ops = &op, .count = 1, .arena = f->arena};

		op.tally.identity.len =
			(size_t)snprintf(id, sizeof(id), "%d", i);
		assert_int_equal(
			store_ask(f->store, &batch, 100), STORE_FALLBACK);
		store_health(f->store, &health);
		assert_true(i > 0 || (!health.full && health.lost == 0));
	}
	store_health(f->store, &health);
	assert_true(health.full);
	assert_int_equal(health.lost + health.journal, 1001);
	assert_true(health.lost > 0 && health.evicted == 0);
	assert_true(atomic_load(&said_full));
}

static void
what_is_stale_is_not_kept(void **state)
{
	struct fixture *f = *state;
	struct store_health health;
	struct err err;

	note(f, "alice@example.com", "m1");
	remember(f, "id", "alice@example.com");
	f->clock.now_ms += HOUR_MS + 1;
	assert_true(store_snapshot(f->store, &err));
	store_health(f->store, &health);
	assert_int_equal(health.entries, 0);
}

static void
path_of(struct fixture *f, char *path, size_t size)
{
	snprintf(path, size, "%s/store.snapshot", f->dir);
}

static int
set_aside(struct fixture *f)
{
	DIR *dir = opendir(f->dir);
	struct dirent *file;
	int found = 0;

	while ((file = readdir(dir)) != NULL)
		found += strstr(file->d_name, ".damaged-") != NULL;
	closedir(dir);
	return found;
}

/* tests/unit/snapshot-1 was written by 0.1, whose mailboxes had four tallies:
 * what it counted is there, and the two that are new begin at none. */
static void
an_earlier_snapshot_is_read(void **state)
{
	const uint64_t counted[TALLY_COUNT] = {[TALLY_RECEIVED] = 1,
		[TALLY_FORWARDED] = 2,
		[TALLY_TAGGED] = 1,
		[TALLY_QUARANTINED] = 2};
	const uint32_t marker = 1;
	struct fixture *f = *state;
	struct store_query query = {
		.kind = STORE_MAILBOX, .about = SLICE("alice@example.com")};
	const char *top = getenv("TOP_SRCDIR");
	char command[512], path[128];
	struct err err;

	if (*(const unsigned char *)&marker != 1)
		skip(); /* numbers are the machine's own */
	path_of(f, path, sizeof(path));
	store_close(f->store);
	snprintf(command, sizeof(command), "cp %s/tests/unit/snapshot-1 %s",
		top != NULL ? top : ".", path);
	assert_int_equal(system(command), 0);
	open_store(f);
	assert_int_equal(set_aside(f), 0);
	assert_true(store_query(f->store, f->arena, &query, &err));
	assert_int_equal(query.answer.mailboxes.count, 1);
	const struct store_mailbox *found = query.answer.mailboxes.at;
	for (int what = 0; what < TALLY_COUNT; what++)
		assert_int_equal(found->tally[what], counted[what]);
	assert_int_equal(found->destinations, 2);
	assert_true(found->person);
}

/* Any byte of it turned, or the end cut off: said, and never fatal. */
static void
a_damaged_snapshot_is_set_aside(void **state)
{
	struct fixture *f = *state;
	char path[128], byte;
	off_t size;
	int fd;

	path_of(f, path, sizeof(path));
	fill(f);
	store_close(f->store);
	fd = open(path, O_RDONLY);
	size = lseek(fd, 0, SEEK_END);
	close(fd);
	for (off_t at = 0; at < size; at += 61) {
		open_store(f);
		fill(f);
		store_close(f->store);
		fd = open(path, O_RDWR);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte = (char)(byte ^ 0x41);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		close(fd);
		f->lines = 0;
		f->clock.now_ms += 1000;
		open_store(f);
		store_close(f->store);
		assert_int_equal(f->lines, 1);
		unlink(path);
	}
	assert_true(set_aside(f) > 0);
	open_store(f);
	fill(f);
	store_close(f->store);
	assert_int_equal(truncate(path, size - 1), 0);
	f->lines = 0;
	open_store(f);
	assert_int_equal(f->lines, 1);
	assert_non_null(strstr(f->said, "damaged"));
	check_filled(f);
}

static void
the_snapshot_is_private(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct stat status;
	struct err err;

	path_of(f, path, sizeof(path));
	assert_true(store_snapshot(f->store, &err));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void
a_failed_snapshot_is_said(void **state)
{
	struct fixture *f = *state;
	struct err err;

	assert_int_equal(rmdir(f->dir), 0);
	assert_false(store_snapshot(f->store, &err));
	assert_non_null(strstr(err.text, "cannot write"));
	assert_int_equal(mkdir(f->dir, 0700), 0);
}

struct worker {
	struct fixture *f;
	int number;
	pthread_t thread;
};

#define THREADS 4
#define NOTES 3000

static void *
work(void *arg)
{
	const struct worker *worker = arg;
	struct arena *arena = arena_new(1 << 20);
	char member[32], group[32];

	for (int i = 0; i < NOTES; i++) {
		struct slice members[1] = {SLICE("alice@example.com")};
		struct store_op ops[4] = {
			{STORE_NOTE,
				{.note = {.group = SLICE("shared@example.com"),
					 .policy = SLICE("p"),
					 .window_ms = HOUR_MS,
					 .after = -1}}},
			{STORE_REMEMBER,
				{.remember = {SLICE("id"), members, 1,
					 HOUR_MS}}},
			{STORE_RECALL, {.recall = {.id = SLICE("id")}}},
			{STORE_TALLY,
				{.tally = {.destination = SLICE("d@x"),
					 .what = TALLY_FORWARDED}}},
		};
		struct store_batch batch = {
			.ops = ops, .count = 4, .arena = arena};

		snprintf(member, sizeof(member), "%d-%d", worker->number, i);
		snprintf(group, sizeof(group), "box%d@example.com", i % 100);
		ops[0].note.member = slice_of(member);
		ops[3].tally.mailbox = slice_of(group);
		ops[3].tally.identity = slice_of(member);
		(void)store_ask(worker->f->store, &batch, 100);
		arena_reset(arena);
	}
	arena_free(arena);
	return NULL;
}

static void
many_threads_lose_nothing(void **state)
{
	struct fixture *f = *state;
	struct worker workers[THREADS];
	struct store_routes routes;
	struct err err;
	uint64_t sum = 0;

	for (size_t i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){f, (int)i, 0};
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work,
					 &workers[i]),
			0);
	}
	for (size_t i = 0; i < 20; i++)
		assert_true(store_snapshot(f->store, &err));
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	assert_int_equal(
		note(f, "shared@example.com", "last").before, THREADS * NOTES);
	routes = query(f->store, f->arena,
		(struct store_query){
			.kind = STORE_SENDERS, .about = SLICE("d@x")})
			 .routes;
	assert_int_equal(routes.count, 100);
	for (size_t i = 0; i < routes.count; i++)
		sum += routes.at[i].count;
	assert_int_equal(sum, THREADS * NOTES);
	reopen(f);
	assert_int_equal(note(f, "shared@example.com", "last").before,
		THREADS * NOTES + 1);
}

static void
snapshots_by_its_own_thread(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct stat status;
	int i;

	path_of(f, path, sizeof(path));
	f->options.snapshot_ms = 10;
	store_close(f->store);
	(void)unlink(path);
	open_store(f);
	for (i = 0; i < 500 && stat(path, &status) != 0; i++)
		usleep(10000);
	assert_true(i < 500);
}

static void
keys_name_their_fields(void **state)
{
	(void)state;
	assert_true(key_names(SLICE("a@x"), SLICE("a@x")));
	assert_true(key_names(SLICE("a@x|b@y"), SLICE("a@x")));
	assert_true(key_names(SLICE("a@x|b@y"), SLICE("b@y")));
	assert_false(key_names(SLICE("a@x|b@y"), SLICE("@y")));
	assert_true(key_names(SLICE("p\\|q@x|b@y"), SLICE("p|q@x")));
	assert_false(key_names(SLICE("p\\|q@x|b@y"), SLICE("q@x")));
	assert_true(key_names(SLICE("b@y|p\\\\q"), SLICE("p\\q")));
	assert_false(key_names(SLICE("b@y|p\\"), SLICE("q")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_name_their_fields),
		cmocka_unit_test_setup_teardown(
			stalest_sets_go_first, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_flood_of_traces_leaves_the_counters, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_flood_of_recipients_leaves_forwarders, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			forwarders_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(
			one_set_cannot_take_all, setup, teardown),
		cmocka_unit_test_setup_teardown(
			events_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_restart_forgets_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_takeover_loses_no_note, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_takeover_keeps_who_was_first, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_handover_counts_what_both_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_handover_waits_for_whoever_comes, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_handover_may_be_called_off, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_foreign_log_is_set_aside, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_journal_that_is_full_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_handover_is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_stale_is_not_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_earlier_snapshot_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_damaged_snapshot_is_set_aside, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_snapshot_is_private, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_failed_snapshot_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(
			many_threads_lose_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			snapshots_by_its_own_thread, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
