/* SPDX-License-Identifier: BSD-2-Clause */
/* Places, keys of Redis, batches as bytes, the journal, prints, SipHash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "store/batch_bytes.h"
#include "store/journal_file.h"
#include "store/journal_files.h"
#include "store/memory/dedup.h"
#include "store/memory/siphash.h"
#include "store/redis/cluster_map.h"
#include "store/redis/redis_key.h"
#include "store/redis/tls.h"
#include "store/uri.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void
places_are_taken_apart(void **state)
{
	static const struct {
		const char *uri;
		enum uri_kind kind;
		const char *host;
		int port;
		const char *user, *password, *service;
		int hosts, db;
	} rows[] = {
		{"memory", URI_MEMORY, "", 0, "", "", "", 0, 0},
		{"redis://h", URI_REDIS, "h", 6379, "", "", "", 1, 0},
		{"redis://h:1/3", URI_REDIS, "h", 1, "", "", "", 1, 3},
		{"redis://h/", URI_REDIS, "h", 6379, "", "", "", 1, 0},
		{"REDIS://[::1]:77", URI_REDIS, "::1", 77, "", "", "", 1, 0},
		{"redis://[2001:db8::1]", URI_REDIS, "2001:db8::1", 6379, "",
			"", "", 1, 0},
		{"redis://", URI_REDIS, "127.0.0.1", 6379, "", "", "", 1, 0},
		{"redis://u:p@/2", URI_REDIS, "127.0.0.1", 6379, "u", "p", "",
			1, 2},
		{"redis://:p%40ss@h", URI_REDIS, "h", 6379, "", "p@ss", "", 1,
			0},
		{"redis://p@h", URI_REDIS, "h", 6379, "", "p", "", 1, 0},
		{"redis://u:p:q@h", URI_REDIS, "h", 6379, "u", "p:q", "", 1, 0},
		{"redis://u:a@b@h", URI_REDIS, "h", 6379, "u", "a@b", "", 1, 0},
		{"unix:/run/redis.sock", URI_REDIS, "/run/redis.sock", 0, "",
			"", "", 1, 0},
		{"unix:/r.sock?db=5", URI_REDIS, "/r.sock", 0, "", "", "", 1,
			5},
		{"redis+sentinel://a,b:7,c/fw/2", URI_SENTINEL, "a", 26379, "",
			"", "fw", 3, 2},
		{"redis+cluster://u:p@a:1,b:2", URI_CLUSTER, "a", 1, "u", "p",
			"", 2, 0},
	};
	struct store_uri uri;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!uri_parse(slice_of(rows[i].uri), &uri, &err))
			fail_msg("%s: %s", rows[i].uri, err.text);
		assert_int_equal(uri.kind, rows[i].kind);
		assert_int_equal(uri.host_count, rows[i].hosts);
		assert_string_equal(uri.hosts[0].host, rows[i].host);
		assert_int_equal(uri.hosts[0].port, rows[i].port);
		assert_string_equal(uri.user, rows[i].user);
		assert_string_equal(uri.password, rows[i].password);
		assert_string_equal(uri.service, rows[i].service);
		assert_int_equal(uri.db, rows[i].db);
	}
}

static void
passwords_are_not_shown(void **state)
{
	static const char *const rows[][2] = {
		{"memory", "memory"},
		{"unix:/run/redis.sock?db=1", "unix:/run/redis.sock?db=1"},
		{"redis://h:1/3", "redis://h:1/3"},
		{"redis://u:secret@h/3", "redis://u:...@h/3"},
		{"redis://:secret@h", "redis://:...@h"},
		{"redis://secret@h", "redis://...@h"},
		{"redis://u:se@cret@h:7", "redis://u:...@h:7"},
		{"rediss+cluster://u:s@a:1,b:2",
			"rediss+cluster://u:...@a:1,b:2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf shown = {0};

		uri_show(slice_of(rows[i][0]), &shown);
		assert_string_equal(buf_slice(&shown).p, rows[i][1]);
		buf_fini(&shown);
	}
}

static void
wrong_places_are_refused(void **state)
{
	static const struct {
		const char *uri, *says;
	} rows[] = {
		{"", "is none of"},
		{"mem", "is none of"},
		{"http://h", "is none of"},
		{"redis://:77", "no host before the port"},
		{"redis://h:0", "not a host and port"},
		{"redis://h:65536", "not a host and port"},
		{"redis://h:x", "not a host and port"},
		{"redis://[::1", "not a host and port"},
		{"redis://[::1]x", "not a host and port"},
		{"redis://h/x", "number of a database"},
		{"redis://a,b", "takes one host"},
		{"redis://u:%4@h", "%XX"},
		{"redis://u:%00@h", "%XX"},
		{"redis+sentinel://a,b", "name the service"},
		{"redis+sentinel://a/", "name the service"},
		{"redis+cluster://a/3", "no databases"},
		{"unix:", "not a path"},
#ifndef HAVE_HIREDIS_SSL
		{"rediss://h", "stunnel"},
#endif
	};
	struct store_uri uri;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		err.text[0] = '\0';
		if (uri_parse(slice_of(rows[i].uri), &uri, &err))
			fail_msg("%s is taken", rows[i].uri);
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].uri, err.text);
	}
}

/* Whoever moved a slot may name a host, only a port, or rubbish. */
static void
redirections_are_read(void **state)
{
	static const struct {
		const char *text, *place; /* NULL: it is none */
	} rows[] = {
		{"MOVED 3999 10.0.0.7:6381", "3999 10.0.0.7:6381"},
		{"ASK 16383 cache.example.com:7000",
			"16383 cache.example.com:7000"},
		{"MOVED 1 2001:db8::7:6379", "1 2001:db8::7:6379"},
		{"MOVED 0 :6390", "0 asked:6390"},
		{"MOVED 16384 10.0.0.7:6381", NULL},
		{"MOVED -1 10.0.0.7:6381", NULL},
		{"MOVED x 10.0.0.7:6381", NULL},
		{"MOVED 7 10.0.0.7", NULL},
		{"MOVED 7 10.0.0.7:0", NULL},
		{"MOVED 7 10.0.0.7:65536", NULL},
		{"MOVED 7 10.0.0.7:", NULL},
		{"MOVED 7", NULL},
		{"MOVED", NULL},
		{"", NULL},
	};
	char long_host[2048], text[96];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct endpoint endpoint = {.host = "asked", .port = 1};
		uint64_t slot;
		bool ok = cluster_map_redirect(
			slice_of(rows[i].text), &slot, &endpoint);

		assert_int_equal(ok, rows[i].place != NULL);
		if (!ok)
			continue;
		(void)snprintf(text, sizeof(text), "%u %.40s:%u",
			(unsigned)slot, endpoint.host, endpoint.port);
		assert_string_equal(text, rows[i].place);
	}
	memset(long_host, 'h', sizeof(long_host));
	memcpy(long_host, "MOVED 7 ", 8);
	memcpy(long_host + sizeof(long_host) - 5, ":6379", 5);
	assert_false(cluster_map_redirect(
		(struct slice){long_host, sizeof(long_host)}, &(uint64_t){0},
		&(struct endpoint){.port = 1}));
}

