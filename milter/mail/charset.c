/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of any charset to UTF-8. */
#include "mail/charset.h"

#include "base/fold.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#define OPENED_MAX 8
#define CHUNK_BYTES 512

static const struct slice replacement = {"\xEF\xBF\xBD", 3};

/* What Windows-1252 has where ISO-8859-1 has the controls 0x80..0x9F, which
 * nobody means: WHATWG reads the one as the other, and so do mail programs. */
static const uint16_t windows_1252[32] = {0x20AC, 0xFFFD, 0x201A, 0x0192,
	0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
	0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
	0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E,
	0x0178};

static void
add_code_point(struct buf *out, uint32_t code)
{
	char bytes[4];

	buf_add(out, (struct slice){bytes, fold_encode(code, bytes)});
}

static void
add_latin1(struct buf *out, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (c < 0x80) {
			buf_add_byte(out, (char)c);
		} else if (c < 0xA0) {
			add_code_point(out, windows_1252[c - 0x80]);
		} else {
			add_code_point(out, c);
		}
	}
}

static void
add_utf8(struct buf *out, struct slice bytes)
{
	size_t at = 0;

	if (slice_is_utf8(bytes)) {
		buf_add(out, bytes);
		return;
	}
	while (at < bytes.len) {
		size_t next;

		if (fold_decode(bytes, at, &next) & FOLD_NOT_TEXT) {
			buf_add(out, replacement);
		} else {
			buf_add(out, slice_sub(bytes, at, next));
		}
		at = next;
	}
}

static const struct {
	struct slice name;
	void (*add)(struct buf *out, struct slice bytes);
} builtin[] = {
	{{"utf-8", 5}, add_utf8},
	{{"us-ascii", 8}, add_utf8},
	{{"iso-8859-1", 10}, add_latin1},
	{{"windows-1252", 12}, add_latin1},
	{{"utf8", 4}, add_utf8},
	{{"ascii", 5}, add_utf8},
	{{"latin1", 6}, add_latin1},
	{{"cp1252", 6}, add_latin1},
};

/*
 * Names that iconv does not have, or that senders use for more than the
 * standard of that name holds (WHATWG Encoding Standard section 4.2).
 */
static const struct {
	struct slice name;
	const char *charset;
} aliases[] = {
	{{"gb2312", 6}, "GB18030"},
	{{"gbk", 3}, "GB18030"},
	{{"x-gbk", 5}, "GB18030"},
	{{"gb_2312-80", 10}, "GB18030"},
	{{"ks_c_5601-1987", 14}, "CP949"},
	{{"ks_c_5601", 9}, "CP949"},
	{{"euc-kr", 6}, "CP949"},
	{{"shift_jis", 9}, "CP932"},
	{{"shift-jis", 9}, "CP932"},
	{{"x-sjis", 6}, "CP932"},
	{{"big5", 4}, "BIG5-HKSCS"},
	{{"x-x-big5", 8}, "BIG5-HKSCS"},
	{{"iso-8859-8-i", 12}, "ISO-8859-8"},
	{{"iso-8859-8-e", 12}, "ISO-8859-8"},
	{{"unicode-1-1-utf-7", 17}, "UTF-7"},
	{{"x-mac-roman", 11}, "MACINTOSH"},
	{{"x-mac-cyrillic", 14}, "MAC-CYRILLIC"},
	{{"x-cp1251", 8}, "CP1251"},
	{{"windows-874", 11}, "CP874"},
};

static const char *
find_alias(struct slice name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
		if (slice_equal_fold(aliases[i].name, name))
			return aliases[i].charset;
	}
	return NULL;
}

/* NULL if there is none; POSIX has (iconv_t)-1 for that. */
static iconv_t
open_converter(const char *charset)
{
	iconv_t handle = charset != NULL ? iconv_open("UTF-8", charset) : NULL;

	return (intptr_t)handle == -1 ? NULL : handle;
}

void
charset_cache_fini(struct charset_cache *cache)
{
	if (cache->handle != NULL)
		(void)iconv_close(cache->handle);
	*cache = (struct charset_cache){0};
}

/* The converter, opened where it must be; NULL if there is none. */
static iconv_t
find_converter(struct charset_cache *cache, struct slice charset)
{
	if (charset.len >= sizeof(cache->name))
		return NULL;
	if (slice_equal_fold(slice_of(cache->name), charset))
		return cache->handle;
	if (cache->opened == OPENED_MAX)
		return NULL;
	if (cache->handle != NULL)
		(void)iconv_close(cache->handle);
	memcpy(cache->name, charset.p, charset.len);
	cache->name[charset.len] = '\0';
	cache->opened++;
	cache->handle = open_converter(find_alias(charset));
	if (cache->handle == NULL)
		cache->handle = open_converter(cache->name);
	return cache->handle;
}

/* What a stateful charset still holds back. */
static void
drain(iconv_t handle, struct buf *out)
{
	char chunk[CHUNK_BYTES], *to = chunk;
	size_t room = sizeof(chunk);

	(void)iconv(handle, NULL, NULL, &to, &room);
	buf_add(out, (struct slice){chunk, (size_t)(to - chunk)});
}

/* Converts all of bytes; every turn consumes some of it or ends. */
static void
convert(iconv_t handle, struct slice bytes, struct buf *out)
{
	char *in = (char *)(uintptr_t)bytes.p;
	size_t left = bytes.len;

	(void)iconv(handle, NULL, NULL, NULL, NULL);
	while (left > 0) {
		char chunk[CHUNK_BYTES], *to = chunk;
		size_t room = sizeof(chunk), before = left;
		size_t result = iconv(handle, &in, &left, &to, &room);
		int reason = result == (size_t)-1 ? errno : 0;

		buf_add(out, (struct slice){chunk, (size_t)(to - chunk)});
		if (reason == EINVAL) {
			buf_add(out, replacement);
			break;
		}
		if (reason == EILSEQ) {
			buf_add(out, replacement);
			in++;
			left--;
		} else if (left == before) {
			break;
		}
	}
	drain(handle, out);
}

/* No line ends, no NUL: a value stays one line of text. */
static void
blank_controls(struct buf *out, size_t from)
{
	for (size_t i = from; i < out->len; i++) {
		if ((unsigned char)out->p[i] < 0x20 && out->p[i] != '\t')
			out->p[i] = ' ';
	}
}

bool
charset_to_utf8(struct charset_cache *cache, struct slice charset,
	struct slice bytes, struct buf *out)
{
	size_t i, from = out->len;
	iconv_t handle;

	for (i = 0; i < sizeof(builtin) / sizeof(*builtin); i++) {
		if (slice_equal_fold(builtin[i].name, charset)) {
			builtin[i].add(out, bytes);
			blank_controls(out, from);
			return true;
		}
	}
	handle = find_converter(cache, charset);
	if (handle == NULL)
		return false;
	convert(handle, bytes, out);
	blank_controls(out, from);
	return true;
}
