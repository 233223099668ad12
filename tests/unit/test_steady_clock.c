/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaps of the wall clock, small and large, that hold or do not. */
#include "rows.h"

#include "daemon/steady_clock.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define NOON (INT64_C(20000) * DAY)

struct step {
	int64_t after_ms; /* since the step before, monotonic */
	int64_t wrong_ms; /* how wrong the wall clock is then */
	int64_t told_wrong_ms; /* how wrong what is told is */
};

struct row {
	const char *name;
	struct step steps[5];
};

static const struct row rows[] = {
	{"a small correction is followed",
		{{1000, 2000, 2000}, {1000, -HOUR / 2, -HOUR / 2},
			{1000, 0, 0}}},
	{"a leap ahead and back is not",
		{{1000, 100 * DAY, 0}, {HOUR / 60, 100 * DAY, 0}, {1000, 0, 0},
			{HOUR, 0, 0}}},
	{"a leap that holds is",
		{{1000, -100 * DAY, 0}, {HOUR / 6 - 1, -100 * DAY, 0},
			{1, -100 * DAY, -100 * DAY},
			{HOUR, -100 * DAY, -100 * DAY}}},
	{"each other leap begins anew",
		{{1000, 100 * DAY, 0}, {HOUR / 7, 50 * DAY, 0},
			{HOUR / 7, 50 * DAY, 0},
			{HOUR / 7, 50 * DAY, 50 * DAY}}},
};

static void
check(void **state)
{
	const struct row *row = *state;
	const struct step *step = row->steps;
	struct steady_clock clock = {0};
	int64_t at = HOUR;

	assert_int_equal(steady_clock_tell(&clock, at, NOON + at), NOON + at);
	for (size_t i = 0; i < 5 && step[i].after_ms != 0; i++) {
		at += step[i].after_ms;
		assert_int_equal(steady_clock_tell(&clock, at,
					 NOON + at + step[i].wrong_ms),
			NOON + at + step[i].told_wrong_ms);
	}
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, rows, check);
	return rows_run(&all, "steady_clock");
}
