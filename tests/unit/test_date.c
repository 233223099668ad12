/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates of header fields, of people and of logs. */
#include "rows.h"

#include "base/date.h"

#include <stdbool.h>

static const struct time_row {
	const char *name;
	int64_t at_ms;
	const char *expected;
} time_rows[] = {
	{"time: the epoch", 0, "1970-01-01T00:00:00.000Z"},
	{"time: milliseconds", 1795296331042, "2026-11-21T21:25:31.042Z"},
	{"time: before the epoch", -1, "1969-12-31T23:59:59.999Z"},
	{"time: a leap day", 1709164800000, "2024-02-29T00:00:00.000Z"},
};

static void
check_time(void **state)
{
	const struct time_row *row = *state;
	char text[DATE_TEXT_BYTES];

	date_print(row->at_ms, text);
	assert_string_equal(text, row->expected);
}

static const struct date_row {
	const char *name, *text;
	const char *expected; /* NULL: no date */
} date_rows[] = {
	{"RFC 5322", "Fri, 21 Nov 1997 09:55:06 -0600",
		"1997-11-21T15:55:06.000Z"},
	{"no day of the week", "21 Nov 1997 09:55:06 -0600",
		"1997-11-21T15:55:06.000Z"},
	{"no seconds", "21 Nov 1997 09:55 +0000", "1997-11-21T09:55:00.000Z"},
	{"comments", "Fri(x), (y)21 (z) Nov 1997 09:55:06 -0600 (CST)",
		"1997-11-21T15:55:06.000Z"},
	{"obs-date", "21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06.000Z"},
	{"spaces everywhere", "Fri , 21 Nov 1997 09 : 55 : 06 -0600",
		"1997-11-21T15:55:06.000Z"},
	{"two digits of this century", "1 Jan 49 00:00:00 Z",
		"2049-01-01T00:00:00.000Z"},
	{"three digits", "1 Jan 103 00:00:00 Z", "2003-01-01T00:00:00.000Z"},
	{"one digit of the day", "1 Mar 2024 1:2:3 GMT",
		"2024-03-01T01:02:03.000Z"},
	{"one digit of the day, as usual", "Thu, 6 Nov 1997 09:55:06 -0600",
		"1997-11-06T15:55:06.000Z"},
	{"one digit of the day, and a comment",
		"6 Nov 1997 09:55:06 -0600 (CST)", "1997-11-06T15:55:06.000Z"},
	{"a letter for the day", "Thu, x Nov 1997 09:55:06 -0600", NULL},
	{"EST", "1 Mar 2024 00:00:00 EST", "2024-03-01T05:00:00.000Z"},
	{"edt in lower case", "1 mar 2024 00:00:00 edt",
		"2024-03-01T04:00:00.000Z"},
	{"CST", "1 Mar 2024 00:00:00 CST", "2024-03-01T06:00:00.000Z"},
	{"CDT", "1 Mar 2024 00:00:00 CDT", "2024-03-01T05:00:00.000Z"},
	{"MST", "1 Mar 2024 00:00:00 MST", "2024-03-01T07:00:00.000Z"},
	{"MDT", "1 Mar 2024 00:00:00 MDT", "2024-03-01T06:00:00.000Z"},
	{"PST", "1 Mar 2024 00:00:00 PST", "2024-03-01T08:00:00.000Z"},
	{"PDT", "1 Mar 2024 00:00:00 PDT", "2024-03-01T07:00:00.000Z"},
	{"UT", "1 Mar 2024 00:00:00 UT", "2024-03-01T00:00:00.000Z"},
	{"military", "1 Mar 2024 00:00:00 A", "2024-03-01T00:00:00.000Z"},
	{"unknown zone", "1 Mar 2024 00:00:00 CEST",
		"2024-03-01T00:00:00.000Z"},
	{"no zone", "1 Mar 2024 00:00:00", "2024-03-01T00:00:00.000Z"},
	{"-0000", "1 Mar 2024 00:00:00 -0000", "2024-03-01T00:00:00.000Z"},
	{"half hours", "1 Mar 2024 00:00:00 +0530", "2024-02-29T18:30:00.000Z"},
	{"leap second", "31 Dec 2016 23:59:60 +0000",
		"2017-01-01T00:00:00.000Z"},
	{"leap day", "29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00.000Z"},
	{"no leap year", "29 Feb 2023 00:00:00 +0000", NULL},
	{"no leap year of a century", "29 Feb 1900 00:00:00 +0000", NULL},
	{"leap year of four centuries", "29 Feb 2000 00:00:00 +0000",
		"2000-02-29T00:00:00.000Z"},
	{"full month name", "1 March 2024 00:00:00 +0000",
		"2024-03-01T00:00:00.000Z"},
	{"no such day", "32 Jan 2024 00:00:00 +0000", NULL},
	{"day 0", "0 Jan 2024 00:00:00 +0000", NULL},
	{"no such month", "1 Foo 2024 00:00:00 +0000", NULL},
	{"no such hour", "1 Jan 2024 24:00:00 +0000", NULL},
	{"no such minute", "1 Jan 2024 00:60:00 +0000", NULL},
	{"no such second", "1 Jan 2024 00:00:61 +0000", NULL},
	{"before the time", "1 Jan 1899 00:00:00 +0000", NULL},
	{"a long year", "1 Jan 20240 00:00:00 +0000", NULL},
	{"no time", "1 Jan 2024", NULL},
	{"ISO 8601", "2024-01-01T00:00:00Z", NULL},
	{"asctime", "Thu Aug 26 09:46:01 2021", NULL},
	{"nothing", "", NULL},
	{"a comment alone", "(1 Mar 2024 00:00:00)", NULL},
	{"a comment in a comment", "1 (a(b\\)c)d) Mar 2024 00:00:00",
		"2024-03-01T00:00:00.000Z"},
	{"a comment without end", "1 (Mar 2024 00:00:00 +0000", NULL},
	{"a comment without end, behind", "1 Mar 2024 00:00:00 (+0100",
		"2024-03-01T00:00:00.000Z"},
	{"a quoted number", "\"1\" Mar 2024 00:00:00 +0000", NULL},
	{"a backslash", "\\1 Mar 2024 00:00:00 +0000", NULL},
	{"a negative day", "-1 Mar 2024 00:00:00 +0000", NULL},
	{"huge numbers", "99999999999999999999 Jan 2024 00:00:00 +0000", NULL},
};

