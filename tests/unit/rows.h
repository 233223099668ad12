/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of rows as named tests: each row of an array whose first member is
 * the name becomes one cmocka test with the row as its state.
 *
 *	static const struct row { const char *name; ... } rows[] = {...};
 *	static void check(void **state) { const struct row *row = *state; ... }
 *	int main(void)
 *	{
 *		struct rows all = {0};
 *
 *		ROWS_ADD(&all, rows, check);
 *		return rows_run(&all, "module");
 *	}
 *
 * Several tables, and single tests with ROWS_TESTS(), may be added.
 */
#ifndef TESTS_UNIT_ROWS_H
#define TESTS_UNIT_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct rows {
	struct CMUnitTest *tests;
	size_t count;
};

static inline void
rows_add(struct rows *rows, const void *table, size_t count, size_t size,
	CMUnitTestFunction check)
{
	const char *row = table;

	rows->tests = realloc(
		rows->tests, (rows->count + count) * sizeof(*rows->tests));
	if (rows->tests == NULL)
		abort();
	for (size_t i = 0; i < count; i++, row += size) {
		const char *name;

		memcpy(&name, row, sizeof(name));
		rows->tests[rows->count++] = (struct CMUnitTest){
			.name = name,
			.test_func = check,
			.initial_state = (void *)(uintptr_t)row,
		};
	}
}

static inline int
rows_run(struct rows *rows, const char *group)
{
	int failed = _cmocka_run_group_tests(
		group, rows->tests, rows->count, NULL, NULL);

	free(rows->tests);
	return failed;
}

/* Tests that are not rows, beside them. */
static inline void
rows_add_tests(struct rows *rows, const struct CMUnitTest *tests, size_t count)
{
	rows->tests = realloc(
		rows->tests, (rows->count + count) * sizeof(*rows->tests));
	if (rows->tests == NULL)
		abort();
	memcpy(rows->tests + rows->count, tests, count * sizeof(*tests));
	rows->count += count;
}

#define ROWS_TESTS(rows, tests) \
	rows_add_tests((rows), (tests), sizeof(tests) / sizeof *(tests))

#define ROWS_ADD(rows, table, check)                               \
	rows_add((rows), (table), sizeof(table) / sizeof *(table), \
		sizeof *(table), (check))

#endif
