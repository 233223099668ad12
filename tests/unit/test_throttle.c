/* SPDX-License-Identifier: BSD-2-Clause */
/* What is held back is counted and told of, within bounds of memory. */
#include "rows.h"

#include "verdict/throttle.h"

#include <stdio.h>

#define MINUTE INT64_C(60000)
#define WINDOW (10 * MINUTE)
#define WALL INT64_C(1767603600000)
#define MAILBOXES 10000U

static const struct throttle_options usual = {
	.window_ms = WINDOW, .per_minute = 3, .pairs = 100, .distinct = 1000};

static struct throttle_subject
about(const char *policy, const char *mailbox, const char *destination)
{
	return (struct throttle_subject){slice_of(policy), slice_of(mailbox),
		slice_of(destination), WALL, false};
}

static bool
pass(struct throttle *throttle, int64_t now_ms, const char *mailbox,
	const char *destination)
{
	struct throttle_subject subject = about("p", mailbox, destination);

	subject.at_ms = WALL + now_ms;
	return throttle_pass(throttle, now_ms, &subject);
}

static void
test_pair_is_summed_up(void **state)
{
	struct throttle *throttle = throttle_new(&usual);
	struct throttle_summary summary;

	(void)state;
	assert_true(pass(throttle, 0, "a", "x"));
	for (int i = 1; i <= 9; i++)
		assert_false(pass(throttle, i * 1000, "a", i % 2 ? "x" : "y"));
	assert_true(pass(throttle, 500, "b", "x"));
	assert_false(throttle_due(throttle, WINDOW - 1, &summary));
	assert_int_equal(throttle_next_ms(throttle), WINDOW);
	assert_true(throttle_due(throttle, WINDOW, &summary));
	assert_false(summary.campaign);
	assert_int_equal(summary.count, 9);
	assert_int_equal(summary.first_ms, WALL + 1000);
	assert_int_equal(summary.last_ms, WALL + 9000);
	assert_int_equal(summary.destinations.count, 2);
	assert_string_equal(summary.destinations.first[0], "x");
	assert_string_equal(summary.mailboxes.first[0], "a");
	assert_string_equal(summary.policies.first[0], "p");
	assert_false(summary.more);
	assert_false(throttle_due(throttle, WINDOW, &summary));
	/* The summary began a window of its own. */
	assert_false(pass(throttle, WINDOW + 1, "a", "x"));
	/* What held nothing is forgotten. */
	assert_false(throttle_due(throttle, WINDOW + 500, &summary));
	assert_true(pass(throttle, WINDOW + 501, "b", "x"));
	throttle_free(throttle);
}

static void
test_policies_are_pairs_of_their_own(void **state)
{
	struct throttle *throttle = throttle_new(&usual);
	struct throttle_subject one = about("ab", "c", NULL);
	struct throttle_subject two = about("a", "bc", NULL);

	(void)state;
	assert_true(throttle_pass(throttle, 0, &one));
	assert_true(throttle_pass(throttle, 0, &two));
	assert_false(throttle_pass(throttle, 0, &one));
	throttle_free(throttle);
}

static unsigned
flood(struct throttle *throttle, int64_t now_ms)
{
	unsigned passed = 0;
	char mailbox[32];

	for (unsigned i = 0; i < MAILBOXES; i++) {
		(void)snprintf(mailbox, sizeof(mailbox), "m%u", i);
		passed += pass(throttle, now_ms, mailbox, "drop");
	}
	return passed;
}

static void
test_campaign_is_one_summary(void **state)
{
	struct throttle_options options = usual;
	struct throttle *throttle;
	struct throttle_summary summary;

	(void)state;
	options.distinct = 2 * MAILBOXES;
	throttle = throttle_new(&options);
	assert_int_equal(flood(throttle, 5), 3);
	assert_false(throttle_due(throttle, MINUTE, &summary));
	assert_int_equal(throttle_next_ms(throttle), MINUTE + 5);
	assert_true(throttle_due(throttle, MINUTE + 5, &summary));
	assert_true(summary.campaign);
	assert_int_equal(summary.count, MAILBOXES - 3);
	assert_int_equal(summary.mailboxes.count, MAILBOXES - 3);
	assert_int_equal(summary.destinations.count, 1);
	assert_string_equal(summary.mailboxes.first[4], "m7");
	assert_false(summary.more);
	assert_false(throttle_due(throttle, MINUTE + 5, &summary));
	/* Then the next minute has its own. */
	assert_true(pass(throttle, MINUTE + 6, "m9999", "drop"));
	throttle_free(throttle);
}

