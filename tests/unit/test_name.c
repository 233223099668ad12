/* SPDX-License-Identifier: BSD-2-Clause */
/* The known names of header fields. */
#include "rows.h"

#include "mail/name.h"

#include <ctype.h>
#include <string.h>

#define ROW(with, id, text) {(text), sizeof(text) - 1},
static const struct slice names[NAME_COUNT] = {{"", 0}, NAME_LIST(ROW, 0)};
#undef ROW

static void
are_sorted_and_plain(void **state)
{
	(void)state;
	for (unsigned id = NAME_OTHER + 1; id < NAME_COUNT; id++) {
		struct slice name = names[id];
		struct slice before = names[id - 1];

		for (size_t i = 0; i < name.len; i++) {
			assert_true((name.p[i] >= 'a' && name.p[i] <= 'z') ||
				name.p[i] == '-');
		}
		assert_true(name.p[name.len - 1] != '-');
		assert_true(before.len < name.len ||
			(before.len == name.len &&
				slice_compare(before, name) < 0));
	}
}

static void
are_found_in_any_case(void **state)
{
	char upper[64];

	(void)state;
	for (unsigned id = NAME_OTHER + 1; id < NAME_COUNT; id++) {
		struct slice name = names[id];

		assert_in_range(name.len, 1, sizeof(upper));
		for (size_t i = 0; i < name.len; i++)
			upper[i] = (char)toupper((unsigned char)name.p[i]);
		assert_int_equal(name_find(name), id);
		assert_int_equal(
			name_find((struct slice){upper, name.len}), id);
	}
}

static void
are_found_whole(void **state)
{
	static const char *const others[] = {"", "x", "fro", "froM:", "from ",
		"x-from", "received-", "list_id", "x-unknown",
		"x-ms-exchange-calendar-series-instance-ids"};

	(void)state;
	assert_int_equal(name_find((struct slice){NULL, 0}), NAME_OTHER);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		assert_int_equal(name_find(slice_of(others[i])), NAME_OTHER);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_sorted_and_plain),
		cmocka_unit_test(are_found_in_any_case),
		cmocka_unit_test(are_found_whole),
	};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
