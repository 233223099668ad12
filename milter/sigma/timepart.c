/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers in a time stamp. */
#include "sigma/timepart.h"

#include "base/date.h"

static bool
digits(struct slice text, size_t at, size_t count, unsigned *out)
{
	uint64_t value;

	if (text.len < at + count ||
		!slice_to_u64(slice_sub(text, at, at + count), &value))
		return false;
	*out = (unsigned)value;
	return true;
}

/* The week whose Thursday is in the year (ISO 8601). */
static int64_t
week_of(unsigned year, unsigned month, unsigned day)
{
	int64_t days = date_days(year, month, day);
	int64_t weekday = (days + 3) % 7; /* 0 is Monday */
	int64_t thursday = days - weekday + 3;
	int64_t first = date_days(year, 1, 1);

	if (thursday < first)
		return week_of(year - 1, 12, 31);
	if (thursday >= date_days(year + 1, 1, 1))
		return 1;
	return (thursday - first) / 7 + 1;
}

static bool
read_clock(struct slice text, enum time_part part, double *out)
{
	unsigned value;

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
	unsigned year, month, day;

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
		*out = (double)week_of(year, month, day);
	} else {
		*out = day;
	}
	return true;
}
