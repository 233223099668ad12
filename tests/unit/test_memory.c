/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds memory: arena, buffer, map. */
#include "rows.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>

static bool
is_aligned(const void *p)
{
	return (uintptr_t)p % alignof(max_align_t) == 0;
}

static void
arena_zeroes_and_aligns(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	memset(arena_bytes(arena, 5000), 0xAA, 5000);
	arena_reset(arena);
	for (size_t bytes = 0; bytes < 100; bytes++) {
		const char *p = arena_alloc(arena, bytes);
		size_t i;

		assert_true(is_aligned(p));
		for (i = 0; i < bytes; i++)
			assert_int_equal(p[i], 0);
	}
	arena_free(arena);
}

static void
arena_stops_at_its_limit(void **state)
{
	struct arena *arena = arena_new(1024);

	(void)state;
	assert_non_null(arena_alloc(arena, 1000));
	assert_null(arena_alloc(arena, 100));
	assert_true(arena_used(arena) <= 1024);
	assert_true(arena_left(arena) < 100);
	arena_reset(arena);
	assert_int_equal(arena_used(arena), 0);
	assert_int_equal(arena_left(arena), 1024);
	assert_non_null(arena_alloc(arena, 1024));
	assert_int_equal(arena_left(arena), 0);
	assert_null(arena_alloc(arena, 0));
	arena_free(arena);
}

static void
arena_refuses_overflow(void **state)
{
	struct arena *arena = arena_new(SIZE_MAX);

	(void)state;
	assert_null(arena_array(arena, SIZE_MAX / 2, 4));
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX - 4));
	assert_true(slice_is_absent(
		arena_copy(arena, (struct slice){"", SIZE_MAX})));
	assert_non_null(arena_array(arena, 4, 4));
	arena_free(arena);
}

/* Blocks of their own for what is larger than a block. */
static void
arena_keeps_what_it_gave(void **state)
{
	struct arena *arena = arena_new(1 << 22);
	char *given[64];

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		given[i] = arena_bytes(arena, 1000 * (i + 1));
		memset(given[i], (int)i, 1000 * (i + 1));
	}
	for (size_t i = 0; i < 64; i++) {
		for (size_t at = 0; at < 1000 * (i + 1); at++)
			assert_int_equal(given[i][at], i);
	}
	arena_free(arena);
	arena_free(NULL);
}

static void
arena_copies_text(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct slice copy = arena_copy(arena, SLICE("a\0b"));

	(void)state;
	assert_int_equal(copy.len, 3);
	assert_memory_equal(copy.p, "a\0b", 4);
	assert_true(slice_is_absent(arena_copy(arena, slice_of(NULL))));
	assert_false(slice_is_absent(arena_copy(arena, SLICE(""))));
	copy = arena_printf(arena, "%s-%d", "x", 42);
	assert_int_equal(copy.len, 4);
	assert_string_equal(copy.p, "x-42");
	arena_free(arena);
	arena = arena_new(16);
	assert_true(slice_is_absent(arena_printf(arena, "%064d", 1)));
	arena_free(arena);
}

static void
buf_grows(void **state)
{
	struct buf buf = {0};

	(void)state;
	assert_int_equal(buf_slice(&buf).len, 0);
	assert_non_null(buf_slice(&buf).p);
	for (size_t i = 0; i < 10000; i++)
		buf_add_byte(&buf, (char)('a' + i % 26));
	buf_puts(&buf, "end");
	buf_printf(&buf, "%d%%", 5);
	assert_int_equal(buf.len, 10005);
	assert_string_equal(buf.p + 10000, "end5%");
	assert_true(buf_ok(&buf));
	buf_reset(&buf);
	assert_string_equal(buf_slice(&buf).p, "");
	buf_fini(&buf);
	assert_null(buf.p);
}

static void
buf_remembers_failure(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_puts(&buf, "a");
	buf_add(&buf, (struct slice){"", SIZE_MAX / 2});
	assert_false(buf_ok(&buf));
	buf_puts(&buf, "b");
	assert_string_equal(buf_slice(&buf).p, "a");
	buf_reset(&buf);
	assert_true(buf_ok(&buf));
	buf_fini(&buf);
}

