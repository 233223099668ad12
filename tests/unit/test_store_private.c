/* SPDX-License-Identifier: BSD-2-Clause */
/* A store that never sees an address, and one that wipes what it has seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#include <time.h>

static int
setup(void **state)
{
	struct fixture *f = fixture_new();

	f->options.hash_key = SLICE("0123456789abcdef0123456789abcdef");
	open_store(f);
	*state = f;
	return 0;
}

static struct store_op
op_note(const char *group, const char *member)
{
	return (struct store_op){STORE_NOTE,
		{.note = {.group = slice_of(group),
			 .policy = SLICE("p"),
			 .member = slice_of(member),
			 .window_ms = 3600000,
			 .after = -1}}};
}

static void
fill(struct fixture *f)
{
	struct slice members[2] = {
		SLICE("malice@example.com"), SLICE("mcarol@example.com")};
	struct store_op ops[5] = {
		op_note("alice@example.com", "m1"),
		op_note("alice@example.com|evil.example|drop@evil.example",
			"m1"),
		op_note("drop@evil.example", "alice@example.com"),
		{STORE_REMEMBER,
			{.remember = {SLICE("id"), members, 2, 3600000}}},
		{STORE_TALLY,
			{.tally = {.mailbox = SLICE("alice@example.com"),
				 .destination = SLICE("drop@evil.example"),
				 .what = TALLY_FORWARDED,
				 .identity = SLICE("m1")}}},
	};
	struct store_batch batch = {.ops = ops, .count = 5, .arena = f->arena};

	(void)store_ask(f->store, &batch, 100);
	assert_true(ops[0].note.done);
	assert_int_equal(ops[0].note.count, 1);
	assert_true(slice_equal(ops[0].note.group, SLICE("alice@example.com")));
}

static struct store_mailboxes
ask_alice(struct fixture *f)
{
	return query(f->store, f->arena,
		(struct store_query){.kind = STORE_MAILBOX,
			.about = SLICE("alice@example.com")})
		.mailboxes;
}

static bool
is_name(struct slice text)
{
	return text.len == 34 && text.p[0] == 'h' && text.p[1] == ':' &&
		slice_find_byte(text, '@', 0) == SLICE_NONE;
}

static void
a_participants_hash_is_hidden_too(void **state)
{
	struct fixture *f = *state;
	struct slice member = SLICE("P@3c1f0a5be2d94786");
	struct store_op ops[2] = {
		{STORE_REMEMBER,
			{.remember = {SLICE("heard"), &member, 1, 3600000}}},
		{STORE_RECALL, {.recall = {.id = SLICE("heard")}}},
	};
	struct store_batch batch = {.ops = ops, .count = 2, .arena = f->arena};
	struct slice name;

	(void)store_ask(f->store, &batch, 100);
	assert_int_equal(ops[1].recall.count, 1);
	name = ops[1].recall.members[0].name;
	assert_int_equal(name.p[0], 'P');
	assert_true(is_name(slice_sub(name, 1, name.len)));
}

static void
addresses_are_asked_and_never_shown(void **state)
{
	struct fixture *f = *state;
	struct store_routes routes;
	struct store_mailboxes boxes;
	struct store_windows windows;
	struct store_op recall = {
		STORE_RECALL, {.recall = {.id = SLICE("id")}}};
	struct store_batch batch = {
		.ops = &recall, .count = 1, .arena = f->arena};
	struct slice name;

	fill(f);
	boxes = ask_alice(f);
	assert_int_equal(boxes.count, 1);
	assert_true(is_name(boxes.at->mailbox));
	assert_true(slice_equal(boxes.at->mailbox,
		store_name(f->store, f->arena, SLICE("alice@example.com"))));
	boxes = query(f->store, f->arena,
		(struct store_query){
			.kind = STORE_MAILBOX, .about = boxes.at->mailbox})
			.mailboxes;
	assert_int_equal(boxes.count, 1);
	routes = query(f->store, f->arena,
		(struct store_query){.kind = STORE_SENDERS,
			.about = SLICE("drop@evil.example")})
			 .routes;
	assert_int_equal(routes.count, 1);
	assert_true(is_name(routes.at->mailbox));
	assert_true(is_name(routes.at->destination));
	windows = query(f->store, f->arena,
		(struct store_query){.kind = STORE_WINDOWS,
			.about = SLICE("alice@example.com")})
			  .windows;
	assert_int_equal(windows.count, 1);
	assert_true(is_name(windows.at->group));
	windows = query(f->store, f->arena,
		(struct store_query){.kind = STORE_WINDOWS,
			.about = SLICE("alice@example.com|evil.example|drop@"
				       "evil.example")})
			  .windows;
	assert_int_equal(windows.count, 1);
	assert_non_null(memmem(windows.at->group.p, windows.at->group.len,
		"|evil.example|h:", 16));
	(void)store_ask(f->store, &batch, 100);
	assert_int_equal(recall.recall.count, 2);
	name = recall.recall.members[1].name;
	assert_int_equal(name.p[0], STORE_ROLE_MAILBOX);
	assert_true(slice_equal(slice_sub(name, 1, name.len),
		store_name(f->store, f->arena, SLICE("alice@example.com"))));
}

static void
orders_are_hidden_and_obeyed(void **state)
{
	const struct slice about =
		SLICE("allow|alice@example.com|drop@evil.example");
	struct fixture *f = *state;
	struct store_containment word;
	struct store_orders orders;

	(void)query(f->store, f->arena,
		(struct store_query){.kind = STORE_ORDER,
			.about = about,
			.containment = {.by = SLICE("me"),
				.why = SLICE("test"),
				.until_ms = INT64_MAX / 2}});
	assert_true(store_ordered(f->store, f->arena, about, &word));
	orders = query(
		f->store, f->arena, (struct store_query){.kind = STORE_ORDERS})
			 .orders;
	assert_int_equal(orders.count, 1);
	assert_null(memchr(orders.at[0].about.p, '@', orders.at[0].about.len));
	/* As it is listed, it can be taken back. */
	(void)query(f->store, f->arena,
		(struct store_query){
			.kind = STORE_ORDER, .about = orders.at[0].about});
	assert_false(store_ordered(f->store, f->arena, about, &word));
}