static void
test_names_are_bounded(void **state)
{
	struct throttle *throttle = throttle_new(&usual);
	struct throttle_summary summary;

	(void)state;
	(void)flood(throttle, 0);
	assert_true(throttle_due(throttle, MINUTE, &summary));
	assert_int_equal(summary.count, MAILBOXES - 3);
	assert_int_equal(summary.policies.count + summary.mailboxes.count +
			summary.destinations.count,
		usual.distinct);
	assert_true(summary.more);
	/* They are there again once the summary is gone. */
	assert_false(throttle_due(throttle, MINUTE, &summary));
	(void)flood(throttle, MINUTE + 1);
	assert_true(throttle_due(throttle, 2 * MINUTE + 1, &summary));
	throttle_free(throttle);
}

static void
test_pairs_are_bounded(void **state)
{
	struct throttle_options options = usual;
	struct throttle_summary summary;
	struct throttle *throttle;

	(void)state;
	options.pairs = 2;
	options.per_minute = 100;
	throttle = throttle_new(&options);
	assert_int_equal(flood(throttle, 0), 2);
	assert_true(throttle_due(throttle, MINUTE, &summary));
	assert_int_equal(summary.count, MAILBOXES - 2);
	throttle_free(throttle);
}

/* Summaries of pairs take turns as alerts do; past those they are one. */
static void
test_summaries_are_bounded_too(void **state)
{
	struct throttle_options options = usual;
	struct throttle_summary summary;
	struct throttle *throttle;
	unsigned count = 0;

	(void)state;
	options.per_minute = 20;
	throttle = throttle_new(&options);
	for (int round = 0; round < 2; round++) {
		for (char name[] = "a"; name[0] <= 't'; name[0]++)
			(void)pass(throttle, 0, name, "x");
	}
	options.per_minute = 3;
	throttle_change(throttle, &options);
	while (throttle_due(throttle, WINDOW, &summary))
		count++;
	assert_int_equal(count, 3);
	assert_true(throttle_due(throttle, WINDOW + MINUTE, &summary));
	assert_true(summary.campaign);
	assert_int_equal(summary.count, 17);
	assert_int_equal(summary.mailboxes.count, 17);
	throttle_free(throttle);
}

static void
test_urgent_passes_a_campaign(void **state)
{
	struct throttle *throttle = throttle_new(&usual);
	struct throttle_subject down = about("store-down", NULL, NULL);

	(void)state;
	(void)flood(throttle, 0);
	down.urgent = true;
	assert_true(throttle_pass(throttle, 1, &down));
	assert_false(throttle_pass(throttle, 2, &down));
	/* Nor are those without end. */
	for (char name[] = "a"; name[0] <= 'i'; name[0]++) {
		down.policy = slice_of(name);
		assert_true(throttle_pass(throttle, 3, &down));
	}
	down.policy = SLICE("one too many");
	assert_false(throttle_pass(throttle, 3, &down));
	throttle_free(throttle);
}

static void
test_flush_leaves_nothing(void **state)
{
	struct throttle *throttle = throttle_new(&usual);
	struct throttle_summary summary;

	(void)state;
	assert_false(throttle_flush(throttle, &summary));
	(void)flood(throttle, 0);
	assert_false(pass(throttle, 1, "m0", "elsewhere"));
	assert_true(throttle_flush(throttle, &summary));
	assert_int_equal(summary.count, MAILBOXES - 3 + 1);
	assert_int_equal(summary.destinations.count, 2);
	assert_false(throttle_flush(throttle, &summary));
	throttle_free(throttle);
}

static void
test_no_window_holds_no_pair(void **state)
{
	struct throttle_options options = usual;
	struct throttle *throttle;

	(void)state;
	options.window_ms = 0;
	throttle = throttle_new(&options);
	for (int i = 0; i < 3; i++)
		assert_true(pass(throttle, i, "a", "x"));
	assert_false(pass(throttle, 3, "a", "x"));
	throttle_free(throttle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pair_is_summed_up),
		cmocka_unit_test(test_policies_are_pairs_of_their_own),
		cmocka_unit_test(test_campaign_is_one_summary),
		cmocka_unit_test(test_names_are_bounded),
		cmocka_unit_test(test_pairs_are_bounded),
		cmocka_unit_test(test_summaries_are_bounded_too),
		cmocka_unit_test(test_urgent_passes_a_campaign),
		cmocka_unit_test(test_flush_leaves_nothing),
		cmocka_unit_test(test_no_window_holds_no_pair),
	};

	return cmocka_run_group_tests_name("throttle", tests, NULL, NULL);
}