#ifndef HAVE_HIREDIS_SSL
static void
a_hiredis_without_tls_says_so(void **state)
{
	struct err err = {0};

	(void)state;
	assert_null(tls_new(&(struct tls_options){.ca = "-----"}, &err));
	assert_string_equal(err.text, "this hiredis has no TLS");
	assert_true(tls_renew(NULL, &(struct tls_options){.ca = NULL}, &err));
	tls_free(NULL);
}
#endif

static void
slots_are_those_of_the_specification(void **state)
{
	(void)state;
	assert_int_equal(redis_key_slot(SLICE("123456789")), 0x31C3);
	assert_int_equal(redis_key_slot(SLICE("foo")), 12182);
	assert_int_equal(redis_key_slot(SLICE("{user1000}.following")),
		redis_key_slot(SLICE("user1000")));
	assert_int_equal(redis_key_slot(SLICE("foo{}{bar}")),
		redis_key_slot(SLICE("foo{}{bar}")));
	assert_int_equal(redis_key_slot(SLICE("foo{{bar}}zap")),
		redis_key_slot(SLICE("{bar")));
	assert_int_equal(redis_key_slot(SLICE("foo{bar}{zap}")),
		redis_key_slot(SLICE("bar")));
}

static void
keys_come_back_from_their_spelling(void **state)
{
	static const char hostile[] = "a}b{c\r\n*?[%\"\\'\xff\0z@x";
	struct arena *arena = arena_new(1 << 20);
	struct slice text = {hostile, sizeof(hostile) - 1}, back, rest, key;

	(void)state;
	key = redis_key_tagged(arena, "fw1", "win", text, SLICE("p}1"));
	for (size_t i = 0; i < key.len; i++)
		assert_in_range((unsigned char)key.p[i], 0x21, 0x7E);
	assert_true(
		slice_equal(redis_key_parse(arena, "fw1", key, &back, &rest),
			SLICE("win")));
	assert_true(slice_equal(back, text));
	assert_true(slice_equal(rest, SLICE("p}1")));
	key = redis_key_tagged(arena, "fw1", "box", SLICE(""), rest);
	assert_int_equal(slice_find(key, SLICE("{}")), SLICE_NONE);
	assert_true(
		redis_key_parse(arena, "other", key, &back, &rest).p == NULL);
	arena_free(arena);
}

