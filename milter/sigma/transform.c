/* SPDX-License-Identifier: BSD-2-Clause */
/* Encodings of a string that a policy looks for. */
#include "sigma/transform.h"

#include "base/codec.h"
#include "base/fold.h"

#include <string.h>

bool
transform_base64(struct arena *arena,
	struct draft variants[TRANSFORM_VARIANTS_MAX], size_t *count)
{
	struct slice bytes = pattern_draft_bytes(arena, &variants[0]);
	struct slice text = {NULL, 0};

	if (bytes.p != NULL)
		text = codec_base64(arena, bytes);
	*count = 1;
	return text.p != NULL &&
		pattern_draft_literal(arena, text, &variants[0]);
}

#define LEAD_MAX 2 /* zero bytes before the text, to move it */

/*
 * The text may begin at any of three offsets in what was encoded. Of each
 * the digits that do not depend on the bytes before and after are kept.
 */
bool
transform_base64offset(struct arena *arena,
	struct draft variants[TRANSFORM_VARIANTS_MAX], size_t *count)
{
	static const size_t skip[LEAD_MAX + 1] = {0, 2, 3}, drop[3] = {0, 3, 2};
	struct slice bytes = pattern_draft_bytes(arena, &variants[0]);
	char *led = arena_alloc(arena, LEAD_MAX + bytes.len);

	if (bytes.p == NULL || led == NULL)
		return false;
	memcpy(led + LEAD_MAX, bytes.p, bytes.len);
	for (size_t lead = 0; lead <= LEAD_MAX; lead++) {
		struct slice text = codec_base64(arena,
			(struct slice){
				led + LEAD_MAX - lead, lead + bytes.len});
		size_t cut = drop[(bytes.len + lead) % 3];

		if (text.p == NULL)
			return false;
		text = slice_sub(
			text, skip[lead], text.len > cut ? text.len - cut : 0);
		if (!pattern_draft_literal(arena, text, &variants[lead]))
			return false;
	}
	*count = 3;
	return true;
}

enum order {
	LITTLE,
	BIG
};

static size_t
put_unit(char *out, uint32_t unit, enum order order)
{
	char high = (char)(unit >> 8), low = (char)(unit & 0xFF);

	out[0] = order == BIG ? high : low;
	out[1] = order == BIG ? low : high;
	return 2;
}

static size_t
put_code(char *out, uint32_t code, enum order order)
{
	if (code < 0x10000)
		return put_unit(out, code, order);
	code -= 0x10000;
	(void)put_unit(out, 0xD800 | code >> 10, order);
	return 2 + put_unit(out + 2, 0xDC00 | (code & 0x3FF), order);
}

static bool
utf16(struct arena *arena, struct draft *draft, enum order order, bool mark)
{
	struct slice text = pattern_draft_bytes(arena, draft);
	char *out =
		text.p != NULL ? arena_alloc(arena, text.len * 2 + 2) : NULL;
	size_t at = 0, len = 0;

	if (out == NULL)
		return false;
	if (mark)
		len = put_unit(out, 0xFEFF, order);
	while (at < text.len) {
		len += put_code(out + len,
			fold_decode(text, at, &at) & ~FOLD_NOT_TEXT, order);
	}
	return pattern_draft_literal(arena, (struct slice){out, len}, draft);
}

bool
transform_utf16le(struct arena *arena,
	struct draft variants[TRANSFORM_VARIANTS_MAX], size_t *count)
{
	*count = 1;
	return utf16(arena, &variants[0], LITTLE, false);
}

bool
transform_utf16be(struct arena *arena,
	struct draft variants[TRANSFORM_VARIANTS_MAX], size_t *count)
{
	*count = 1;
	return utf16(arena, &variants[0], BIG, false);
}

bool
transform_utf16(struct arena *arena,
	struct draft variants[TRANSFORM_VARIANTS_MAX], size_t *count)
{
	*count = 1;
	return utf16(arena, &variants[0], LITTLE, true);
}

static bool
is_word(uint16_t token)
{
	return (token >= '0' && token <= '9') ||
		(token >= 'A' && token <= 'Z') ||
		(token >= 'a' && token <= 'z') || token == '_' ||
		(token >= 0x80 && token < 256);
}

/* A - or / that begins a word: "\B[-/]\b" of the reference. */
bool
transform_windash(struct arena *arena,
	struct draft variants[TRANSFORM_VARIANTS_MAX], size_t *count)
{
	const struct draft from = variants[0];
	uint16_t *tokens = arena_array(arena, from.count, sizeof(*tokens));

	*count = 1;
	if (tokens == NULL)
		return false;
	for (size_t i = 0; i < from.count; i++) {
		bool dash = from.at[i] == '-' || from.at[i] == '/';
		bool inside = i > 0 && is_word(from.at[i - 1]);
		bool before = i + 1 < from.count && is_word(from.at[i + 1]);

		tokens[i] = dash && !inside && before ? TOKEN_DASH : from.at[i];
	}
	variants[0] = (struct draft){tokens, from.count};
	return true;
}
