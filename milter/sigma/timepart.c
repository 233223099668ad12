/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers in a time stamp. */
#include "sigma/timepart.h"

#include <stdint.h>

static bool
digits(struct slice text, size_t at, size_t count, int *out)
{
	uint64_t value;

	if (text.len < at + count ||
		!slice_to_u64(slice_sub(text, at, at + count), &value))
		return false;
	*out = (int)value;
	return true;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar. */
static int
days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400, of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
		of_year - 719468;
}

/* The week whose Thursday is in the year (ISO 8601). */
static int
week_of(int year, int month, int day)
{
	int days = days_of(year, month, day);
	int weekday = (days + 3) % 7; /* 0 is Monday */
	int thursday = days - weekday + 3;
	int first = days_of(year, 1, 1);

	if (thursday < first)
		return week_of(year - 1, 12, 31);
	if (thursday >= days_of(year + 1, 1, 1))
		return 1;
	return (thursday - first) / 7 + 1;
}

static bool
read_clock(struct slice text, enum time_part part, double *out)
{
	int value;

	if (text.len < 16 || (text.p[10] != 'T' && text.p[10] != ' ') ||
		text.p[13] != ':' ||
		!digits(text, part == PART_HOUR ? 11 : 14, 2, &value))
		return false;
	*out = value;
	return true;
}

bool
timepart_read(struct slice text, enum time_part part, double *out)
{
	int year, month, day;

	if (!digits(text, 0, 4, &year) || !digits(text, 5, 2, &month) ||
		!digits(text, 8, 2, &day) || text.p[4] != '-' ||
		text.p[7] != '-' || year < 1970 || month < 1 || month > 12 ||
		day < 1 || day > 31)
		return false;
	if (part == PART_HOUR || part == PART_MINUTE)
		return read_clock(text, part, out);
	if (part == PART_YEAR) {
		*out = year;
	} else if (part == PART_MONTH) {
		*out = month;
	} else if (part == PART_WEEK) {
		*out = week_of(year, month, day);
	} else {
		*out = day;
	}
	return true;
}