static void
fill_ops(struct store_op ops[6], const struct slice *members)
{
	ops[0] = (struct store_op){STORE_RECALL, {.recall = {SLICE("r")}}};
	ops[1] = (struct store_op){STORE_NOTE,
		{.note = {.group = SLICE("g"),
			 .policy = SLICE("p"),
			 .member = {NULL, 0},
			 .mode = NOTE_SUM,
			 .window_ms = 5,
			 .cap = 7,
			 .value = 1.25,
			 .after = -1}}};
	ops[2] = (struct store_op){STORE_FACTS, {.facts = {SLICE("m")}}};
	ops[3] = ops[1];
	ops[3].note.after = 1;
	ops[3].note.after_least = 9;
	ops[4] = (struct store_op){STORE_REMEMBER,
		{.remember = {SLICE("i"), members, 2, 11, true}}};
	ops[5] = (struct store_op){STORE_TALLY,
		{.tally = {SLICE("m"), SLICE("d"), TALLY_TAGGED, true,
			 SLICE("x")}}};
}

static void
batches_come_back_from_bytes(void **state)
{
	const struct slice members[2] = {SLICE("a"), SLICE("b")};
	struct arena *arena = arena_new(1 << 20);
	struct store_op ops[6];
	struct store_batch batch;
	struct buf buf = {0};

	(void)state;
	fill_ops(ops, members);
	assert_int_equal(batch_bytes_write(&buf, 77, ops, 6), 4);
	assert_true(batch_bytes_read(buf_slice(&buf), arena, &batch));
	assert_int_equal(batch.at_ms, 77);
	assert_int_equal(batch.count, 4);
	assert_int_equal(batch.ops[0].note.mode, NOTE_SUM);
	assert_true(batch.ops[0].note.member.p == NULL);
	assert_true(batch.ops[0].note.value == 1.25);
	assert_int_equal(batch.ops[1].note.after, 0);
	assert_int_equal(batch.ops[1].note.after_least, 9);
	assert_int_equal(batch.ops[2].remember.count, 2);
	assert_int_equal(batch.ops[2].remember.ttl_ms, 11);
	assert_true(batch.ops[2].remember.anew);
	assert_true(slice_equal(batch.ops[2].remember.members[1], SLICE("b")));
	assert_true(batch.ops[3].tally.keyword);
	for (size_t cut = 0; cut < buf.len; cut++) {
		assert_false(batch_bytes_read(
			(struct slice){buf.p, cut}, arena, &batch));
	}
	buf_fini(&buf);
	arena_free(arena);
}

static void
the_journal_is_bounded_and_in_order(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct journal *journal = journal_new(10000);
	struct journal_counts counts;
	struct store_batch batch;
	int64_t last = 0;
	uint64_t taken = 0;

	(void)state;
	for (int i = 1; i <= 500; i++) {
		struct store_op op = {
			STORE_APPEND, {.append = {SLICE("{\"a\":1}")}}};

		journal_add(journal, i, &op, 1);
	}
	journal_count(journal, &counts);
	assert_in_range(counts.bytes, 1, 10000);
	assert_true(counts.dropped > 0);
	assert_int_equal(counts.dropped + counts.operations, 500);
	while (journal_take(journal, arena, &batch)) {
		assert_true(batch.at_ms > last);
		last = batch.at_ms;
		taken++;
	}
	assert_int_equal(taken, counts.operations);
	assert_int_equal(last, 500);
	journal_free(journal);
	arena_free(arena);
}

