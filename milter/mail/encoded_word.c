/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encoded words. Neighbours of one charset are put together before they are
 * converted, because senders cut characters of several bytes in two. White
 * space between two encoded words is not part of the text (RFC 2047 section
 * 6.2).
 */
#include "mail/encoded_word.h"

#include "base/buf.h"
#include "base/codec.h"
#include "mail/charset.h"

#include <string.h>

#define CHARSET_BYTES_MAX 64
/* RFC 2047 has none in a word, senders have. Bounded, for the time it takes
 * to look behind each of them for the end. */
#define QUESTION_MARKS_MAX 8

static bool
is_charset_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
		c == ':' || c == '+';
}

/* "charset", "charset*language"; the offset after its '?', or 0. */
static size_t
parse_charset(struct slice s, struct slice *charset)
{
	size_t at = 2, end = slice_find_byte(s, '?', 2);

	if (end == SLICE_NONE || end == 2 || end - 2 > CHARSET_BYTES_MAX)
		return 0;
	while (at < end && is_charset_byte(s.p[at]))
		at++;
	if (at == 2 || (at < end && s.p[at] != '*'))
		return 0;
	*charset = slice_sub(s, 2, at);
	return end + 1;
}

/* Where the "?=" is that ends a word; SLICE_NONE if there is none. */
static size_t
find_end(struct slice text)
{
	size_t at = SLICE_NONE;

	for (unsigned i = 0; i <= QUESTION_MARKS_MAX; i++) {
		at = slice_find_byte(text, '?', at + 1);
		if (at == SLICE_NONE || at + 1 == text.len)
			return SLICE_NONE;
		if (text.p[at + 1] == '=')
			return at;
	}
	return SLICE_NONE;
}

bool
encoded_word_parse(struct slice s, struct encoded_word *out)
{
	size_t at, end;

	if (s.len < 8 || s.p[0] != '=' || s.p[1] != '?')
		return false;
	at = parse_charset(s, &out->charset);
	if (at == 0 || at + 3 >= s.len || s.p[at + 1] != '?')
		return false;
	out->encoding = (char)(s.p[at] & ~0x20);
	if (out->encoding != 'B' && out->encoding != 'Q')
		return false;
	end = find_end(slice_sub(s, at + 2, s.len));
	if (end == SLICE_NONE)
		return false;
	out->text = slice_sub(s, at + 2, at + 2 + end);
	out->raw = slice_sub(s, 0, at + 2 + end + 2);
	return true;
}

/* A lone '=' stands for itself. */
static void
decode_q(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (codec_escape_at(text, i, '=', &c)) {
			i += 2;
		} else if (c == '_') {
			c = ' ';
		}
		buf_add_byte(out, c);
	}
}

/* Words of one charset in a row: their bytes, and where they stand. */
struct run {
	struct slice charset;
	struct buf bytes;
	const char *from, *to; /* from is NULL when there is none */
	struct slice gap; /* before it, left out of the text */
};

struct decoder {
	struct run run;
	struct charset_cache cache;
	struct buf out;
};

/* Ends the run; false when its charset is unknown and it stays as it is. */
static bool
flush(struct decoder *decoder)
{
	struct run *run = &decoder->run;
	struct slice raw = {run->from, 0};
	bool ok = true;

	if (run->from == NULL)
		return true;
	raw.len = (size_t)(run->to - run->from);
	if (!charset_to_utf8(&decoder->cache, run->charset,
		    buf_slice(&run->bytes), &decoder->out)) {
		buf_add(&decoder->out, run->gap);
		buf_add(&decoder->out, raw);
		ok = false;
	}
	buf_reset(&run->bytes);
	run->gap.len = 0;
	run->from = run->to = NULL;
	return ok;
}

static void
add_word(struct run *run, const struct encoded_word *word)
{
	if (word->encoding == 'Q') {
		decode_q(&run->bytes, word->text);
	} else {
		codec_add_base64_decoded(&run->bytes, word->text);
	}
	run->charset = word->charset;
	if (run->from == NULL)
		run->from = word->raw.p;
	run->to = word->raw.p + word->raw.len;
}

/* Where the last encoded word can end: nothing behind it need be searched
 * for an end, which keeps decoding linear. */
static size_t
last_end(struct slice s)
{
	size_t at = s.len;

	while (at >= 2 && (s.p[at - 2] != '?' || s.p[at - 1] != '='))
		at--;
	return at >= 2 ? at : 0;
}

/* The text between two words, unless it is white space that only keeps
 * them apart. */
static void
add_gap(struct decoder *decoder, struct slice gap, struct slice next_charset)
{
	struct run *run = &decoder->run;
	bool apart = run->from != NULL && slice_trim(gap).len == 0;

	if (apart && slice_equal_fold(run->charset, next_charset))
		return;
	if (flush(decoder) && apart) {
		run->gap = gap;
	} else {
		buf_add(&decoder->out, gap);
	}
}

static void
decode_all(struct decoder *decoder, struct slice value)
{
	size_t end = last_end(value);
	struct slice rest = slice_sub(value, 0, end), gap = {rest.p, 0};

	while (rest.len > 0) {
		size_t at = slice_find(rest, SLICE("=?"));
		struct encoded_word word;

		if (at == SLICE_NONE)
			break;
		rest = slice_sub(rest, at, rest.len);
		if (!encoded_word_parse(rest, &word)) {
			rest = slice_sub(rest, 2, rest.len);
			continue;
		}
		gap.len = (size_t)(rest.p - gap.p);
		rest = slice_sub(rest, word.raw.len, rest.len);
		if (word.encoding == 'B' && !codec_is_base64(word.text))
			continue;
		add_gap(decoder, gap, word.charset);
		add_word(&decoder->run, &word);
		gap.p = rest.p;
	}
	(void)flush(decoder);
	gap.len = (size_t)(value.p + value.len - gap.p);
	buf_add(&decoder->out, gap);
}

/* As encoded_words_decode(), for a value that may have some. */
static struct slice
decode_some(struct arena *arena, struct slice value)
{
	struct decoder decoder = {0};
	struct slice text = {NULL, 0};

	decode_all(&decoder, value);
	if (buf_ok(&decoder.out) && buf_ok(&decoder.run.bytes))
		text = arena_copy(arena, buf_slice(&decoder.out));
	charset_cache_fini(&decoder.cache);
	buf_fini(&decoder.run.bytes);
	buf_fini(&decoder.out);
	return slice_is_absent(text) ? value : text;
}

struct slice
encoded_words_decode(struct arena *arena, struct slice value)
{
	if (slice_find(value, SLICE("=?")) == SLICE_NONE)
		return value;
	return decode_some(arena, value);
}
