/* SPDX-License-Identifier: BSD-2-Clause */
/* Hex, base64, escapes. */
#include "base/codec.h"

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int
codec_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void
codec_hex(const unsigned char *bytes, size_t count, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * count] = '\0';
}

bool
codec_escape_at(struct slice text, size_t at, char mark, char *byte)
{
	int high, low;

	if (text.len < 3 || at > text.len - 3 || text.p[at] != mark)
		return false;
	high = codec_hex_digit(text.p[at + 1]);
	low = codec_hex_digit(text.p[at + 2]);
	if (high < 0 || low < 0)
		return false;
	*byte = (char)(high << 4 | low);
	return true;
}

void
codec_add_escape(struct buf *out, char mark, char byte)
{
	buf_printf(out, "%c%02X", mark, (unsigned char)byte);
}

size_t
codec_unescape(struct slice text, char mark, char *out)
{
	size_t len = 0;

	for (size_t at = 0; at < text.len; at++) {
		if (codec_escape_at(text, at, mark, &out[len])) {
			at += 2;
		} else {
			out[len] = text.p[at];
		}
		len++;
	}
	return len;
}

static bool
is_xtext(struct slice text)
{
	char byte;

	for (size_t at = 0; at < text.len; at++) {
		if (text.p[at] == '=')
			return false;
		if (text.p[at] == '+' &&
			(!codec_escape_at(text, at, '+', &byte) ||
				text.p[at + 1] >= 'a' || text.p[at + 2] >= 'a'))
			return false;
	}
	return true;
}

bool
codec_xtext(struct arena *arena, struct slice text, struct slice *out)
{
	char *p;

	*out = text;
	if (!is_xtext(text))
		return false;
	if (slice_find_byte(text, '+', 0) == SLICE_NONE)
		return true;
	p = arena_bytes(arena, text.len);
	if (p == NULL)
		return false;
	*out = (struct slice){p, codec_unescape(text, '+', p)};
	return true;
}

struct slice
codec_base64(struct arena *arena, struct slice bytes)
{
	char *out = arena_bytes(arena, bytes.len / 3 * 4 + 5);
	size_t len = 0;

	if (out == NULL)
		return (struct slice){NULL, 0};
	for (size_t i = 0; i < bytes.len; i += 3) {
		unsigned group = 0;

		for (size_t k = i; k < i + 3; k++) {
			group <<= 8;
			if (k < bytes.len)
				group |= (unsigned char)bytes.p[k];
		}
		for (size_t k = 0; k < 4; k++) {
			out[len++] = i + k > bytes.len
				? '='
				: base64_digits[group >> (18 - 6 * k) & 63];
		}
	}
	out[len] = '\0';
	return (struct slice){out, len};
}

/* 0 to 63, or -1. */
static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
codec_is_base64(struct slice text)
{
	for (size_t i = 0; i < text.len && text.p[i] != '='; i++) {
		if (base64_digit(text.p[i]) < 0 && text.p[i] != ' ' &&
			text.p[i] != '\t')
			return false;
	}
	return true;
}

void
codec_add_base64_decoded(struct buf *out, struct slice text)
{
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < text.len && text.p[i] != '='; i++) {
		int digit = base64_digit(text.p[i]);

		if (digit < 0)
			continue;
		bits = (bits << 6 | (unsigned)digit) & 0xFFFF;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_add_byte(out, (char)(bits >> have & 0xFF));
		}
	}
}
