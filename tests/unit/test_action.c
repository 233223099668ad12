/* SPDX-License-Identifier: BSD-2-Clause */
/* From a policy's level, status and own wish to an action. */
#include "settings.h"
#include "verdict/respond.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct sigma_rule
rule(enum sigma_level level, enum sigma_status status, const char *action)
{
	return (struct sigma_rule){
		.level = level, .status = status, .action = slice_of(action)};
}

static enum action
answer(enum sigma_level level, enum sigma_status status, const char *action)
{
	struct sigma_rule r = rule(level, status, action);
	struct respond respond = config_respond(settings());

	return respond_to(&respond, &r);
}

static void
test_level_map(void **state)
{
	static const enum action expected[SIGMA_LEVEL_COUNT] = {ACTION_LOG,
		ACTION_LOG, ACTION_TAG, ACTION_QUARANTINE, ACTION_QUARANTINE};

	(void)state;
	for (int i = 0; i < SIGMA_LEVEL_COUNT; i++) {
		assert_int_equal(
			answer((enum sigma_level)i, SIGMA_STABLE, NULL),
			expected[i]);
	}
}

static void
test_status_caps(void **state)
{
	(void)state;
	assert_int_equal(
		answer(SIGMA_HIGH, SIGMA_EXPERIMENTAL, NULL), ACTION_TAG);
	assert_int_equal(answer(SIGMA_CRITICAL, SIGMA_TEST, NULL), ACTION_LOG);
	assert_int_equal(
		answer(SIGMA_LOW, SIGMA_EXPERIMENTAL, "reject"), ACTION_TAG);
	assert_int_equal(
		answer(SIGMA_CRITICAL, SIGMA_DEPRECATED, NULL), ACTION_LOG);
}

static void
test_own_action_under_ceiling(void **state)
{
	struct sigma_rule r = rule(SIGMA_LOW, SIGMA_STABLE, "reject");
	struct respond respond = config_respond(settings());

	(void)state;
	assert_int_equal(respond_to(&respond, &r), ACTION_QUARANTINE);
	respond.ceiling = ACTION_DISCARD;
	assert_int_equal(respond_to(&respond, &r), ACTION_REJECT);
	respond.ceiling = ACTION_LOG;
	assert_int_equal(respond_to(&respond, &r), ACTION_LOG);
}

static void
test_own_action_may_be_weaker(void **state)
{
	(void)state;
	assert_int_equal(
		answer(SIGMA_CRITICAL, SIGMA_STABLE, "log"), ACTION_LOG);
	assert_int_equal(
		answer(SIGMA_CRITICAL, SIGMA_STABLE, "none"), ACTION_NONE);
}

static void
test_test_cap_is_configured(void **state)
{
	struct sigma_rule r = rule(SIGMA_HIGH, SIGMA_TEST, NULL);
	struct respond respond = config_respond(settings());

	(void)state;
	respond.test_cap = ACTION_TAG;
	assert_int_equal(respond_to(&respond, &r), ACTION_TAG);
}

static void
test_names_round_trip(void **state)
{
	enum action action;

	(void)state;
	for (int i = 0; i < ACTION_COUNT; i++) {
		assert_true(action_parse(
			slice_of(action_name((enum action)i)), &action));
		assert_int_equal(action, i);
	}
	assert_false(action_parse(SLICE("Tag"), &action));
	assert_false(action_parse(SLICE(""), &action));
}

static void
test_tags(void **state)
{
	(void)state;
	assert_true(action_tags(ACTION_TAG));
	assert_true(action_tags(ACTION_QUARANTINE));
	assert_false(action_tags(ACTION_LOG));
	assert_false(action_tags(ACTION_REJECT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level_map),
		cmocka_unit_test(test_status_caps),
		cmocka_unit_test(test_own_action_under_ceiling),
		cmocka_unit_test(test_own_action_may_be_weaker),
		cmocka_unit_test(test_test_cap_is_configured),
		cmocka_unit_test(test_names_round_trip),
		cmocka_unit_test(test_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