static void
add_at(struct journal *journal, int64_t first_ms, int64_t last_ms)
{
	struct store_op op = {STORE_APPEND, {.append = {SLICE("{\"a\":1}")}}};

	for (int64_t at_ms = first_ms; at_ms <= last_ms; at_ms++)
		journal_add(journal, at_ms, &op, 1);
}

/* Nothing is gathered twice or forgotten for it. */
static void
what_others_left_comes_first(void **state)
{
	struct journal *left = journal_new(SIZE_MAX);
	struct journal *journal = journal_new(10000);
	struct arena *arena = arena_new(1 << 20);
	struct journal_counts counts;
	struct store_batch batch;
	struct buf gathered = {0};
	uint64_t mark;

	(void)state;
	journal_move_before(left, journal);
	assert_false(journal_take(journal, arena, &batch));
	add_at(left, 1, 3);
	journal_move_before(left, journal);
	add_at(journal, 4, 5);
	assert_true(journal_gather(journal, SIZE_MAX, &gathered, &mark));
	journal_written(journal, mark);
	add_at(left, -2, 0);
	journal_move_before(left, journal);
	for (int times = 0; times < 3; times++) {
		buf_reset(&gathered);
		assert_true(journal_gather(journal, 1, &gathered, &mark));
		journal_written(journal, mark);
	}
	buf_reset(&gathered);
	assert_false(journal_gather(journal, 1, &gathered, &mark));
	for (int64_t at_ms = -2; at_ms <= 5; at_ms++) {
		assert_true(journal_take(journal, arena, &batch));
		assert_int_equal(batch.at_ms, at_ms);
	}
	assert_false(journal_take(journal, arena, &batch));
	add_at(journal, 400, 410);
	add_at(left, 1, 399);
	journal_move_before(left, journal);
	journal_count(journal, &counts);
	assert_in_range(counts.bytes, 1, 10000);
	assert_int_equal(counts.dropped + counts.operations, 410);
	while (journal_take(journal, arena, &batch))
		;
	assert_int_equal(batch.at_ms, 410);
	buf_fini(&gathered);
	journal_free(left);
	journal_free(journal);
	arena_free(arena);
}

#define PRIVACY 7

struct journal_box {
	char dir[32], path[64];
	struct journal *journal;
	struct journal_file *file;
	struct err err;
};

static void
box_open(struct journal_box *box)
{
	snprintf(box->dir, sizeof(box->dir), "/tmp/fw-journal-XXXXXX");
	assert_non_null(mkdtemp(box->dir));
	snprintf(box->path, sizeof(box->path), "%s/journal", box->dir);
	box->journal = journal_new(1 << 20);
	box->file = journal_file_make(box->path, PRIVACY, &box->err);
	assert_non_null(box->file);
}

static void
box_add(struct journal_box *box, int count)
{
	struct store_op op = {STORE_APPEND, {.append = {SLICE("{\"a\":1}")}}};

	for (int i = 1; i <= count; i++)
		journal_add(box->journal, i, &op, 1);
}

static void
box_close(struct journal_box *box)
{
	journal_file_remove(box->file);
	journal_free(box->journal);
	assert_int_equal(rmdir(box->dir), 0);
}

static enum journal_file_state
parse(struct slice bytes, uint64_t privacy, uint64_t *count, struct err *err)
{
	struct journal *journal = journal_new(1 << 20);
	struct journal_counts counts;
	enum journal_file_state state =
		journal_file_parse(bytes, privacy, journal, "F", err);

	journal_count(journal, &counts);
	*count = counts.operations;
	journal_free(journal);
	return state;
}

static size_t
contents(const char *path, char *bytes, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t len = fread(bytes, 1, size, file);

	fclose(file);
	return len;
}

/* Cut at every byte, and every byte turned once: said, and what came before is
 * kept. */