static void
nothing_on_disk_has_an_address(void **state)
{
	struct fixture *f = *state;
	char path[128], *bytes;
	FILE *file;
	size_t len;

	fill(f);
	store_close(f->store);
	snprintf(path, sizeof(path), "%s/store.snapshot", f->dir);
	file = fopen(path, "r");
	bytes = malloc(1 << 20);
	len = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	assert_true(len > 500);
	assert_null(memmem(bytes, len, "alice", 5));
	assert_null(memmem(bytes, len, "drop@", 5));
	free(bytes);
	open_store(f);
}

static void
another_key_gives_other_names(void **state)
{
	struct fixture *f = *state;
	struct store_mailboxes boxes;

	fill(f);
	store_close(f->store);
	f->options.hash_key = SLICE("another key of sixteen bytes");
	open_store(f);
	boxes = ask_alice(f);
	assert_int_equal(boxes.count, 0);
}

static void
forget_hashes_too(void **state)
{
	struct fixture *f = *state;
	struct store_mailboxes boxes;
	struct store_answer answer;

	fill(f);
	answer = query(f->store, f->arena,
		(struct store_query){.kind = STORE_FORGET,
			.about = SLICE("alice@example.com")});
	assert_int_equal(answer.wiped, 5);
	boxes = ask_alice(f);
	assert_int_equal(boxes.count, 0);
}

/* Nobody is told "forgotten" of a name there was no memory for. */
static void
a_name_without_memory_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct store_query order = {
		.kind = STORE_FORGET, .about = SLICE("alice@example.com")};
	struct arena *full = arena_new(1);
	struct err err;

	fill(f);
	assert_false(store_query(f->store, full, &order, &err));
	assert_int_equal(err.code, ERR_MEMORY);
	arena_free(full);
}

