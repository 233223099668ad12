/* SPDX-License-Identifier: BSD-2-Clause */
/* Unicode simple case folding, with a fast way for ASCII. */
#include "base/fold.h"

uint32_t
fold_code(uint32_t code)
{
	size_t low = 0, high = fold_range_count;

	if (code < 0x80)
		return code >= 'A' && code <= 'Z' ? code | 0x20 : code;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (fold_ranges[middle].last < code) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low == fold_range_count || code < fold_ranges[low].first ||
		(code - fold_ranges[low].first) % fold_ranges[low].stride != 0)
		return code;
	return (uint32_t)((int32_t)code + fold_ranges[low].delta);
}

/* How many bytes the first byte of a character announces, 0: none. */
static size_t
announced(unsigned char first)
{
	if (first >= 0xC2 && first <= 0xDF)
		return 2;
	if (first >= 0xE0 && first <= 0xEF)
		return 3;
	return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

uint32_t
fold_decode(struct slice s, size_t at, size_t *next)
{
	const unsigned char *p = (const unsigned char *)s.p + at;
	size_t len;
	uint32_t code;

	*next = at + 1;
	if (p[0] < 0x80)
		return p[0];
	len = announced(p[0]);
	if (len == 0 || s.len - at < len ||
		!slice_is_utf8(slice_sub(s, at, at + len)))
		return p[0] | FOLD_NOT_TEXT;
	code = p[0] & (0x7FU >> len);
	for (size_t i = 1; i < len; i++)
		code = code << 6 | (p[i] & 0x3F);
	*next = at + len;
	return code;
}

size_t
fold_encode(uint32_t code, char out[4])
{
	size_t len;

	if (code < 0x80 || (code & FOLD_NOT_TEXT) != 0) {
		out[0] = (char)(code & 0xFF);
		return 1;
	}
	len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3F));
		code >>= 6;
	}
	out[0] = (char)((0xF00 >> len & 0xFF) | code);
	return len;
}

static struct slice
fold_all(struct arena *arena, struct slice text)
{
	/* The worst growth is from two bytes to three (U+023A). */
	char *p = text.len <= SIZE_MAX / 2
		? arena_alloc(arena, text.len + text.len / 2 + 4)
		: NULL;
	size_t at = 0, len = 0;

	if (p == NULL)
		return (struct slice){NULL, 0};
	while (at < text.len) {
		len += fold_encode(
			fold_code(fold_decode(text, at, &at)), p + len);
	}
	return (struct slice){p, len};
}

static struct slice
fold_ascii(struct arena *arena, struct slice text)
{
	char *p = arena_alloc(arena, text.len);

	if (p == NULL)
		return (struct slice){NULL, 0};
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];

		p[i] = (char)(c | (unsigned)((unsigned)(c - 'A') < 26) << 5);
	}
	return (struct slice){p, text.len};
}

struct slice
fold_text(struct arena *arena, struct slice text)
{
	unsigned char high = 0;
	unsigned upper = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];

		high |= c;
		upper |= (unsigned)(c - 'A') < 26;
	}
	if (high >= 0x80)
		return fold_all(arena, text);
	return upper ? fold_ascii(arena, text) : text;
}
