/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that strangers wrote. */
#include "verdict/event_value.h"

#define CHARACTER_BYTES 4 /* of UTF-8, at most */

static struct slice
cut(struct slice text)
{
	size_t len = EVENT_VALUE_BYTES;

	if (text.len <= EVENT_VALUE_BYTES)
		return text;
	while (len > EVENT_VALUE_BYTES - CHARACTER_BYTES &&
		((unsigned char)text.p[len] & 0xc0) == 0x80)
		len--;
	return slice_sub(text, 0, len);
}

bool
event_value_write(struct json_writer *json, const char *key, struct slice text)
{
	struct buf visible = {0};
	struct slice kept = cut(text);

	if (slice_is_utf8(kept) &&
		slice_find_byte(kept, 0x7f, 0) == SLICE_NONE) {
		json_writer_text(json, key, kept);
		return kept.len == text.len;
	}
	buf_add_visible(&visible, kept);
	json_writer_text(json, key, buf_slice(&visible));
	buf_fini(&visible);
	return false;
}