static void
a_journal_says_what_is_wrong_with_it(void **state)
{
	struct journal_box box;
	enum journal_file_state found;
	char bytes[4096];
	uint64_t count;
	size_t len;

	(void)state;
	box_open(&box);
	box_add(&box, 3);
	assert_true(journal_file_append(box.file, box.journal, &box.err));
	len = contents(box.path, bytes, sizeof(bytes));
	assert_int_equal(journal_file_bytes(box.file), len);
	assert_int_equal(
		parse((struct slice){bytes, len}, PRIVACY, &count, &box.err),
		JOURNAL_FILE_WHOLE);
	assert_int_equal(count, 3);
	for (size_t cut = 0; cut < len; cut++) {
		found = parse(
			(struct slice){bytes, cut}, PRIVACY, &count, &box.err);
		assert_true(found == JOURNAL_FILE_TORN ||
			(found == JOURNAL_FILE_WHOLE && count < 3));
	}
	for (size_t at = 0; at < len; at++) {
		bytes[at] = (char)(bytes[at] ^ 0x10);
		found = parse(
			(struct slice){bytes, len}, PRIVACY, &count, &box.err);
		assert_true(found == JOURNAL_FILE_FOREIGN ||
			found == JOURNAL_FILE_DAMAGED ||
			found == JOURNAL_FILE_TORN);
		assert_in_range(count, 0, 2);
		bytes[at] = (char)(bytes[at] ^ 0x10);
	}
	/* As a file system leaves what was not written before the power went.
	 */
	memset(bytes + len, 0, 100);
	assert_int_equal(parse((struct slice){bytes, len + 100}, PRIVACY,
				 &count, &box.err),
		JOURNAL_FILE_TORN);
	assert_int_equal(count, 3);
	assert_string_equal(box.err.text,
		"journal: F ends within a batch, as its process died: 3 "
		"batches are read, and that one is lost");
	assert_int_equal(parse((struct slice){bytes, len}, PRIVACY + 1, &count,
				 &box.err),
		JOURNAL_FILE_FOREIGN);
	assert_non_null(strstr(box.err.text, "another privacy.hash"));
	box_close(&box);
}

static void
a_journal_that_is_written_is_busy(void **state)
{
	struct journal *other = journal_new(1 << 20);
	struct journal_counts counts;
	struct journal_box box;

	(void)state;
	box_open(&box);
	box_add(&box, 2);
	assert_true(journal_file_append(box.file, box.journal, &box.err));
	assert_int_equal(journal_file_read(box.path, PRIVACY, other, &box.err),
		JOURNAL_FILE_BUSY);
	journal_file_close(box.file);
	box.file = NULL;
	assert_int_equal(journal_file_read(box.path, PRIVACY, other, &box.err),
		JOURNAL_FILE_WHOLE);
	journal_count(other, &counts);
	assert_int_equal(counts.operations, 2);
	/* It is on the disk, and is not written a second time. */
	box.file = journal_file_make(box.path, PRIVACY, &box.err);
	assert_null(box.file);
	assert_int_equal(unlink(box.path), 0);
	box.file = journal_file_make(box.path, PRIVACY, &box.err);
	assert_true(journal_file_append(box.file, other, &box.err));
	assert_int_equal(journal_file_bytes(box.file), 16);
	journal_unwrite(other);
	assert_true(journal_file_append(box.file, other, &box.err));
	assert_true(journal_file_bytes(box.file) > 16);
	journal_free(other);
	box_close(&box);
}

/* The disk is full in the midst of a batch: it is said, the file stays whole,
 * and what was not written is, once there is room. */
static void
a_full_disk_tears_nothing(void **state)
{
	struct rlimit before, limit;
	struct journal_box box;
	char bytes[8192];
	uint64_t count, whole;
	size_t len;

	(void)state;
	box_open(&box);
	box_add(&box, 2);
	assert_true(journal_file_append(box.file, box.journal, &box.err));
	whole = journal_file_bytes(box.file);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){whole + 50, before.rlim_max};
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	box_add(&box, 5);
	assert_false(journal_file_append(box.file, box.journal, &box.err));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(strstr(box.err.text, box.path));
	assert_int_equal(contents(box.path, bytes, sizeof(bytes)), whole);
	assert_true(journal_file_append(box.file, box.journal, &box.err));
	len = contents(box.path, bytes, sizeof(bytes));
	assert_int_equal(
		parse((struct slice){bytes, len}, PRIVACY, &count, &box.err),
		JOURNAL_FILE_WHOLE);
	assert_int_equal(count, 7);
	box_close(&box);
}

