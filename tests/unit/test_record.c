/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of records: what is written is read again, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "store/record.h"

#include <string.h>

#define ARENA_BYTES (4u << 20)

static const char full[] =
	"{\"mailbox\":\"alice@example.com\",\"received\":7,\"forwarded\":3,"
	"\"tagged\":2,\"quarantined\":1,\"would\":4,\"let_go\":1,"
	"\"person\":true,\"first\":5,"
	"\"last\":9,\"hours\":[[498682,2,3,0,1]],\"days\":[[20778,3]],"
	"\"routes\":[{\"to\":\"drop@evil.example\",\"count\":3,\"first\":5,"
	"\"last\":9}],\"contained\":{\"by\":\"secops\",\"why\":\"4711\","
	"\"at\":1,\"until\":8}}";

static bool
parse(struct arena *arena, const char *line, size_t len, struct record *record,
	struct err *err)
{
	arena_reset(arena);
	*err = (struct err){0};
	return record_parse(arena, (struct slice){line, len}, record, err);
}

static void
what_is_written_is_read(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct record record;
	struct buf out = {0};
	struct err err;

	(void)state;
	assert_true(parse(arena, full, sizeof(full) - 1, &record, &err));
	assert_true(record.seen && record.person);
	assert_int_equal(record.tally[TALLY_RECEIVED], 7);
	assert_int_equal(record.hours[0].count[3], 1);
	assert_int_equal(record.days[0].flows, 3);
	assert_int_equal(record.route_count, 1);
	assert_int_equal(record.containment.until_ms, 8);
	assert_true(record_print(&record, &out));
	assert_int_equal(out.len, sizeof(full));
	assert_memory_equal(out.p, full, sizeof(full) - 1);
	buf_fini(&out);
	arena_free(arena);
}

static void
wrong_lines_are_refused(void **state)
{
#define HEAD "{\"mailbox\":\"a@b\",\"received\":1"
	static const char *const rows[][2] = {
		{"", "not JSON"},
		{"[]", "neither counts"},
		{"{}", "neither counts"},
		{"{\"received\":1}", "\"mailbox\""},
		{"{\"mailbox\":\"\",\"received\":1}", "\"mailbox\""},
		{"{\"mailbox\":7,\"received\":1}", "\"mailbox\""},
		{"{\"mailbox\":\"a@b\",\"received\":\"1\"}",
			"\"received\" is to be a whole number"},
		{"{\"mailbox\":\"a@b\",\"received\":1.5}",
			"\"received\" is to be a whole number"},
		{HEAD ",\"forwarded\":-1}", "\"forwarded\" is -1"},
		{HEAD ",\"first\":253402300800001}", "\"first\""},
		{HEAD ",\"hours\":[[1,2]]}", "2 numbers where 5"},
		{HEAD ",\"hours\":[[1,2,3,4,4294967296]]}",
			"number 5 of a row"},
		{HEAD ",\"hours\":[7]}", "0 numbers where 5"},
		{HEAD ",\"days\":[[1,1],[2,1],[3,1],[4,1],[5,1],[6,1],[7,1],"
		      "[8,1],[9,1]]}",
			"more than 8 rows in \"days\""},
		{HEAD ",\"routes\":[{}]}", "\"to\""},
		{HEAD ",\"routes\":[{\"to\":\"d@e\",\"count\":\"x\"}]}",
			"\"count\""},
		{"{\"mailbox\":\"a@b\",\"contained\":{\"until\":-5}}",
			"\"until\" is -5"},
	};
	struct arena *arena = arena_new(ARENA_BYTES);
	struct record record;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (parse(arena, rows[i][0], strlen(rows[i][0]), &record, &err))
			fail_msg("%s is taken", rows[i][0]);
		if (strstr(err.text, rows[i][1]) == NULL)
			fail_msg("%s: %s", rows[i][0], err.text);
	}
	arena_free(arena);
}

/* Cut anywhere, and with any byte in the place of any other: a record that
 * keeps its bounds, or an error with words. */
static void
any_line_is_survived(void **state)
{
	static const char bytes[] = "\0\"\\{}[],:-0189.e\xff\x80tn ";
	struct arena *arena = arena_new(ARENA_BYTES);
	char line[sizeof(full)];
	struct record record;
	struct err err;

	(void)state;
	for (size_t len = 0; len < sizeof(full) - 1; len++)
		assert_false(parse(arena, full, len, &record, &err));
	for (size_t at = 0; at < sizeof(full) - 1; at++) {
		for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
			memcpy(line, full, sizeof(full));
			line[at] = bytes[i];
			if (parse(arena, line, sizeof(full) - 1, &record,
				    &err)) {
				assert_true(record.mailbox.len > 0);
				assert_true(record.hour_count <= RECORD_HOURS);
				assert_true(record.day_count <= RECORD_DAYS);
				assert_true(record.first_ms >= 0);
			} else {
				assert_true(err.text[0] != '\0');
			}
		}
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(wrong_lines_are_refused),
		cmocka_unit_test(any_line_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
