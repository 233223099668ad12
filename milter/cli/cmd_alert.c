/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden alert: what becomes of alerts, and whether one arrives. */
#include "base/clock.h"
#include "cli/ask.h"
#include "cli/screen.h"

#include <stdio.h>
#include <time.h>

#define LOOK_MS 50
/* Past what the tries may take: for the daemon itself. */
#define MORE_MS 5000

static const char *const results[] = {
	"sent", "failed", "held_back", "dropped", "queued"};
#define RESULT_COUNT (sizeof(results) / sizeof(*results))

static void
add_way(struct buf *out, const struct json *way)
{
	screen_add_cell(out, json_text(way, "by"), 9);
	for (size_t i = 0; i < RESULT_COUNT; i++) {
		char number[24];

		(void)snprintf(number, sizeof(number), "%lld",
			json_number(way, results[i]));
		screen_add_cell(out, slice_of(number), 10);
	}
	buf_add_visible(out, json_text(way, "to"));
	buf_add_byte(out, '\n');
	if (json_text(way, "why").len > 0) {
		buf_puts(out, "  fails since ");
		buf_add_visible(out, json_text(way, "failing_since"));
		buf_puts(out, ": ");
		buf_add_visible(out, json_text(way, "why"));
		buf_add_byte(out, '\n');
	}
}

static void
print_ways(const struct json *answer)
{
	const struct json *ways = json_find(answer, "alerts");
	struct buf out = {0};

	if (json_count(ways) == 0) {
		(void)puts("no alerts are configured");
		return;
	}
	screen_add_cell(&out, SLICE("BY"), 9);
	for (size_t i = 0; i < RESULT_COUNT; i++) {
		char head[24];
		size_t at = 0;

		for (; results[i][at] != '\0'; at++)
			head[at] = results[i][at] == '_'
				? ' '
				: (char)(results[i][at] - 'a' + 'A');
		head[at] = '\0';
		screen_add_cell(&out, slice_of(head), 10);
	}
	buf_puts(&out, "TO\n");
	for (size_t i = 0; i < json_count(ways); i++)
		add_way(&out, json_at(ways, i));
	screen_print(&out);
	buf_fini(&out);
}

/* Has each way come to an end with that test, or a later one? */
static bool
is_done(const struct json *answer, long long number)
{
	const struct json *ways = json_find(answer, "alerts");

	for (size_t i = 0; i < json_count(ways); i++) {
		if (json_number(json_at(ways, i), "tested") < number)
			return false;
	}
	return true;
}

/* The last answer, done or not. */
static struct json *
await(struct ask *ask, long long number, struct err *err)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};
	int64_t begun = clock_monotonic_ms();

	for (;;) {
		struct json *answer = ask_json(ask, ASK_GET, "/v1/alerts", err);

		if (answer == NULL || is_done(answer, number) ||
			clock_monotonic_ms() > begun + MORE_MS +
					json_number(answer, "patience_ms"))
			return answer;
		json_free(answer);
		(void)nanosleep(&pause, NULL);
	}
}

static int
print_tested(const struct json *answer, long long number)
{
	const struct json *ways = json_find(answer, "alerts");
	int status = COMMAND_OK;
	struct buf out = {0};

	for (size_t i = 0; i < json_count(ways); i++) {
		const struct json *way = json_at(ways, i);
		struct slice why = json_text(way, "test_why");

		if (json_number(way, "tested") < number)
			why = json_number(answer, "alerter") == 0
				? SLICE("the process that sends alerts is not "
					"there; the log says why")
				: SLICE("nothing was heard of it in time");
		screen_add_cell(&out, json_text(way, "by"), 9);
		buf_puts(&out, why.len > 0 ? "failed: " : "sent");
		buf_add_visible(&out, why);
		buf_puts(&out, " (");
		buf_add_visible(&out, json_text(way, "to"));
		buf_puts(&out, ")\n");
		if (why.len > 0)
			status = COMMAND_FAILED;
	}
	screen_print(&out);
	buf_fini(&out);
	return status;
}

static int
test(const struct ask_options *options)
{
	struct ask *ask = ask_start(options);
	struct json *asked = NULL, *answer = NULL;
	int status = COMMAND_FAILED;
	struct err err = {0};
	long long number;

	if (ask == NULL)
		return COMMAND_FAILED;
	asked = ask_json(ask, ASK_POST, "/v1/alerts-test", &err);
	number = json_number(asked, "test");
	if (asked != NULL)
		answer = await(ask, number, &err);
	if (answer == NULL) {
		(void)fprintf(stderr, "forwarden: %s\n", err.text);
	} else if (options->json) {
		screen_print_json(answer);
		status = is_done(answer, number) ? COMMAND_OK : COMMAND_FAILED;
	} else {
		status = print_tested(answer, number);
	}
	json_free(asked);
	json_free(answer);
	ask_close(ask);
	return status;
}

int
cmd_alert(int argc, char **argv)
{
	static const struct ask_question question = {
		.method = ASK_GET, .path = "/v1/alerts", .print = print_ways};
	struct ask_options ask = ASK_DEFAULTS;
	bool tests = false;
	const struct options_row rows[] = {
		{"test", 0, NULL, &options_flag, &tests,
			"sends one every way, and says whether it arrived"},
		ASK_OPTIONS(ask),
	};
	const struct options options = {
		.about = "What became of alerts, by the ways that are "
			 "configured.",
		.example = "alert --test",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};
	int status;

	if (!options_read(&options, argc, argv, NULL, &status))
		return status;
	return tests ? test(&ask) : ask_once(&ask, &question);
}
