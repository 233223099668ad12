/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates of header fields. */
#include "mail/date.h"

#include "mail/token.h"

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

/* Reads word by word. */
struct reader {
	struct lexer lexer;
	struct token token; /* the next one */
};

static void
advance(struct reader *reader)
{
	reader->token = token_next_word(&reader->lexer);
}

/* A number of at most six digits, and nothing else. */
static bool
read_number(struct reader *reader, unsigned *out)
{
	uint64_t number;

	if (reader->token.raw.len > 6 ||
		!slice_to_u64(reader->token.raw, &number))
		return false;
	*out = (unsigned)number;
	advance(reader);
	return true;
}

static bool
read_special(struct reader *reader, char special)
{
	if (reader->token.special != special)
		return false;
	advance(reader);
	return true;
}

static bool
read_month(struct reader *reader, unsigned *out)
{
	uint32_t name = letters(reader->token.raw);
	size_t i;

	for (i = 0; i < 12; i++)
		if (months[i] == name) {
			*out = (unsigned)i + 1;
			advance(reader);
			return true;
		}
	return false;
}

/* Section 4.3: 0..49 are of this century, 50..999 count from 1900. */
static bool
read_year(struct reader *reader, unsigned *out)
{
	size_t digits = reader->token.raw.len;

	if (digits < 2 || digits > 4 || !read_number(reader, out))
		return false;
	if (digits == 2 && *out < 50)
		*out += 2000;
	else if (digits < 4)
		*out += 1900;
	return true;
}

static bool
is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* "[Thu,] 26 Aug 2021" */
static bool
read_day(struct reader *reader, unsigned *year, unsigned *month, unsigned *day)
{
	static const unsigned char lengths[12] = {
		31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (reader->token.kind == TOKEN_ATOM && reader->token.raw.p[0] > '9') {
		advance(reader);
		(void)read_special(reader, ',');
	}
	return read_number(reader, day) && read_month(reader, month) &&
		read_year(reader, year) && *day >= 1 &&
		*day <= lengths[*month - 1] &&
		(*month != 2 || *day < 29 || is_leap(*year));
}

/* "09:46[:01]" */
static bool
read_time(struct reader *reader, unsigned *seconds)
{
	unsigned hour, minute, second = 0;

	if (!read_number(reader, &hour) || !read_special(reader, ':') ||
		!read_number(reader, &minute))
		return false;
	if (read_special(reader, ':') && !read_number(reader, &second))
		return false;
	*seconds = (hour * 60 + minute) * MINUTE_S + second;
	return hour < 24 && minute < 60 && second <= 60;
}

/* Seconds east of Greenwich. */
static int
read_zone(struct reader *reader)
{
	struct slice zone = reader->token.raw;
	uint64_t digits;
	size_t i;

	if (zone.len == 5 && (zone.p[0] == '+' || zone.p[0] == '-') &&
		slice_to_u64(slice_sub(zone, 1, 5), &digits)) {
		int offset = (int)(digits / 100 * 60 + digits % 100) * MINUTE_S;

		return zone.p[0] == '-' ? -offset : offset;
	}
	for (i = 0; i < sizeof zones / sizeof *zones; i++)
		if (zone.len == 3 && zones[i].name == letters(zone))
			return zones[i].hours * 60 * MINUTE_S;
	return 0;
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar: years begin in
 * March, so that the leap day is the last of its year. */
static int64_t
days_from_civil(unsigned year, unsigned month, unsigned day)
{
	unsigned y = month <= 2 ? year - 1 : year;
	unsigned era = y / 400, of_era = y % 400;
	unsigned of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
	unsigned days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;

	return (int64_t)era * 146097 + days - 719468;
}

bool
date_parse(struct slice text, int64_t *at_ms)
{
	struct reader reader = {.lexer = lexer_of(text)};
	unsigned year, month, day, seconds;
	int64_t at;

	advance(&reader);
	if (!read_day(&reader, &year, &month, &day) ||
		!read_time(&reader, &seconds) || year < 1900)
		return false;
	at = days_from_civil(year, month, day) * DAY_S + seconds -
		read_zone(&reader);
	*at_ms = at * 1000;
	return true;
}
