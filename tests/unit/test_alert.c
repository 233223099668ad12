/* SPDX-License-Identifier: BSD-2-Clause */
/* Which verdicts alert, and how an alert is said. */
#include "rows.h"

#include "sigma/rule.h"
#include "verdict/alert.h"

#define AT INT64_C(1767603600000)

static const struct choice_row {
	const char *name;
	enum action from, taken, would;
	enum sigma_level level; /* of the policy that matched */
	enum sigma_status status;
	bool observe, logged, wants;
} choices[] = {
	{"held", ACTION_QUARANTINE, ACTION_QUARANTINE, ACTION_QUARANTINE,
		SIGMA_MEDIUM, SIGMA_STABLE, true, false, true},
	{"refused is more than held", ACTION_QUARANTINE, ACTION_REJECT,
		ACTION_REJECT, SIGMA_MEDIUM, SIGMA_STABLE, true, false, true},
	{"tagged is less", ACTION_QUARANTINE, ACTION_TAG, ACTION_TAG,
		SIGMA_MEDIUM, SIGMA_STABLE, true, false, false},
	{"tagged where that is asked for", ACTION_TAG, ACTION_TAG, ACTION_TAG,
		SIGMA_MEDIUM, SIGMA_STABLE, true, false, true},
	{"would hold", ACTION_QUARANTINE, ACTION_LOG, ACTION_QUARANTINE,
		SIGMA_HIGH, SIGMA_STABLE, true, false, true},
	{"would hold, and nobody asks", ACTION_QUARANTINE, ACTION_LOG,
		ACTION_QUARANTINE, SIGMA_CRITICAL, SIGMA_STABLE, false, false,
		false},
	{"a level, whatever is done", ACTION_QUARANTINE, ACTION_LOG, ACTION_LOG,
		SIGMA_CRITICAL, SIGMA_EXPERIMENTAL, true, false, true},
	{"a level that is tried out", ACTION_QUARANTINE, ACTION_LOG, ACTION_LOG,
		SIGMA_CRITICAL, SIGMA_TEST, true, false, false},
	{"nothing", ACTION_NONE, ACTION_NONE, ACTION_NONE, SIGMA_CRITICAL,
		SIGMA_STABLE, true, false, false},
	{"a log's flows are not wanted here", ACTION_LOG, ACTION_LOG,
		ACTION_LOG, SIGMA_CRITICAL, SIGMA_STABLE, true, true, false},
};

static void
check_choice(void **state)
{
	const struct choice_row *row = *state;
	const struct sigma_rule rule = {
		.level = row->level, .status = row->status};
	const struct matched matched = {.rule = &rule};
	const struct verdict verdict = {.would = row->would,
		.matched = &matched,
		.matched_count = 1,
		.logged = row->logged};
	const struct alert_choice choice = {.from = row->from,
		.level = SIGMA_CRITICAL,
		.observe = row->observe,
		.wanted = {[ALERT_MAIL] = true}};

	assert_int_equal(
		alert_wants(&choice, &verdict, row->taken), row->wants);
}

#define VERDICT                                                          \
	"{\"event\":{\"action\":\"log\",\"id\":\"0011\"},\"forwarden\":" \
	"{\"mailbox\":\"a@example.com\",\"destination\":\"x@evil\","     \
	"\"policies\":[\"redirect\",\"other\"],\"would\":\"quarantine\"}}"

static const struct line_row {
	const char *name, *json, *line;
	enum alert_weight weight;
} lines[] = {
	{"would hold", VERDICT,
		"alert: action=log, would=quarantine, mailbox=a@example.com, "
		"destination=x@evil, policy=redirect, event=0011",
		ALERT_WARNING},
	{"held",
		"{\"event\":{\"action\":\"quarantine\"},\"forwarden\":"
		"{\"would\":\"quarantine\"}}",
		"alert: action=quarantine", ALERT_CRITICAL},
	{"no control character, no other line",
		"{\"event\":{\"action\":\"log\"},\"forwarden\":{\"mailbox\":"
		"\"a\\nforged: \\u0007\\u202e\\\\\"}}",
		"alert: action=log, mailbox=a\\x0aforged: "
		"\\x07\\xe2\\x80\\xae\\x5c",
		ALERT_WARNING},
	{"an operator's order",
		"{\"event\":{\"action\":\"contain\"},\"forwarden\":"
		"{\"mailbox\":\"a@example.com\"}}",
		"alert: action=contain, mailbox=a@example.com", ALERT_WARNING},
};

static void
check_line(void **state)
{
	const struct line_row *row = *state;
	struct buf line = {0};
	struct err err = {0};
	struct alert alert;

	assert_true(alert_read(slice_of(row->json), &alert, &err));
	alert_line(&alert, &line);
	assert_string_equal(line.p, row->line);
	assert_int_equal(alert.weight, row->weight);
	alert_fini(&alert);
	buf_fini(&line);
}

