/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters of MAIL and RCPT. */
#include "mail/param.h"

#include "base/codec.h"
#include "base/fold.h"
#include "mail/path.h"

#include <stdint.h>

struct slice
param_find(const struct slice *params, size_t count, struct slice key)
{
	for (size_t i = 0; i < count; i++) {
		if (params[i].len > key.len && params[i].p[key.len] == '=' &&
			slice_starts_fold(params[i], key))
			return slice_sub(params[i], key.len + 1, params[i].len);
	}
	return (struct slice){NULL, 0};
}

/* The UTF-8 of a code point; 0 for what is none. */
static size_t
encode_utf8(uint32_t cp, char p[4])
{
	if (cp >= 0x110000 || (cp >= 0xD800 && cp < 0xE000))
		return 0;
	return fold_encode(cp, p);
}

/* "\x{HEX}" at the front of s: its code point's UTF-8 to p, its length to
 * *step; how many bytes were written, 0 if it is none. */
static size_t
decode_unicode(struct slice s, char p[4], size_t *step)
{
	uint32_t cp = 0;
	size_t i;

	if (s.len < 5 || s.p[1] != 'x' || s.p[2] != '{')
		return 0;
	for (i = 3; i < s.len && i < 3 + 6; i++) {
		int digit = codec_hex_digit(s.p[i]);

		if (digit < 0)
			break;
		cp = cp << 4 | (uint32_t)digit;
	}
	if (i == 3 || i == s.len || s.p[i] != '}')
		return 0;
	*step = i + 1;
	return encode_utf8(cp, p);
}

/* RFC 6533 section 3: utf-8-addr-xtext and utf-8-addr-unitext. The UTF-8 is
 * never longer than its escape. */
static bool
decode_utf8_addr(struct arena *arena, struct slice text, struct slice *out)
{
	size_t len = 0, step = 0;
	char *p;

	*out = text;
	if (slice_find_byte(text, '\\', 0) == SLICE_NONE)
		return true;
	p = arena_bytes(arena, text.len);
	if (p == NULL)
		return false;
	while (text.len > 0) {
		size_t wrote = 1;

		step = 1;
		if (text.p[0] == '\\') {
			wrote = decode_unicode(text, p + len, &step);
		} else {
			p[len] = text.p[0];
		}
		if (wrote == 0)
			return false;
		len += wrote;
		text = slice_sub(text, step, text.len);
	}
	*out = (struct slice){p, len};
	return true;
}

static const struct {
	const char *type;
	bool utf8;
} types[] = {
	{"rfc822", false},
	{"utf-8", true},
};

bool
param_parse_orcpt(struct arena *arena, struct slice value, struct address *out)
{
	struct slice rest = value, type, text;
	size_t i;

	*out = (struct address){0};
	if (!slice_next(&rest, ';', &type) || slice_is_absent(rest))
		return false;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (slice_equal_fold(slice_of(types[i].type), type))
			break;
	}
	if (i == sizeof(types) / sizeof(*types))
		return false;
	/* Not every MTA encodes: what is not xtext is taken as it stands. */
	if (!codec_xtext(arena, rest, &text))
		text = rest;
	if (types[i].utf8 && !decode_utf8_addr(arena, text, &text))
		return false;
	return path_parse(arena, text, out) && !out->broken &&
		out->text.len > 0;
}
