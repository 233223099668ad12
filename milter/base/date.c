/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dates of RFC 5322 and RFC 3339 to milliseconds and back. Both are read into
 * one struct civil, which says whether there is such a day.
 */
#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MINUTE_S 60
#define DAY_S 86400

/* Three letters in one number, lower case. */
#define LETTERS(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (c))

static const uint32_t months[12] = {
	LETTERS('j', 'a', 'n'),
	LETTERS('f', 'e', 'b'),
	LETTERS('m', 'a', 'r'),
	LETTERS('a', 'p', 'r'),
	LETTERS('m', 'a', 'y'),
	LETTERS('j', 'u', 'n'),
	LETTERS('j', 'u', 'l'),
	LETTERS('a', 'u', 'g'),
	LETTERS('s', 'e', 'p'),
	LETTERS('o', 'c', 't'),
	LETTERS('n', 'o', 'v'),
	LETTERS('d', 'e', 'c'),
};

/* RFC 5322 section 4.3; all others, the military ones too, mean nothing. */
static const struct {
	uint32_t name;
	int hours;
} zones[] = {
	{LETTERS('e', 'd', 't'), -4},
	{LETTERS('e', 's', 't'), -5},
	{LETTERS('c', 'd', 't'), -5},
	{LETTERS('c', 's', 't'), -6},
	{LETTERS('m', 'd', 't'), -6},
	{LETTERS('m', 's', 't'), -7},
	{LETTERS('p', 'd', 't'), -7},
	{LETTERS('p', 's', 't'), -8},
};

/* The first three letters of a word; 0 if it has not as many. */
static uint32_t
letters(struct slice word)
{
	const unsigned char *p = (const unsigned char *)word.p;

	if (word.len < 3)
		return 0;
	return LETTERS(p[0] | 0x20U, p[1] | 0x20U, p[2] | 0x20U);
}

/* Reads word by word: a run of what is neither blank nor special, or one
 * special byte (RFC 5322 section 3.2.3). */
