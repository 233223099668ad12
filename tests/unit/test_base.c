/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks, digests, chance, errors, the log. */
#include "rows.h"

#include "base/clock.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
clocks_tell_time(void **state)
{
	struct clock_fake fake = {.now_ms = 42};
	struct clock clock = clock_fake(&fake);
	int64_t before;

	(void)state;
	assert_int_equal(clock_now_ms(clock), 42);
	fake.now_ms += 8;
	assert_int_equal(clock_now_ms(clock), 50);
	assert_true(clock_now_ms(clock_real()) > 1600000000000);
	before = clock_monotonic_ms();
	assert_true(clock_monotonic_ms() >= before);
}

static void
hex_of(const unsigned char *digest, char *text)
{
	codec_hex(digest, DIGEST_BYTES, text);
}

/* RFC 4231 test case 2; SHA-256 of "abc" with its length before it. */
static void
digests_are_right(void **state)
{
	const struct slice part = SLICE("abc");
	unsigned char digest[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES + 1];

	(void)state;
	assert_true(digest_hmac(
		SLICE("Jefe"), SLICE("what do ya want for nothing?"), digest));
	hex_of(digest, hex);
	assert_string_equal(hex,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec"
		"3843");
	assert_true(digest_parts(&part, 1, digest));
	hex_of(digest, hex);
	assert_string_equal(hex,
		"ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd3"
		"91");
	assert_true(digest_parts(NULL, 0, digest));
	hex_of(digest, hex);
	assert_string_equal(hex,
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852"
		"b855");
}

/* What others make of the same: Python's uuid.uuid5(), too. */
static void
uuids_are_everybodys(void **state)
{
	static const unsigned char dns[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d,
		0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30,
		0xc8};
	char text[DIGEST_UUID_TEXT];

	(void)state;
	assert_true(digest_uuid(dns, SLICE("www.example.com"), text));
	assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	assert_true(digest_uuid(dns, SLICE(""), text));
	assert_string_equal(text, "4ebd0208-8328-5d69-8c44-ec50939c0967");
}

static void *
digest_in_a_thread(void *digest)
{
	digests_are_right(NULL);
	assert_true(digest_parts(NULL, 0, digest));
	return NULL;
}

/* Each thread has a context of its own, which ends with it. */
static void
digests_of_threads_are_right(void **state)
{
	unsigned char digest[2][DIGEST_BYTES] = {{1}, {2}};
	pthread_t threads[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL,
					 digest_in_a_thread, digest[i]),
			0);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_memory_equal(digest[0], digest[1], DIGEST_BYTES);
}

static void
digests_are_texts(void **state)
{
	const struct slice part = SLICE("abc");
	struct arena *arena = arena_new(64);

	(void)state;
	assert_true(slice_equal(
		digest_text(arena, &part, 1, 4), SLICE("ce91dc5e")));
	assert_true(
		slice_is_absent(digest_text(arena, &part, 1, DIGEST_BYTES)));
	arena_free(arena);
}

static void
slices_are_joined(void **state)
{
	const struct slice parts[] = {
		SLICE("a"), {NULL, 0}, SLICE(""), SLICE("bc")};
	const struct slice much = SLICE("more than an arena of 32 bytes holds");
	struct arena *arena = arena_new(32);
	struct slice joined;

	(void)state;
	joined = arena_join(arena, parts, 4);
	assert_int_equal(joined.len, 3);
	assert_string_equal(joined.p, "abc");
	joined = arena_join(arena, parts, 0);
	assert_string_equal(joined.p, "");
	assert_true(slice_is_absent(arena_join(arena, &much, 1)));
	arena_free(arena);
}

static void
parts_do_not_run_together(void **state)
{
	const struct slice one[] = {SLICE("ab"), SLICE("c")};
	const struct slice two[] = {SLICE("a"), SLICE("bc")};
	unsigned char first[DIGEST_BYTES], second[DIGEST_BYTES];

	(void)state;
	assert_true(digest_parts(one, 2, first));
	assert_true(digest_parts(two, 2, second));
	assert_memory_not_equal(first, second, DIGEST_BYTES);
}

/* Each byte is hit by one of many draws, those beside it by none. */
static void
chance_fills_all_of_it(void **state)
{
	unsigned char seen[RANDOM_BYTES_MAX] = {0}, drawn[RANDOM_BYTES_MAX + 1];

	(void)state;
	drawn[RANDOM_BYTES_MAX] = 0;
	for (int draw = 0; draw < 16; draw++) {
		assert_true(random_fill(drawn, RANDOM_BYTES_MAX));
		for (size_t i = 0; i < RANDOM_BYTES_MAX; i++)
			seen[i] |= drawn[i];
	}
	for (size_t i = 0; i < RANDOM_BYTES_MAX; i++)
		assert_int_not_equal(seen[i], 0);
	assert_int_equal(drawn[RANDOM_BYTES_MAX], 0);
	assert_false(random_fill(drawn, RANDOM_BYTES_MAX + 1));
}

static void
errors_read_from_outside_in(void **state)
{
	struct err err = {0};

	(void)state;
	assert_false(err_set(&err, ERR_LIMIT, "%d is too many", 7));
	assert_false(err_wrap(&err, "file %s", "x"));
	assert_string_equal(err.text, "file x: 7 is too many");
	assert_int_equal(err.code, ERR_LIMIT);
	errno = ENOENT;
	assert_false(err_system(&err, "open"));
	assert_string_equal(err.text, "open: No such file or directory");
	assert_int_equal(err.code, ERR_SYSTEM);
	assert_false(err_set(NULL, ERR_LIMIT, "x"));
	assert_false(err_system(NULL, "x"));
	assert_false(err_wrap(NULL, "x"));
}

