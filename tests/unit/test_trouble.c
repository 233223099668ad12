/* SPDX-License-Identifier: BSD-2-Clause */
/* Trouble is said when it begins, when it is over, and not at each look. */
#include "rows.h"

#include "base/log.h"
#include "daemon/trouble.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How many lines of the log have it. */
static size_t
count_lines(FILE *log, const char *words)
{
	char line[1024];
	size_t count = 0;

	rewind(log);
	while (fgets(line, sizeof(line), log) != NULL)
		count += strstr(line, words) != NULL;
	return count;
}

static FILE *
open_log(void)
{
	FILE *log = tmpfile();
	struct err err;

	assert_non_null(log);
	assert_true(log_use(fileno(log), LOG_LEVEL_NOTICE, &err));
	return log;
}

static void
test_said_once(void **state)
{
	FILE *log = open_log();

	(void)state;
	for (int i = 0; i < 20; i++)
		trouble_set(TROUBLE_STATE, "cannot write journal-%d", i / 2);
	assert_int_equal(count_lines(log, "cannot write"), 1);
	trouble_set(TROUBLE_STATE, "%s", "");
	trouble_set(TROUBLE_STATE, "%s", "");
	assert_int_equal(count_lines(log, "trouble is over: state"), 1);
	log_close();
	(void)fclose(log);
}

static void
test_said_when_it_begins_again(void **state)
{
	FILE *log = open_log();

	(void)state;
	for (int i = 0; i < 3; i++) {
		trouble_set(TROUBLE_FILES, "gone");
		trouble_set(TROUBLE_FILES, "%s", "");
	}
	assert_int_equal(count_lines(log, "gone"), 3);
	assert_int_equal(count_lines(log, "trouble is over: files"), 3);
	log_close();
	(void)fclose(log);
}

static void
test_other_words_are_said(void **state)
{
	FILE *log = open_log();

	(void)state;
	trouble_set(TROUBLE_CLOCK, "it leapt by +144000 minutes");
	trouble_set(TROUBLE_CLOCK, "it leapt by -144000 minutes");
	assert_int_equal(count_lines(log, "it leapt"), 2);
	trouble_set(TROUBLE_CLOCK, "%s", "");
	log_close();
	(void)fclose(log);
}

static void
test_the_last_words_are_told(void **state)
{
	char text[TROUBLE_TEXT_BYTES];
	FILE *log = open_log();
	int64_t since_ms, again_ms;

	(void)state;
	assert_false(trouble_get(TROUBLE_LOG, &since_ms, text));
	trouble_set(TROUBLE_LOG, "first");
	assert_true(trouble_get(TROUBLE_LOG, &since_ms, text));
	trouble_set(TROUBLE_LOG, "then");
	assert_true(trouble_get(TROUBLE_LOG, &again_ms, text));
	assert_string_equal(text, "then");
	assert_int_equal(again_ms, since_ms);
	trouble_set(TROUBLE_LOG, "%s", "");
	log_close();
	(void)fclose(log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said_once),
		cmocka_unit_test(test_said_when_it_begins_again),
		cmocka_unit_test(test_other_words_are_said),
		cmocka_unit_test(test_the_last_words_are_told),
	};
	struct rows all = {NULL, 0};

	ROWS_TESTS(&all, tests);
	return rows_run(&all, "trouble");
}