static void
check_date(void **state)
{
	const struct date_row *row = *state;
	char text[DATE_TEXT_BYTES];
	int64_t at_ms = 0;

	if (row->expected == NULL) {
		assert_false(date_parse(slice_of(row->text), &at_ms));
		return;
	}
	assert_true(date_parse(slice_of(row->text), &at_ms));
	date_print(at_ms, text);
	assert_string_equal(text, row->expected);
}

static const struct stamp_row {
	const char *name, *text;
	const char *expected; /* NULL: it is none */
} stamp_rows[] = {
	{"stamp: RFC 3339", "2026-01-05T09:00:00Z", "2026-01-05T09:00:00.000Z"},
	{"stamp: as we print it", "2026-11-21T21:25:31.042Z",
		"2026-11-21T21:25:31.042Z"},
	{"stamp: lower case", "2026-01-05t09:00:00z",
		"2026-01-05T09:00:00.000Z"},
	{"stamp: a space", "2026-01-05 09:00:00Z", "2026-01-05T09:00:00.000Z"},
	{"stamp: east", "2026-01-05T01:00:00+02:00",
		"2026-01-04T23:00:00.000Z"},
	{"stamp: west, half hours", "2026-01-05T09:00:00-03:30",
		"2026-01-05T12:30:00.000Z"},
	{"stamp: west within the hour", "2026-01-05T09:00:00-00:30",
		"2026-01-05T09:30:00.000Z"},
	{"stamp: one digit of a second", "2026-01-05T09:00:00.5Z",
		"2026-01-05T09:00:00.500Z"},
	{"stamp: nanoseconds", "2026-01-05T09:00:00.123456789+00:00",
		"2026-01-05T09:00:00.123Z"},
	{"stamp: leap second", "2016-12-31T23:59:60Z",
		"2017-01-01T00:00:00.000Z"},
	{"stamp: leap day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
	{"stamp: no leap year", "2026-02-29T00:00:00Z", NULL},
	{"stamp: no such day", "2026-04-31T00:00:00Z", NULL},
	{"stamp: month 0", "2026-00-10T00:00:00Z", NULL},
	{"stamp: month 13", "2026-13-10T00:00:00Z", NULL},
	{"stamp: hour 24", "2026-01-05T24:00:00Z", NULL},
	{"stamp: no zone", "2026-01-05T09:00:00", NULL},
	{"stamp: no seconds", "2026-01-05T09:00Z", NULL},
	{"stamp: a date", "2026-01-05", NULL},
	{"stamp: no digits after the point", "2026-01-05T09:00:00.Z", NULL},
	{"stamp: zone without colon", "2026-01-05T09:00:00+0100", NULL},
	{"stamp: zone too far", "2026-01-05T09:00:00+24:00", NULL},
	{"stamp: text behind", "2026-01-05T09:00:00Z ", NULL},
	{"stamp: signs for digits", "2026-+1-05T09:00:00Z", NULL},
	{"stamp: five digits", "12026-01-05T09:00:00Z", NULL},
	{"stamp: a header's date", "1 Mar 2024 00:00:00 +0000", NULL},
	{"stamp: nothing", "", NULL},
};

static void
check_stamp(void **state)
{
	const struct stamp_row *row = *state;
	char text[DATE_TEXT_BYTES];
	int64_t at_ms = 0;
	bool ok = date_parse_stamp(slice_of(row->text), &at_ms);

	assert_int_equal(ok, row->expected != NULL);
	if (ok) {
		date_print(at_ms, text);
		assert_string_equal(text, row->expected);
	}
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, time_rows, check_time);
	ROWS_ADD(&all, date_rows, check_date);
	ROWS_ADD(&all, stamp_rows, check_stamp);
	return rows_run(&all, "date");
}