static const struct visible_row {
	const char *name, *text, *expected;
} visible_rows[] = {
	{"visible: plain", "plain text", "plain text"},
	{"visible: UTF-8", "J\xC3\xB6rg", "J\xC3\xB6rg"},
	{"visible: line end", "a\r\nb", "a\\x0D\\x0Ab"},
	{"visible: tab", "a\tb", "a\\x09b"},
	{"visible: escape sequence", "\x1B[2J", "\\x1B[2J"},
	{"visible: DEL", "\x7F", "\\x7F"},
	{"visible: backslash", "a\\x41", "a\\x5Cx41"},
	{"visible: no UTF-8", "caf\xE9!", "caf\\xE9!"},
	{"visible: cut UTF-8", "\xE2\x82", "\\xE2\\x82"},
	{"visible: C1 control",
		"\xC2\x9B"
		"2J",
		"\\u{9B}2J"},
	{"visible: override",
		"\xE2\x80\xAE"
		"txt.exe",
		"\\u{202E}txt.exe"},
	{"visible: isolate", "\xE2\x81\xA6", "\\u{2066}"},
	{"visible: line separator", "\xE2\x80\xA8", "\\u{2028}"},
};

static void
check_visible(void **state)
{
	const struct visible_row *row = *state;
	struct buf buf = {0};

	buf_add_visible(&buf, slice_of(row->text));
	assert_string_equal(buf_slice(&buf).p, row->expected);
	buf_fini(&buf);
}

static bool
count_until_three(struct slice key, void *value, void *ctx)
{
	size_t *seen = ctx;

	(void)key;
	(void)value;
	return ++*seen < 3;
}

static void
map_finds_what_was_put(void **state)
{
	static int values[1000];
	struct map *map = map_new();
	void *old;
	size_t i, seen = 0;

	(void)state;
	for (i = 0; i < 1000; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "key %zu", i);
		assert_true(map_put(map, slice_of(key), &values[i], &old));
		assert_null(old);
	}
	assert_int_equal(map_count(map), 1000);
	assert_ptr_equal(map_find(map, SLICE("key 7")), &values[7]);
	assert_null(map_find(map, SLICE("key 1000")));
	assert_true(map_put(map, SLICE("key 7"), &values[8], &old));
	assert_ptr_equal(old, &values[7]);
	assert_int_equal(map_count(map), 1000);
	assert_ptr_equal(map_remove(map, SLICE("key 7")), &values[8]);
	assert_null(map_remove(map, SLICE("key 7")));
	assert_int_equal(map_count(map), 999);
	map_each(map, count_until_three, &seen);
	assert_int_equal(seen, 3);
	map_free(map, NULL);
}

static void
map_keys_are_bytes(void **state)
{
	static int one, two, three;
	struct map *map = map_new();

	(void)state;
	assert_true(map_put(map, SLICE("a\0b"), &one, NULL));
	assert_true(map_put(map, SLICE("a\0c"), &two, NULL));
	assert_true(map_put(map, SLICE(""), &three, NULL));
	assert_ptr_equal(map_find(map, SLICE("a\0b")), &one);
	assert_ptr_equal(map_find(map, SLICE("a\0c")), &two);
	assert_ptr_equal(map_find(map, SLICE("")), &three);
	assert_null(map_find(map, SLICE("a")));
	map_free(map, NULL);
	map_free(NULL, NULL);
}

static void
map_drops_its_values(void **state)
{
	struct map *map = map_new();

	(void)state;
	assert_true(map_put(map, SLICE("a"), malloc(10), NULL));
	assert_true(map_put(map, SLICE("b"), malloc(10), NULL));
	map_free(map, free);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(arena_zeroes_and_aligns),
		cmocka_unit_test(arena_stops_at_its_limit),
		cmocka_unit_test(arena_refuses_overflow),
		cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(arena_copies_text),
		cmocka_unit_test(buf_grows),
		cmocka_unit_test(buf_remembers_failure),
		cmocka_unit_test(map_finds_what_was_put),
		cmocka_unit_test(map_keys_are_bytes),
		cmocka_unit_test(map_drops_its_values),
	};
	struct rows all = {0};

	ROWS_TESTS(&all, others);
	ROWS_ADD(&all, visible_rows, check_visible);
	return rows_run(&all, "memory");
}
