/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times are asked for with every line and are nearly always that of the line
 * before, or of its hour: both are remembered, and mktime(3) is called once
 * an hour.
 */
#include "logs/stamp.h"

#include "base/date.h"

#include <time.h>

#define SECOND_MS 1000
#define HOUR_AT 9 /* "Nov 26 18" */
#define MONTHS 12
#define DAY_MS ((int64_t)86400 * SECOND_MS)
#define FELL_BY 6 /* months: no rotation is that late, a new year is */
#define EXIM_BYTES 19
#define DAY_BYTES 10

void
stamp_begin(struct stamps *stamps, int64_t written_ms, int year)
{
	*stamps = (struct stamps){.written_ms = written_ms,
		.year = year,
		.year_given = year != 0};
}

/* Two digits, the first of which may be a blank; -1 if there are none. */
static int
two_digits(const char *p)
{
	int tens = p[0] == ' ' ? 0 : p[0] - '0', ones = p[1] - '0';

	if (tens < 0 || tens > 9 || ones < 0 || ones > 9)
		return -1;
	return tens * 10 + ones;
}

/* From 0; -1 if it is none. */
static int
month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < MONTHS; i++) {
		if (memcmp(names + i * 3, p, 3) == 0)
			return i;
	}
	return -1;
}

static int64_t
local_ms(int year, int month, int day, int hour)
{
	struct tm when = {.tm_year = year - 1900,
		.tm_mon = month,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_isdst = -1};

	return (int64_t)mktime(&when) * SECOND_MS;
}

/* The last year in which that day was not after the file was written. */
static int
first_year(const struct stamps *stamps, int month, int day)
{
	time_t written = (time_t)(stamps->written_ms / SECOND_MS);
	struct tm when;
	int year;

	if (localtime_r(&written, &when) == NULL)
		return 1970;
	year = when.tm_year + 1900;
	return local_ms(year, month, day, 0) > stamps->written_ms + DAY_MS
		? year - 1
		: year;
}

static void
count_year(struct stamps *stamps, int month, int day)
{
	if (stamps->year == 0) {
		stamps->year = first_year(stamps, month, day);
	} else if (stamps->month >= (unsigned)month + FELL_BY) {
		stamps->year++;
	} else if ((unsigned)month >= stamps->month + FELL_BY) {
		/* A line of last year that came late. */
		stamps->year--;
	}
	stamps->month = (unsigned)month;
}

static bool
minutes(const char *p, int *seconds)
{
	int minute = two_digits(p), second = two_digits(p + 3);

	if (p[2] != ':' || minute < 0 || minute > 59 || second < 0 ||
		second > 60)
		return false;
	*seconds = minute * 60 + second;
	return true;
}

static bool
begin_hour(struct stamps *stamps, const char *p)
{
	int month = month_of(p), day = two_digits(p + 4),
	    hour = two_digits(p + 7);

	if (month < 0 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
		p[3] != ' ' || p[6] != ' ' || p[9] != ':')
		return false;
	if (!stamps->year_given || stamps->hour[0] != '\0') {
		count_year(stamps, month, day);
	} else {
		stamps->month = (unsigned)month;
	}
	stamps->hour_ms = local_ms(stamps->year, month, day, hour);
	memcpy(stamps->hour, p, HOUR_AT);
	stamps->hour[HOUR_AT] = 'B';
	return true;
}

bool
stamp_traditional(struct stamps *stamps, struct slice text, int64_t *at_ms)
{
	int seconds;

	if (text.len < STAMP_TRADITIONAL_BYTES)
		return false;
	if (memcmp(stamps->last, text.p, STAMP_TRADITIONAL_BYTES) == 0) {
		*at_ms = stamps->last_ms;
		return true;
	}
	if ((stamps->hour[HOUR_AT] != 'B' ||
		    memcmp(stamps->hour, text.p, HOUR_AT) != 0) &&
		!begin_hour(stamps, text.p))
		return false;
	if (!minutes(text.p + HOUR_AT + 1, &seconds))
		return false;
	*at_ms = stamps->hour_ms + (int64_t)seconds * SECOND_MS;
	memcpy(stamps->last, text.p, STAMP_TRADITIONAL_BYTES);
	stamps->last_ms = *at_ms;
	return true;
}

bool
stamp_rfc3339(struct stamps *stamps, struct slice word, int64_t *at_ms)
{
	if (word.len >= STAMP_TEXT_MAX || word.len < EXIM_BYTES)
		return false;
	if (stamps->last[word.len] == '\0' &&
		memcmp(stamps->last, word.p, word.len) == 0) {
		*at_ms = stamps->last_ms;
		return true;
	}
	if (!date_parse_stamp(word, at_ms))
		return false;
	memset(stamps->last, 0, sizeof(stamps->last));
	memcpy(stamps->last, word.p, word.len);
	stamps->last_ms = *at_ms;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ".123" and " +0100" behind the seconds, as Exim's log_selector has them. */
static size_t
exim_tail(struct slice text, int64_t *ms, int *zone_minutes)
{
	size_t at = EXIM_BYTES;

	*ms = 0;
	if (at + 4 <= text.len && text.p[at] == '.' &&
		is_digit(text.p[at + 1])) {
		*ms = two_digits(text.p + at + 1) * 10;
		at += 2;
		while (at < text.len && is_digit(text.p[at]))
			at++;
	}
	*zone_minutes = -1;
	if (at + 6 <= text.len && text.p[at] == ' ' &&
		(text.p[at + 1] == '+' || text.p[at + 1] == '-') &&
		is_digit(text.p[at + 2])) {
		int zone = two_digits(text.p + at + 2) * 60 +
			two_digits(text.p + at + 4);

		*zone_minutes = text.p[at + 1] == '-' ? 24 * 60 - zone : zone;
		at += 6;
	}
	return at;
}

bool
stamp_exim(
	struct stamps *stamps, struct slice text, int64_t *at_ms, size_t *len)
{
	int zone, seconds, month, day, hour;
	char utc[EXIM_BYTES + 2];
	int64_t ms;

	if (text.len < EXIM_BYTES || text.p[4] != '-' || text.p[7] != '-' ||
		text.p[10] != ' ' || text.p[13] != ':')
		return false;
	*len = exim_tail(text, &ms, &zone);
	if (zone >= 0) {
		memcpy(utc, text.p, EXIM_BYTES);
		utc[EXIM_BYTES] = 'Z';
		if (!date_parse_stamp(
			    (struct slice){utc, EXIM_BYTES + 1}, at_ms))
			return false;
		if (zone > 14 * 60)
			zone -= 24 * 60;
		*at_ms += ms - (int64_t)zone * 60 * SECOND_MS;
		return true;
	}
	if (memcmp(stamps->hour, text.p, DAY_BYTES + 3) != 0) {
		int century = two_digits(text.p);

		month = two_digits(text.p + 5);
		day = two_digits(text.p + 8);
		hour = two_digits(text.p + 11);
		if (century < 0 || month < 1 || month > 12 || day < 1 ||
			day > 31 || hour < 0 || hour > 23)
			return false;
		stamps->hour_ms =
			local_ms(century * 100 + two_digits(text.p + 2),
				month - 1, day, hour);
		memcpy(stamps->hour, text.p, DAY_BYTES + 3);
	}
	if (!minutes(text.p + DAY_BYTES + 4, &seconds))
		return false;
	*at_ms = stamps->hour_ms + (int64_t)seconds * SECOND_MS + ms;
	return true;
}
