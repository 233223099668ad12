/* SPDX-License-Identifier: BSD-2-Clause */
/* Shortens keys. */
#include "store/key.h"

#include "base/arena.h"
#include "base/codec.h"
#include "base/digest.h"

#include <string.h>

/* "h:" and 32 hex digits: private.h. */
#define PRIVATE_NAME_LEN 34

struct slice
key_bound(struct slice text, struct key_text *room)
{
	unsigned char digest[DIGEST_BYTES];
	size_t kept = STORE_KEY_BYTES - 2 * DIGEST_BYTES - 1;

	if (text.p == NULL)
		return SLICE("");
	if (text.len <= STORE_KEY_BYTES)
		return text;
	(void)digest_parts(&text, 1, digest);
	memcpy(room->bytes, text.p, kept);
	room->bytes[kept] = '~';
	codec_hex(digest, sizeof(digest), room->bytes + kept + 1);
	return (struct slice){room->bytes, STORE_KEY_BYTES};
}

/* Is the field, in which "|" and "\\" have a backslash before them, the name?
 */
static bool
field_is(struct slice field, struct slice name)
{
	size_t at = 0, i;

	for (i = 0; i < name.len; i++) {
		if (at + 1 < field.len && field.p[at] == '\\' &&
			(name.p[i] == '\\' ||
				name.p[i] == STORE_GROUP_SEPARATOR))
			at++;
		if (at >= field.len || field.p[at++] != name.p[i])
			return false;
	}
	return at == field.len;
}

size_t
key_field_end(struct slice group, size_t at)
{
	while (at < group.len && group.p[at] != STORE_GROUP_SEPARATOR)
		at += group.p[at] == '\\' ? 2 : 1;
	return at < group.len ? at : group.len;
}

struct slice
key_field(struct arena *arena, struct slice field)
{
	char *out = arena_bytes(arena, field.len + 1);
	size_t len = 0, at;

	if (out == NULL)
		return (struct slice){NULL, 0};
	for (at = 0; at < field.len; at++) {
		if (field.p[at] == '\\' && at + 1 < field.len)
			at++;
		out[len++] = field.p[at];
	}
	return (struct slice){out, len};
}

void
key_digest(struct slice group, struct key_digest *out)
{
	unsigned char digest[DIGEST_BYTES] = {0};

	(void)digest_parts(&group, 1, digest);
	out->text[0] = '-';
	codec_hex(digest, 16, out->text + 1);
}

struct slice
key_digest_text(const struct key_digest *digest)
{
	return (struct slice){digest->text, sizeof(digest->text) - 1};
}

void
key_add_field(struct buf *group, struct slice field)
{
	if (group->len > 0)
		buf_add_byte(group, STORE_GROUP_SEPARATOR);
	for (size_t i = 0; i < field.len; i++) {
		if (field.p[i] == STORE_GROUP_SEPARATOR || field.p[i] == '\\')
			buf_add_byte(group, '\\');
		buf_add_byte(group, field.p[i]);
	}
}

struct slice
key_contained(struct arena *arena, struct slice mailbox)
{
	struct buf about = {0};
	struct slice copy = {NULL, 0};

	key_add_field(&about, STORE_ORDER_CONTAIN);
	key_add_field(&about, mailbox);
	if (buf_ok(&about))
		copy = arena_copy(arena, buf_slice(&about));
	buf_fini(&about);
	return copy;
}

bool
key_is_address(struct slice text)
{
	return slice_find_byte(text, '@', 0) != SLICE_NONE ||
		(text.len == PRIVATE_NAME_LEN &&
			slice_starts_fold(text, SLICE("h:")));
}

bool
key_names(struct slice group, struct slice name)
{
	size_t at = 0;

	while (at <= group.len) {
		size_t end = key_field_end(group, at);

		if (field_is(slice_sub(group, at, end), name))
			return true;
		at = end + 1;
	}
	return false;
}

bool
key_member_is(struct slice member, struct slice name)
{
	return member.len > 0 &&
		slice_find_byte(SLICE(STORE_ROLES_NAMED), member.p[0], 0) !=
		SLICE_NONE &&
		slice_equal(slice_sub(member, 1, member.len), name);
}

bool
key_is_quoted_in(struct slice json, struct slice name)
{
	size_t at;

	while ((at = slice_find(json, name)) != SLICE_NONE) {
		size_t end = at + name.len;

		if (at > 0 && json.p[at - 1] == '"' && end < json.len &&
			json.p[end] == '"')
			return true;
		json = slice_sub(json, at + 1, json.len);
	}
	return false;
}