static void
a_passing_journal_holds_what_is_not_written(void **state)
{
	struct journal_counts counts;
	struct journal_box box;

	(void)state;
	box_open(&box);
	journal_free(box.journal);
	box.journal = journal_new_passing(1 << 20);
	box_add(&box, 5);
	journal_count(box.journal, &counts);
	assert_int_equal(counts.operations, 5);
	assert_true(journal_file_append(box.file, box.journal, &box.err));
	journal_count(box.journal, &counts);
	assert_int_equal(counts.operations, 0);
	box_close(&box);
}

static void
prints_are_known_for_a_generation(void **state)
{
	struct dedup once;

	(void)state;
	dedup_init(&once, 1000);
	for (uint64_t i = 1; i <= 5000; i++) {
		assert_true(dedup_first(&once, i * 0x9E3779B97F4A7C15U));
		assert_false(dedup_first(&once, i * 0x9E3779B97F4A7C15U));
		if (i > 1000) {
			assert_false(dedup_first(
				&once, (i - 999) * 0x9E3779B97F4A7C15U));
		}
	}
	assert_in_range(dedup_bytes(&once), 1, 2 * 4096 * sizeof(uint64_t));
	assert_true(dedup_first(&once, 1 * 0x9E3779B97F4A7C15U));
	dedup_fini(&once);
}

/* Keys and inputs of the reference implementation's vectors; the values are
 * those of its SipHash-1-3. */
static void
siphash_depends_on_every_byte(void **state)
{
	const struct siphash_key key = {
		{0x0706050403020100U, 0x0F0E0D0C0B0A0908U}};
	const struct siphash_key other = {
		{0x0706050403020100U, 0x0F0E0D0C0B0A0909U}};
	char text[64];
	uint64_t seen[65];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	assert_true(
		siphash(&key, (struct slice){text, 0}) == 0xABAC0158050FC4DCU);
	for (size_t i = 0; i <= sizeof(text); i++) {
		seen[i] = siphash(&key, (struct slice){text, i});
		assert_true(
			seen[i] != siphash(&other, (struct slice){text, i}));
		for (size_t k = 0; k < i; k++)
			assert_true(seen[i] != seen[k]);
	}
}

/* What cannot be written is tried again under the same name: whoever is told
 * what is wrong hears it once. */
static void
a_journal_that_cannot_be_written_says_the_same(void **state)
{
	const struct store_options options = {
		.state_dir = "/nowhere/at/all", .journal_bytes = 10000};
	struct journal *journal = journal_new(10000);
	struct journal_files *files = journal_files_new(&options, journal);
	struct err first = {0}, second = {0};

	(void)state;
	assert_non_null(files);
	add_at(journal, 1, 2);
	assert_false(journal_files_write(files, &first));
	assert_false(journal_files_write(files, &second));
	assert_string_equal(first.text, second.text);
	assert_non_null(strstr(first.text, "No such file or directory"));
	journal_files_free(files);
	journal_free(journal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_taken_apart),
		cmocka_unit_test(passwords_are_not_shown),
		cmocka_unit_test(wrong_places_are_refused),
		cmocka_unit_test(redirections_are_read),
#ifndef HAVE_HIREDIS_SSL
		cmocka_unit_test(a_hiredis_without_tls_says_so),
#endif
		cmocka_unit_test(slots_are_those_of_the_specification),
		cmocka_unit_test(keys_come_back_from_their_spelling),
		cmocka_unit_test(batches_come_back_from_bytes),
		cmocka_unit_test(the_journal_is_bounded_and_in_order),
		cmocka_unit_test(
			a_journal_that_cannot_be_written_says_the_same),
		cmocka_unit_test(what_others_left_comes_first),
		cmocka_unit_test(a_journal_says_what_is_wrong_with_it),
		cmocka_unit_test(a_journal_that_is_written_is_busy),
		cmocka_unit_test(a_full_disk_tears_nothing),
		cmocka_unit_test(a_passing_journal_holds_what_is_not_written),
		cmocka_unit_test(prints_are_known_for_a_generation),
		cmocka_unit_test(siphash_depends_on_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