static void
errors_are_cut(void **state)
{
	static char text[2 * ERR_TEXT_BYTES];
	struct err err = {0};

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_false(err_set(&err, ERR_INVALID, "%s", text));
	assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
	assert_false(err_wrap(&err, "a"));
	assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
	assert_memory_equal(err.text, "a: x", 4);
	errno = ENOENT;
	assert_false(err_system(&err, "%s", text));
	assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
}

static const struct target_row {
	const char *name, *target;
	const char *says; /* part of the error */
} target_rows[] = {
	{"log: no such sink", "printer", "not a place to log to"},
	{"log: nothing", "", "not a place to log to"},
	{"log: no such facility", "syslog:kitchen", "local0 to local7"},
	{"log: no such folder", "file:/nonexistent/log", "cannot open"},
};

static void
check_target(void **state)
{
	const struct target_row *row = *state;
	struct err err = {0};

	assert_false(log_open(row->target, LOG_LEVEL_INFO, &err));
	assert_non_null(strstr(err.text, row->says));
}

static const struct level_row {
	const char *name;
	enum log_level level;
} level_rows[] = {
	{"error", LOG_LEVEL_ERROR},
	{"warning", LOG_LEVEL_WARNING},
	{"notice", LOG_LEVEL_NOTICE},
	{"info", LOG_LEVEL_INFO},
	{"debug", LOG_LEVEL_DEBUG},
};

static void
check_level(void **state)
{
	const struct level_row *row = *state;

	assert_string_equal(log_level_name(row->level), row->name);
}

/* All of a file's text; the caller frees it. */
static char *
text_of(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 4096);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, 4095, file) > 0);
	(void)fclose(file);
	return text;
}

/* A sender's line end must not begin an entry of its own. */
static void
log_keeps_entries_apart(void **state)
{
	char folder[] = "/tmp/forwarden-log-XXXXXX";
	char target[80], path[64], moved[64], *text;
	struct err err = {0};
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/log", folder);
	(void)snprintf(moved, sizeof(moved), "%s/old", folder);
	(void)snprintf(target, sizeof(target), "file:%s", path);
	assert_true(log_open(target, LOG_LEVEL_NOTICE, &err));
	assert_true(log_wants(LOG_LEVEL_NOTICE));
	assert_false(log_wants(LOG_LEVEL_INFO));
	log_write(LOG_LEVEL_NOTICE, "from %s", "a\nerror forged");
	log_write(LOG_LEVEL_INFO, "not this");
	text = text_of(path);
	assert_non_null(strstr(text, " notice from a\\x0Aerror forged\n"));
	assert_null(strstr(text, "not this"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
	assert_int_equal(rename(path, moved), 0);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0 && log_use(fd, LOG_LEVEL_INFO, &err));
	(void)close(fd);
	log_write(LOG_LEVEL_ERROR, "after the rotation");
	text = text_of(path);
	assert_non_null(strstr(text, " error after the rotation\n"));
	free(text);
	log_close();
	(void)unlink(path);
	(void)unlink(moved);
	(void)rmdir(folder);
}

#define WRITERS 4
#define LINES 200

static void *
write_lines(void *arg)
{
	for (int i = 0; i < LINES; i++)
		log_write(LOG_LEVEL_ERROR, "line %s of a writer", "\n");
	return arg;
}

/* As a reload does while mail comes in. */
static void
log_is_opened_anew_under_writers(void **state)
{
	char path[] = "/tmp/forwarden-log-XXXXXX", target[64], line[128];
	int fd = mkstemp(path), lines = 0;
	pthread_t writers[WRITERS];
	struct err err = {0};
	FILE *file;

	(void)state;
	assert_true(fd >= 0);
	(void)snprintf(target, sizeof(target), "file:%s", path);
	assert_true(log_open(target, LOG_LEVEL_INFO, &err));
	for (int i = 0; i < WRITERS; i++) {
		assert_int_equal(
			pthread_create(&writers[i], NULL, write_lines, NULL),
			0);
	}
	for (int i = 0; i < LINES; i++) {
		log_echo(false);
		assert_true(log_open(target, (enum log_level)(i % 3), &err));
	}
	for (int i = 0; i < WRITERS; i++)
		(void)pthread_join(writers[i], NULL);
	log_close();
	file = fdopen(fd, "r");
	while (fgets(line, sizeof(line), file) != NULL) {
		assert_string_equal(line + strcspn(line, " "),
			" error line \\x0A of a writer\n");
		lines++;
	}
	assert_int_equal(lines, WRITERS * LINES);
	(void)fclose(file);
	(void)unlink(path);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(clocks_tell_time),
		cmocka_unit_test(digests_are_right),
		cmocka_unit_test(uuids_are_everybodys),
		cmocka_unit_test(digests_of_threads_are_right),
		cmocka_unit_test(digests_are_texts),
		cmocka_unit_test(slices_are_joined),
		cmocka_unit_test(parts_do_not_run_together),
		cmocka_unit_test(chance_fills_all_of_it),
		cmocka_unit_test(errors_read_from_outside_in),
		cmocka_unit_test(errors_are_cut),
		cmocka_unit_test(log_keeps_entries_apart),
		cmocka_unit_test(log_is_opened_anew_under_writers),
	};
	struct rows all = {0};

	ROWS_TESTS(&all, others);
	ROWS_ADD(&all, target_rows, check_target);
	ROWS_ADD(&all, level_rows, check_level);
	return rows_run(&all, "base");
}