struct reader {
	struct slice rest;
	struct slice word; /* the next one; empty at the end */
	bool is_special;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The length of the comment at the front, with what is nested in it; 0 where
 * there is none, or none that ends. */
static size_t
comment_length(struct slice text)
{
	size_t depth = 0;

	if (text.len == 0 || text.p[0] != '(')
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\\') {
			i++;
		} else if (text.p[i] == '(') {
			depth++;
		} else if (text.p[i] == ')' && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

/* How many bytes at the front mean nothing. */
static size_t
gap_length(struct slice text)
{
	size_t at = 0, step = 1;

	for (; at < text.len && step > 0; at += step) {
		step = is_blank(text.p[at])
			? 1
			: comment_length(slice_sub(text, at, text.len));
	}
	return at;
}

static bool
is_special(char c)
{
	return c != '\0' && strchr("()<>[]:;@\\,\"", c) != NULL;
}

static void
advance(struct reader *reader)
{
	struct slice text = slice_sub(
		reader->rest, gap_length(reader->rest), reader->rest.len);
	size_t len = 0;

	reader->is_special = text.len > 0 && is_special(text.p[0]);
	if (reader->is_special) {
		len = 1;
	} else {
		while (len < text.len && !is_blank(text.p[len]) &&
			!is_special(text.p[len]))
			len++;
	}
	reader->word = slice_sub(text, 0, len);
	reader->rest = slice_sub(text, len, text.len);
}

/* A number of at most six digits, and nothing else. */
static bool
read_number(struct reader *reader, unsigned *out)
{
	uint64_t number;

	if (reader->word.len > 6 || !slice_to_u64(reader->word, &number))
		return false;
	*out = (unsigned)number;
	advance(reader);
	return true;
}

static bool
read_special(struct reader *reader, char special)
{
	if (!reader->is_special || reader->word.p[0] != special)
		return false;
	advance(reader);
	return true;
}

/* 1 to 12, by the first three letters; 0 if it is none. */
static unsigned
find_month(struct slice word)
{
	uint32_t name = letters(word);

	for (unsigned i = 0; i < 12; i++) {
		if (months[i] == name)
			return i + 1;
	}
	return 0;
}

static bool
read_month(struct reader *reader, unsigned *out)
{
	*out = find_month(reader->word);
	if (*out == 0)
		return false;
	advance(reader);
	return true;
}

/* Section 4.3: 0..49 are of this century, 50..999 count from 1900. */
static bool
read_year(struct reader *reader, unsigned *out)
{
	size_t digits = reader->word.len;

	if (digits < 2 || digits > 4 || !read_number(reader, out))
		return false;
	if (digits == 2 && *out < 50) {
		*out += 2000;
	} else if (digits < 4) {
		*out += 1900;
	}
	return true;
}

static bool
is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* A date and time as they are written. */
struct civil {
	unsigned year, month, day, hour, minute, second;
	int zone; /* seconds east of Greenwich */
};

static bool
is_date(const struct civil *civil)
{
	static const unsigned char lengths[12] = {
		31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return civil->year >= 1900 && civil->month >= 1 && civil->month <= 12 &&
		civil->day >= 1 && civil->day <= lengths[civil->month - 1] &&
		(civil->month != 2 || civil->day < 29 ||
			is_leap(civil->year)) &&
		civil->hour < 24 && civil->minute < 60 && civil->second <= 60;
}

/* "[Thu,] 26 Aug 2021" */
static bool
read_day(struct reader *reader, struct civil *out)
{
	if (!reader->is_special && reader->word.len > 0 &&
		(unsigned char)reader->word.p[0] > '9') {
		advance(reader);
		(void)read_special(reader, ',');
	}
	return read_number(reader, &out->day) &&
		read_month(reader, &out->month) &&
		read_year(reader, &out->year);
}

/* "09:46[:01]" */
static bool
read_time(struct reader *reader, struct civil *out)
{
	if (!read_number(reader, &out->hour) || !read_special(reader, ':') ||
		!read_number(reader, &out->minute))
		return false;
	return !read_special(reader, ':') || read_number(reader, &out->second);
}

static int
read_zone(struct slice zone)
{
	uint64_t digits;

	if (zone.len == 5 && (zone.p[0] == '+' || zone.p[0] == '-') &&
		slice_to_u64(slice_sub(zone, 1, 5), &digits)) {
		int offset = (int)(digits / 100 * 60 + digits % 100) * MINUTE_S;

		return zone.p[0] == '-' ? -offset : offset;
	}
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		if (zone.len == 3 && zones[i].name == letters(zone))
			return zones[i].hours * 60 * MINUTE_S;
	}
	return 0;
}

static bool
read_any(struct slice text, struct civil *out)
{
	struct reader reader = {.rest = text};

	advance(&reader);
	if (!read_day(&reader, out) || !read_time(&reader, out))
		return false;
	out->zone = read_zone(reader.word);
	return true;
}

/* What is no digit gives a number that no field may have. */
static unsigned
one_digit(char c)
{
	unsigned digit = (unsigned)(unsigned char)c - '0';

	return digit > 9 ? 10000 : digit;
}

static unsigned
two_digits(const char *p)
{
	unsigned high = one_digit(p[0]), low = one_digit(p[1]);

	return high > 9 || low > 9 ? 10000 : high * 10 + low;
}

#define USUAL "D Mon YYYY hh:mm:ss +zzzz"

/* What nearly all are, "Thu, " before it and a day of one or two digits, read
 * in one go. False for all others. */
static bool
read_usual(struct slice text, struct civil *out)
{
	const char *p;
	size_t shift;

	text = slice_trim(text);
	if (text.len > 5 && text.p[3] == ',' && text.p[4] == ' ')
		text = slice_sub(text, 5, text.len);
	shift = text.len > 1 && text.p[1] != ' ';
	if (text.len < sizeof(USUAL) - 1 + shift)
		return false;
	out->day = shift ? two_digits(text.p) : one_digit(text.p[0]);
	text = slice_sub(text, shift, text.len);
	p = text.p;
	if (p[1] != ' ' || p[5] != ' ' || p[10] != ' ' || p[13] != ':' ||
		p[16] != ':' || p[19] != ' ' ||
		(text.len > sizeof(USUAL) - 1 && p[sizeof(USUAL) - 1] != ' '))
		return false;
	out->month = find_month(slice_sub(text, 2, 5));
	out->year = two_digits(p + 6) * 100 + two_digits(p + 8);
	out->hour = two_digits(p + 11);
	out->minute = two_digits(p + 14);
	out->second = two_digits(p + 17);
	out->zone = read_zone(slice_sub(text, 20, 25));
	return out->year <= 9999 && (p[20] == '+' || p[20] == '-');
}

/* Years begin in March, so that the leap day is the last of its year. */
int64_t
date_days(unsigned year, unsigned month, unsigned day)
{
	unsigned y = month <= 2 ? year - 1 : year;
	unsigned era = y / 400, of_era = y % 400;
	unsigned of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
	unsigned days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;

	return (int64_t)era * 146097 + days - 719468;
}

static int64_t
ms_from_civil(const struct civil *civil)
{
	int64_t at = date_days(civil->year, civil->month, civil->day) * DAY_S +
		civil->second - civil->zone +
		(civil->hour * 60 + civil->minute) * MINUTE_S;

	return at * 1000;
}

bool
date_parse(struct slice text, int64_t *at_ms)
{
	struct civil civil = {0};

	if ((!read_usual(text, &civil) || !is_date(&civil)) &&
		(!read_any(text, &civil) || !is_date(&civil)))
		return false;
	*at_ms = ms_from_civil(&civil);
	return true;
}

/* "Z", "+01:00", "-05:30" */
static bool
read_offset(struct slice text, int *zone)
{
	unsigned hours, minutes;

	*zone = 0;
	if (slice_equal_fold(text, SLICE("Z")))
		return true;
	if (text.len != 6 || (text.p[0] != '+' && text.p[0] != '-') ||
		text.p[3] != ':')
		return false;
	hours = two_digits(text.p + 1);
	minutes = two_digits(text.p + 4);
	if (hours > 23 || minutes > 59)
		return false;
	*zone = (int)(hours * 60 + minutes) * MINUTE_S;
	if (text.p[0] == '-')
		*zone = -*zone;
	return true;
}

/* ".042" off the front of *text, in milliseconds; what is smaller is cut. */
static bool
read_fraction(struct slice *text, unsigned *ms)
{
	unsigned worth = 100;
	size_t at = 1;

	*ms = 0;
	if (text->len == 0 || text->p[0] != '.')
		return true;
	for (; at < text->len && text->p[at] >= '0' && text->p[at] <= '9';
		at++) {
		*ms += worth * (unsigned)(text->p[at] - '0');
		worth /= 10;
	}
	*text = slice_sub(*text, at, text->len);
	return at > 1;
}

#define STAMP "YYYY-MM-DDThh:mm:ss"

bool
date_parse_stamp(struct slice text, int64_t *at_ms)
{
	const char *p = text.p;
	struct slice rest = slice_sub(text, sizeof(STAMP) - 1, text.len);
	struct civil civil;
	unsigned ms;

	if (text.len < sizeof(STAMP) || p[4] != '-' || p[7] != '-' ||
		(p[10] != 'T' && p[10] != 't' && p[10] != ' ') ||
		p[13] != ':' || p[16] != ':')
		return false;
	civil = (struct civil){
		.year = two_digits(p) * 100 + two_digits(p + 2),
		.month = two_digits(p + 5),
		.day = two_digits(p + 8),
		.hour = two_digits(p + 11),
		.minute = two_digits(p + 14),
		.second = two_digits(p + 17),
	};
	if (civil.year > 9999 || !read_fraction(&rest, &ms) ||
		!read_offset(rest, &civil.zone) || !is_date(&civil))
		return false;
	*at_ms = ms_from_civil(&civil) + ms;
	return true;
}

void
date_print(int64_t at_ms, char text[DATE_TEXT_BYTES])
{
	int64_t ms = at_ms % 1000;
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm tm;
	char date[24];

	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	if (gmtime_r(&seconds, &tm) == NULL ||
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
		text[0] = '\0';
		return;
	}
	(void)snprintf(text, DATE_TEXT_BYTES, "%s.%03dZ", date, (int)ms);
}