static const struct refused_row {
	const char *name, *json;
} refused[] = {
	{"no JSON", "{\"event\":"},
	{"no object", "[1, 2]"},
	{"no event", "{}"},
	{"an action that is no text", "{\"event\":{\"action\":7}}"},
	{"two events", "{\"event\":{\"action\":\"a\"}}{}"},
};

static void
check_refused(void **state)
{
	const struct refused_row *row = *state;
	struct alert alert;
	struct err err = {0};

	assert_false(alert_read(slice_of(row->json), &alert, &err));
	assert_int_not_equal(err.code, ERR_NONE);
}

static void
test_line_is_bounded(void **state)
{
	struct buf json = {0}, line = {0};
	struct err err = {0};
	struct alert alert;

	(void)state;
	buf_puts(&json, "{\"forwarden\":{\"words\":\"");
	for (int i = 0; i < 20000; i++)
		buf_puts(&json, "\\u0001");
	buf_puts(&json,
		"\"},\"event\":{\"action\":\"trouble\",\"dataset\":"
		"\"forwarden.alert\"}}");
	assert_true(alert_read(buf_slice(&json), &alert, &err));
	alert_line(&alert, &line);
	assert_int_equal(line.len, ALERT_LINE_BYTES);
	alert_fini(&alert);
	buf_fini(&line);
	buf_fini(&json);
}

static void
test_trouble(void **state)
{
	const struct alert_trouble down = {"store-down",
		SLICE("redis is down: connection refused"), false};
	struct alert_trouble up = down;
	struct throttle_subject began, ended;
	struct buf json = {0}, line = {0};
	struct alert alert;
	struct err err = {0};

	(void)state;
	assert_true(alert_write_trouble(&down, "mx1", AT, &json));
	assert_true(alert_read(buf_slice(&json), &alert, &err));
	began = alert_subject(&alert, AT);
	assert_true(began.urgent);
	assert_true(slice_equal(began.policy, SLICE("store-down")));
	assert_true(slice_is_absent(began.mailbox));
	assert_int_equal(alert.weight, ALERT_CRITICAL);
	alert_line(&alert, &line);
	assert_string_equal(line.p,
		"alert: action=trouble, what=store-down: "
		"redis is down: connection refused");
	alert_fini(&alert);
	buf_reset(&json);
	up.over = true;
	assert_true(alert_write_trouble(&up, "mx1", AT, &json));
	assert_true(alert_read(buf_slice(&json), &alert, &err));
	ended = alert_subject(&alert, AT);
	assert_false(slice_is_absent(ended.mailbox));
	assert_int_equal(alert.weight, ALERT_NOTICE);
	alert_fini(&alert);
	buf_fini(&json);
	buf_fini(&line);
}

static void
test_summary(void **state)
{
	const struct throttle_summary summary = {
		.campaign = true,
		.count = 9997,
		.first_ms = AT,
		.last_ms = AT + 1000,
		.policies = {1, {"redirect"}},
		.mailboxes = {9997, {"a@b", "c@d", "\"\n@e", "f@g", "h@i"}},
		.destinations = {1, {"x@evil"}},
	};
	struct buf json = {0}, line = {0};
	struct alert alert;
	struct err err = {0};

	(void)state;
	assert_true(alert_write_summary(&summary, "mx1", AT, &json));
	assert_null(strchr(json.p, '\n'));
	assert_true(alert_read(buf_slice(&json), &alert, &err));
	alert_line(&alert, &line);
	assert_string_equal(line.p,
		"alert: action=summary: 9997 alerts were held back from "
		"2026-01-05T09:00:00.000Z to 2026-01-05T09:00:01.000Z, "
		"1 policy (redirect), 9997 mailboxes (a@b, c@d, "
		"\"\\x5cx0A@e, f@g, h@i, ...), 1 destination (x@evil)");
	assert_non_null(strstr(json.p, "\"held_back\":9997"));
	assert_non_null(strstr(json.p, "\"campaign\":true"));
	alert_fini(&alert);
	buf_fini(&json);
	buf_fini(&line);
}

static void
test_test(void **state)
{
	struct buf json = {0};
	struct alert alert;
	struct err err = {0};

	(void)state;
	assert_true(alert_write_test(7, "mx1", AT, &json));
	assert_true(alert_read(buf_slice(&json), &alert, &err));
	assert_true(alert.test);
	assert_int_equal(alert_test_number(&alert), 7);
	alert_fini(&alert);
	assert_true(alert_read(slice_of(VERDICT), &alert, &err));
	assert_int_equal(alert_test_number(&alert), 0);
	alert_fini(&alert);
	buf_fini(&json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_is_bounded),
		cmocka_unit_test(test_trouble),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_test),
	};
	struct rows all = {0};

	ROWS_ADD(&all, choices, check_choice);
	ROWS_ADD(&all, lines, check_line);
	ROWS_ADD(&all, refused, check_refused);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "alert");
}
