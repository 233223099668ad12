/* SPDX-License-Identifier: BSD-2-Clause */
/* Orders that are merged: of two words the newer stands, in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "store/key.h"
#include "store/memory/orders.h"

#define NOW INT64_C(1767603600000)
#define HOUR INT64_C(3600000)
#define ABOUT SLICE("contain|alice@example.com")

struct fixture {
	struct orders *orders;
	struct arena *arena;
	struct store_order row, end;
	struct key_digest digest;
	struct store_orders heard, missing;
};

static int
setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){
		.orders = orders_new(), .arena = arena_new(1 << 20)};
	assert_non_null(f.orders);
	assert_non_null(f.arena);
	key_digest(ABOUT, &f.digest);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	orders_free(f->orders);
	arena_free(f->arena);
	return 0;
}

static struct store_containment
word(const char *why, int64_t at_ms)
{
	return (struct store_containment){.by = SLICE("me"),
		.why = slice_of(why),
		.at_ms = at_ms,
		.until_ms = NOW + HOUR};
}

static void
give(struct fixture *f, struct store_containment said)
{
	assert_true(orders_give(f->orders, ABOUT, &said, NOW));
}

/* Another store has it so; at 0: it has none. */
static void
hear(struct fixture *f, const char *why, int64_t at_ms, int64_t ended_ms)
{
	f->row = (struct store_order){.about = ABOUT, .word = word(why, at_ms)};
	f->end = (struct store_order){.about = key_digest_text(&f->digest),
		.word = {.at_ms = ended_ms, .until_ms = NOW + HOUR}};
	f->heard = (struct store_orders){.at = &f->row,
		.count = at_ms != 0,
		.ended = &f->end,
		.ended_count = ended_ms != 0,
		.now_ms = NOW};
	orders_obey(f->orders, &f->heard, f->arena, &f->missing);
}

static const char *
why_of(struct fixture *f)
{
	struct store_containment out;

	return orders_get(f->orders, f->arena, ABOUT, NOW, &out)
		? arena_printf(f->arena, "%.*s", SLICE_ARG(out.why)).p
		: "none";
}

static void
what_others_order_is_heard(void **state)
{
	struct fixture *f = *state;

	hear(f, "theirs", NOW - 5, 0);
	assert_string_equal(why_of(f), "theirs");
	assert_int_equal(f->missing.count, 0);
	hear(f, "", 0, NOW - 4);
	assert_string_equal(why_of(f), "none");
	assert_int_equal(f->missing.count, 0);
}

static void
what_is_lost_is_given_back(void **state)
{
	struct fixture *f = *state;

	give(f, word("ours", NOW));
	hear(f, "", 0, 0);
	assert_string_equal(why_of(f), "ours");
	assert_int_equal(f->missing.count, 1);
	assert_true(slice_equal(f->missing.at[0].about, ABOUT));
	assert_true(slice_equal(f->missing.at[0].word.why, SLICE("ours")));
	assert_int_equal(f->missing.at[0].word.at_ms, NOW);
	assert_int_equal(f->missing.at[0].word.until_ms, NOW + HOUR);
}

static void
an_older_word_is_put_right(void **state)
{
	struct fixture *f = *state;

	give(f, word("ours", NOW));
	hear(f, "older", NOW - 1, 0);
	assert_string_equal(why_of(f), "ours");
	assert_int_equal(f->missing.count, 1);
	hear(f, "newer", NOW + 1, 0);
	assert_string_equal(why_of(f), "newer");
	assert_int_equal(f->missing.count, 0);
	hear(f, "", 0, NOW);
	assert_string_equal(why_of(f), "newer");
	assert_int_equal(f->missing.count, 1);
}

/* A store that went back to before it was taken back. */
static void
what_was_taken_back_stays_away(void **state)
{
	struct fixture *f = *state;
	struct store_containment none = {0};

	give(f, word("ours", NOW));
	give(f, none);
	assert_string_equal(why_of(f), "none");
	hear(f, "ours", NOW, 0);
	assert_string_equal(why_of(f), "none");
	assert_int_equal(f->missing.count, 1);
	assert_int_equal(f->missing.at[0].word.until_ms, 0);
	assert_true(f->missing.at[0].word.at_ms > NOW);
}

/* However the clock of who orders it goes. */
static void
an_order_given_here_stands(void **state)
{
	struct fixture *f = *state;

	hear(f, "theirs", NOW + 5000, 0);
	give(f, word("ours", NOW));
	assert_string_equal(why_of(f), "ours");
}

static void
it_is_over_once(void **state)
{
	struct fixture *f = *state;
	struct store_orders over;
	struct store_containment none = {0};

	give(f, word("ours", NOW));
	orders_over(f->orders, f->arena, NOW + HOUR - 1, &over);
	assert_int_equal(over.count, 0);
	orders_over(f->orders, f->arena, NOW + HOUR, &over);
	assert_int_equal(over.count, 1);
	assert_true(slice_equal(over.at[0].word.why, SLICE("ours")));
	orders_over(f->orders, f->arena, NOW + HOUR, &over);
	assert_int_equal(over.count, 0);
	give(f, word("ours", NOW));
	give(f, none);
	orders_over(f->orders, f->arena, NOW + 3 * HOUR, &over);
	assert_int_equal(over.count, 0);
}

/* One that was over while nobody looked is told all the same. */
static void
what_is_over_is_not_swept_away(void **state)
{
	struct fixture *f = *state;
	struct store_orders over;

	give(f, word("ours", NOW));
	f->heard = (struct store_orders){.now_ms = NOW + 2 * HOUR};
	orders_obey(f->orders, &f->heard, f->arena, &f->missing);
	assert_int_equal(f->missing.count, 0);
	orders_over(f->orders, f->arena, NOW + 2 * HOUR, &over);
	assert_int_equal(over.count, 1);
}

/* The clock of the store counts. */
static void
clocks_differ(void **state)
{
	struct fixture *f = *state;
	struct store_containment out;

	orders_set_ahead(f->orders, 10 * HOUR);
	give(f, word("ours", NOW));
	assert_true(orders_get(f->orders, f->arena, ABOUT, NOW, &out));
	assert_int_equal(out.until_ms, NOW + 11 * HOUR);
	assert_false(orders_get(f->orders, f->arena, ABOUT, NOW + HOUR, &out));
}

int
main(void)
{
#define ORDERS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		ORDERS_TEST(what_others_order_is_heard),
		ORDERS_TEST(what_is_lost_is_given_back),
		ORDERS_TEST(an_older_word_is_put_right),
		ORDERS_TEST(what_was_taken_back_stays_away),
		ORDERS_TEST(an_order_given_here_stands),
		ORDERS_TEST(it_is_over_once),
		ORDERS_TEST(what_is_over_is_not_swept_away),
		ORDERS_TEST(clocks_differ),
	};

	return cmocka_run_group_tests_name("orders", tests, NULL, NULL);
}
