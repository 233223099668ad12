/* SPDX-License-Identifier: BSD-2-Clause */
/* What waits to be sent: bounded, in order, tried again and given up. */
#include "rows.h"

#include "daemon/outbox.h"

#define TRIES 3
#define PATIENCE 10000

static const struct outbox_options usual = {.most = 3,
	.bytes = 100,
	.at_once = 2,
	.tries = TRIES,
	.patience_ms = PATIENCE};

static void
put(struct outbox *outbox, const char *text, bool taken)
{
	struct notice *notice = notice_new();

	assert_non_null(notice);
	buf_puts(&notice->json, text);
	assert_int_equal(outbox_put(outbox, notice, 0), taken);
	notice_unref(notice);
}

static void
test_order_and_how_many(void **state)
{
	struct letter *one, *two;
	struct outbox outbox;

	(void)state;
	outbox_init(&outbox, &usual);
	put(&outbox, "one", true);
	put(&outbox, "two", true);
	put(&outbox, "three", true);
	one = outbox_begin(&outbox, 0);
	two = outbox_begin(&outbox, 0);
	assert_string_equal(one->notice->json.p, "one");
	assert_string_equal(two->notice->json.p, "two");
	assert_null(outbox_begin(&outbox, 0));
	assert_int_equal(outbox_next_ms(&outbox), INT64_MAX);
	outbox_end(&outbox, two);
	two = outbox_begin(&outbox, 0);
	assert_string_equal(two->notice->json.p, "three");
	outbox_end(&outbox, two);
	put(&outbox, "four", true);
	outbox_end(&outbox, one);
	assert_string_equal(outbox.head->notice->json.p, "four");
	outbox_fini(&outbox);
	assert_int_equal(outbox.count, 0);
	assert_int_equal(outbox.bytes, 0);
}

static void
test_bounds(void **state)
{
	struct outbox outbox;
	char much[101];

	(void)state;
	memset(much, 'x', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	outbox_init(&outbox, &usual);
	put(&outbox, "one", true);
	put(&outbox, much, false);
	put(&outbox, "two", true);
	put(&outbox, "three", true);
	put(&outbox, "four", false);
	outbox_fini(&outbox);
	put(&outbox, much, true);
	outbox_fini(&outbox);
}

static void
test_again(void **state)
{
	struct letter *letter;
	struct outbox outbox;

	(void)state;
	outbox_init(&outbox, &usual);
	put(&outbox, "one", true);
	letter = outbox_begin(&outbox, 0);
	assert_true(outbox_again(&outbox, letter, 0, 0));
	assert_int_equal(letter->due_ms, 500);
	assert_null(outbox_begin(&outbox, 499));
	assert_ptr_equal(outbox_begin(&outbox, 500), letter);
	/* Chance spreads it up to the whole time, never past it. */
	assert_true(outbox_again(&outbox, letter, 500, 1000));
	assert_int_equal(letter->due_ms, 2500);
	outbox_hurry(&outbox, 600);
	assert_ptr_equal(outbox_begin(&outbox, 600), letter);
	assert_false(outbox_again(&outbox, letter, 600, 0));
	outbox_end(&outbox, letter);
	outbox_fini(&outbox);
}

static void
test_patience(void **state)
{
	struct letter *letter;
	struct outbox outbox;

	(void)state;
	outbox_init(&outbox, &usual);
	put(&outbox, "one", true);
	letter = outbox_begin(&outbox, 0);
	assert_false(outbox_again(&outbox, letter, PATIENCE - 499, 0));
	assert_true(outbox_again(&outbox, letter, PATIENCE - 500, 0));
	outbox_fini(&outbox);
}

static void
test_test_is_tried_once(void **state)
{
	struct letter *letter;
	struct outbox outbox;

	(void)state;
	outbox_init(&outbox, &usual);
	put(&outbox, "test", true);
	outbox.head->notice->test = 1;
	letter = outbox_begin(&outbox, 0);
	assert_false(outbox_again(&outbox, letter, 0, 0));
	outbox_fini(&outbox);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_and_how_many),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_test_is_tried_once),
	};

	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