static void
a_short_key_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_options options = f->options;
	struct err err;

	options.state_dir = NULL;
	options.hash_key = SLICE("short");
	assert_null(store_open(&options, &err));
	assert_non_null(strstr(err.text, "16 to 1024"));
}

static bool
file_has(const struct fixture *f, const char *name, const char *text)
{
	char path[400], bytes[8192];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return memmem(bytes, len, text, strlen(text)) != NULL;
}

/* In a file of the journal or the log? */
static bool
is_on_disk(const struct fixture *f, const char *text)
{
	const char prefix[] = "store.journal-";
	const struct dirent *entry;
	DIR *dir = opendir(f->dir);
	bool found = false;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		found = found ||
			(strncmp(entry->d_name, prefix, sizeof(prefix) - 1) ==
					0 &&
				file_has(f, entry->d_name, text));
	}
	closedir(dir);
	return found;
}

static void
await_on_disk(const struct fixture *f, const char *text)
{
	const struct timespec pause = {0, 10 * 1000000};

	for (int i = 0; i < 1000 && !is_on_disk(f, text); i++)
		nanosleep(&pause, NULL);
	assert_true(is_on_disk(f, text));
}

/* In the embedded store's log, which a daemon that is killed leaves. */
static void
forget_reaches_the_log(void **state)
{
	struct fixture *f = *state;
	struct err err;
	struct store_query order = {
		.kind = STORE_FORGET, .about = SLICE("alice@example.com")};
	struct store_op op = op_note("alice@example.com", "m1");
	struct store_batch batch = {.ops = &op, .count = 1, .arena = f->arena};

	store_close(f->store);
	f->options.hash_key = (struct slice){NULL, 0};
	open_store(f);
	assert_int_equal(store_ask(f->store, &batch, 100), STORE_OK);
	await_on_disk(f, "alice");
	assert_true(store_query(f->store, f->arena, &order, &err));
	assert_false(is_on_disk(f, "alice"));
}

/* In the journal, too, which outlives the daemon. */
static void
forget_reaches_the_journal(void **state)
{
	struct fixture *f = *state;
	struct store_health health;
	struct err err;
	struct store_query order = {
		.kind = STORE_FORGET, .about = SLICE("alice@example.com")};

	store_close(f->store);
	f->options.hash_key = (struct slice){NULL, 0};
	f->options.uri = "unix:/nonexistent/redis.sock";
	open_store(f);
	{
		struct slice members[1] = {SLICE("malice@example.com")};
		struct store_op ops[4] = {
			op_note("alice@example.com", "m1"),
			op_note("bob@example.com", "m2"),
			op_note("drop@evil.example", "alice@example.com"),
			{STORE_REMEMBER,
				{.remember = {SLICE("id"), members, 1,
					 3600000}}},
		};
		struct store_batch batch = {
			.ops = ops, .count = 4, .arena = f->arena};

		ops[1].note.after = 0;
		ops[1].note.after_least = 1;
		assert_int_equal(
			store_ask(f->store, &batch, 100), STORE_FALLBACK);
	}
	store_health(f->store, &health);
	assert_int_equal(health.journal, 4);
	await_on_disk(f, "alice");
	assert_false(store_query(f->store, f->arena, &order, &err));
	assert_non_null(strstr(err.text, "Redis is down"));
	assert_int_equal(order.answer.wiped, 3);
	assert_false(is_on_disk(f, "alice"));
	assert_true(is_on_disk(f, "bob@example.com"));
	store_close(f->store);
	assert_false(is_on_disk(f, "alice"));
	assert_true(is_on_disk(f, "bob@example.com"));
	open_store(f);
}

int
main(void)
{
#define CASE(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(addresses_are_asked_and_never_shown),
		CASE(a_participants_hash_is_hidden_too),
		CASE(orders_are_hidden_and_obeyed),
		CASE(nothing_on_disk_has_an_address),
		CASE(another_key_gives_other_names),
		CASE(forget_hashes_too),
		CASE(a_name_without_memory_is_an_error),
		CASE(a_short_key_is_refused),
		CASE(forget_reaches_the_log),
		CASE(forget_reaches_the_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
