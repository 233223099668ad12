/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of Redis: escaped, tagged, taken apart again. */
#include "store/redis/redis_key.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/codec.h"
#include "base/date.h"
#include "store/key.h"

#include <string.h>

static bool
is_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7F && strchr("%{}\"'\\*?[", c) == NULL;
}

/* An empty text is "%" alone: an empty tag would be none. */
static void
add_escaped(struct buf *buf, struct slice text)
{
	struct key_text room;

	text = key_bound(text, &room);
	if (text.len == 0)
		buf_add_byte(buf, '%');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (is_plain(c)) {
			buf_add_byte(buf, (char)c);
		} else {
			codec_add_escape(buf, '%', (char)c);
		}
	}
}

static struct slice
finish(struct arena *arena, struct buf *buf)
{
	struct slice key = {NULL, 0};

	if (buf_ok(buf))
		key = arena_copy(arena, buf_slice(buf));
	buf_fini(buf);
	return key;
}

struct slice
redis_key_tagged(struct arena *arena, const char *prefix, const char *kind,
	struct slice text, struct slice rest)
{
	struct buf buf = {0};

	buf_printf(&buf, "%s:%s:{", prefix, kind);
	add_escaped(&buf, text);
	buf_add_byte(&buf, '}');
	if (rest.p != NULL) {
		buf_add_byte(&buf, ':');
		add_escaped(&buf, rest);
	}
	return finish(arena, &buf);
}

struct slice
redis_key_plain(struct arena *arena, const char *prefix, const char *kind,
	struct slice text)
{
	struct buf buf = {0};

	buf_printf(&buf, "%s:%s", prefix, kind);
	if (text.p != NULL) {
		buf_add_byte(&buf, ':');
		add_escaped(&buf, text);
	}
	return finish(arena, &buf);
}

struct slice
redis_key_top(struct arena *arena, const char *prefix, int64_t at_ms)
{
	char text[DATE_TEXT_BYTES];

	date_print(at_ms, text);
	return redis_key_plain(arena, prefix, "top",
		slice_sub(slice_of(text), 0, sizeof "2026-11-21" - 1));
}

struct slice
redis_key_routed(struct arena *arena, const char *prefix, unsigned part)
{
	return arena_printf(
		arena, "%s:routed:%x", prefix, part % REDIS_KEY_PARTS);
}

struct slice
redis_key_place(struct arena *arena, struct slice group, struct slice policy)
{
	struct buf buf = {0};

	buf_add_byte(&buf, '{');
	add_escaped(&buf, group);
	buf_puts(&buf, "}:");
	add_escaped(&buf, policy);
	return finish(arena, &buf);
}

/* "%" alone is an empty text. */
static struct slice
unescape(struct arena *arena, struct slice text)
{
	char *out = arena_bytes(arena, text.len + 1);

	if (out == NULL || slice_equal(text, SLICE("%")))
		return (struct slice){out, 0};
	return (struct slice){out, codec_unescape(text, '%', out)};
}

struct slice
redis_key_parse(struct arena *arena, const char *prefix, struct slice key,
	struct slice *text, struct slice *rest)
{
	struct slice kind, start = slice_of(prefix);
	size_t open, close;

	*text = *rest = (struct slice){NULL, 0};
	if (key.len <= start.len ||
		!slice_equal(slice_sub(key, 0, start.len), start) ||
		key.p[start.len] != ':')
		return (struct slice){NULL, 0};
	key = slice_sub(key, start.len + 1, key.len);
	if (!slice_next(&key, ':', &kind))
		return (struct slice){NULL, 0};
	open = slice_find_byte(key, '{', 0);
	close = slice_find_byte(key, '}', 0);
	if (open == 0 && close != SLICE_NONE) {
		*text = unescape(arena, slice_sub(key, 1, close));
		if (close + 1 < key.len) {
			*rest = unescape(
				arena, slice_sub(key, close + 2, key.len));
		}
	}
	return kind;
}

/* CRC-16/XMODEM: polynomial 0x1021, from 0. */
static uint16_t
crc16(struct slice s)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < s.len; i++) {
		crc = (uint16_t)(crc ^ (unsigned char)s.p[i] << 8);
		for (int bit = 0; bit < 8; bit++) {
			crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021
						      : crc << 1);
		}
	}
	return crc;
}

uint16_t
redis_key_slot(struct slice key)
{
	size_t open = slice_find_byte(key, '{', 0);
	size_t close = open != SLICE_NONE ? slice_find_byte(key, '}', open + 1)
					  : SLICE_NONE;

	if (close != SLICE_NONE && close > open + 1)
		key = slice_sub(key, open + 1, close);
	return crc16(key) % REDIS_KEY_SLOTS;
}

unsigned
redis_key_part(struct slice name)
{
	struct key_text room;

	return crc16(key_bound(name, &room)) % REDIS_KEY_PARTS;
}
