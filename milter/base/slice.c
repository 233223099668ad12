/* SPDX-License-Identifier: BSD-2-Clause */
/* Borrowed bytes: comparing, searching and cutting without copying. */
#include "base/slice.h"

#include <string.h>
#include <strings.h>

struct slice
slice_of(const char *text)
{
	return (struct slice){text, text != NULL ? strlen(text) : 0};
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
slice_trim(struct slice s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

bool
slice_equal_fold(struct slice a, struct slice b)
{
	return a.len == b.len &&
		(a.len == 0 || strncasecmp(a.p, b.p, a.len) == 0);
}

bool
slice_starts_fold(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len &&
		slice_equal_fold(slice_sub(s, 0, prefix.len), prefix);
}

bool
slice_ends_fold(struct slice s, struct slice suffix)
{
	return s.len >= suffix.len &&
		slice_equal_fold(
			slice_sub(s, s.len - suffix.len, s.len), suffix);
}

int
slice_compare(struct slice a, struct slice b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter > 0 ? memcmp(a.p, b.p, shorter) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

size_t
slice_find(struct slice s, struct slice needle)
{
	if (needle.len == 0)
		return 0;
	for (size_t at = slice_find_byte(s, needle.p[0], 0);
		at != SLICE_NONE && s.len - at >= needle.len;
		at = slice_find_byte(s, needle.p[0], at + 1)) {
		if (memcmp(s.p + at, needle.p, needle.len) == 0)
			return at;
	}
	return SLICE_NONE;
}

size_t
slice_find_fold(struct slice s, struct slice needle)
{
	for (size_t at = 0; at + needle.len <= s.len; at++) {
		if (strncasecmp(s.p + at, needle.p, needle.len) == 0)
			return at;
	}
	return SLICE_NONE;
}

bool
slice_next(struct slice *rest, char sep, struct slice *field)
{
	size_t at;

	if (rest->p == NULL)
		return false;
	at = slice_find_byte(*rest, sep, 0);
	if (at == SLICE_NONE) {
		*field = *rest;
		*rest = (struct slice){NULL, 0};
		return true;
	}
	*field = slice_sub(*rest, 0, at);
	*rest = slice_sub(*rest, at + 1, rest->len);
	return true;
}

bool
slice_to_u64(struct slice s, uint64_t *out)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool
slice_has_control(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			return true;
	}
	return false;
}

/*
 * One row for each range of first bytes in table 3-7 of the Unicode
 * Standard: how many bytes follow, and the bounds of the second byte.
 */
static const struct {
	unsigned char first, last, follow, low, high;
} utf8_rows[] = {
	{0xC2, 0xDF, 1, 0x80, 0xBF},
	{0xE0, 0xE0, 2, 0xA0, 0xBF},
	{0xE1, 0xEC, 2, 0x80, 0xBF},
	{0xED, 0xED, 2, 0x80, 0x9F},
	{0xEE, 0xEF, 2, 0x80, 0xBF},
	{0xF0, 0xF0, 3, 0x90, 0xBF},
	{0xF1, 0xF3, 3, 0x80, 0xBF},
	{0xF4, 0xF4, 3, 0x80, 0x8F},
};

static size_t
utf8_sequence(const unsigned char *p, size_t left)
{
	for (size_t row = 0; row < sizeof(utf8_rows) / sizeof(*utf8_rows);
		row++) {
		if (p[0] < utf8_rows[row].first || p[0] > utf8_rows[row].last)
			continue;
		if (left <= utf8_rows[row].follow ||
			p[1] < utf8_rows[row].low || p[1] > utf8_rows[row].high)
			return 0;
		for (size_t i = 2; i <= utf8_rows[row].follow; i++) {
			if ((p[i] & 0xC0) != 0x80)
				return 0;
		}
		return (size_t)utf8_rows[row].follow + 1;
	}
	return 0;
}

bool
slice_is_utf8(struct slice s)
{
	size_t at = 0;

	while (at < s.len) {
		const unsigned char *p = (const unsigned char *)s.p + at;
		size_t step = p[0] < 0x80 ? 1 : utf8_sequence(p, s.len - at);

		if (step == 0)
			return false;
		at += step;
	}
	return true;
}
