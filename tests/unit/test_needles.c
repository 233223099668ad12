/* SPDX-License-Identifier: BSD-2-Clause */
/* Many texts at once, against one by one. */
#include "rows.h"

#include "sigma/needles.h"

#include <stdio.h>

#define NEEDLES 300
#define TEXTS 2000

static uint64_t seed = 88172645463325252U;

static unsigned
draw(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

/* Of few letters, so that much is found. */
static struct slice
draw_text(struct arena *arena, unsigned longest)
{
	unsigned len = draw(longest + 1), i;
	char *p = arena_alloc(arena, len + 1);

	for (i = 0; i < len; i++)
		p[i] = (char)('a' + draw(3));
	return (struct slice){p, len};
}

static bool
mark(void *ctx, uint32_t id)
{
	bool *found = ctx;

	found[id] = true;
	return true;
}

static void
test_against_one_by_one(void **state)
{
	static const enum pattern_kind kinds[] = {PATTERN_EQUAL, PATTERN_PREFIX,
		PATTERN_SUFFIX, PATTERN_CONTAINS};
	struct arena *arena = arena_new((size_t)16 << 20);
	struct needle needles[NEEDLES];
	struct needles *all;
	unsigned i, k, hits = 0;

	(void)state;
	for (i = 0; i < NEEDLES; i++) {
		needles[i].kind = kinds[draw(4)];
		needles[i].text = draw_text(arena, 9);
		needles[i].id = i;
		if (needles[i].text.len == 0)
			needles[i].kind = PATTERN_EQUAL;
	}
	all = needles_new(arena, needles, NEEDLES);
	assert_non_null(all);
	for (i = 0; i < TEXTS; i++) {
		struct slice text = draw_text(arena, 20);
		bool found[NEEDLES] = {false}, any = false;

		needles_find(all, text, mark, found);
		for (k = 0; k < NEEDLES; k++) {
			const struct pattern pattern = {.kind = needles[k].kind,
				.text = needles[k].text};

			assert_int_equal(
				found[k], pattern_test(&pattern, text));
			any = any || found[k];
			hits += found[k];
		}
		assert_int_equal(needles_any(all, text), any);
	}
	assert_true(hits > TEXTS);
	arena_free(arena);
}

static void
test_none_at_all(void **state)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct needles *none = needles_new(arena, NULL, 0);

	(void)state;
	assert_false(needles_any(none, SLICE("abc")));
	assert_false(needles_any(none, SLICE("")));
	arena_free(arena);
}

static void
test_a_hundred_thousand_names(void **state)
{
	struct arena *arena = arena_new((size_t)512 << 20);
	const unsigned count = 100000;
	struct needle *needles = calloc(count, sizeof(*needles));
	struct needles *all;

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		needles[i] = (struct needle){.kind = PATTERN_SUFFIX,
			.text = arena_printf(arena, ".host%u.example", i)};
	}
	all = needles_new(arena, needles, count);
	assert_non_null(all);
	for (unsigned i = 0; i < count; i++) {
		struct slice text =
			arena_printf(arena, "www.host%u.example", i);

		assert_true(needles_any(all, text));
	}
	assert_false(needles_any(all, SLICE("www.host100000.example")));
	assert_false(needles_any(all, SLICE("www.host1.example.com")));
	free(needles);
	arena_free(arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_one_by_one),
		cmocka_unit_test(test_none_at_all),
		cmocka_unit_test(test_a_hundred_thousand_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
