/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traces in bytes. What is packed must come back as it was: so a name is only
 * shortened if printing what it was shortened to gives the very same text.
 */
#include "store/redis/redis_trace.h"

#include "base/arena.h"
#include "base/codec.h"
#include "base/digest.h"
#include "store/bytes.h"
#include "store/redis/redis_key.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define ID_BYTES 16
#define SHARD_BYTES 2
#define MOMENT_BYTES 6
#define MOMENT_MARK 1 /* in the place of a role: a time follows */
#define PACKED_MAX 16
#define LITERAL_MAX 247
#define LONG_MAX 65535

/* The code behind a role: so many bytes as they are, or one of these. */
enum code {
	CODE_LONG = 248, /* two bytes of length, and so many */
	CODE_HASH, /* "@" and 16 hex digits */
	CODE_PRIVATE, /* "h:" and 32 hex digits */
	CODE_DIGEST, /* 32 hex digits */
	CODE_IPV4, /* "@" and an address */
	CODE_IPV6,
	CODE_END
};

static const struct shape {
	const char *mark; /* what stands before */
	int family; /* of IP; 0: hex digits */
	uint8_t bytes;
} shapes[CODE_END - CODE_HASH] = {
	{"@", 0, 8},
	{"h:", 0, 16},
	{"", 0, 16},
	{"@", AF_INET, 4},
	{"@", AF_INET6, 16},
};

static const struct shape *
shape_of(unsigned code)
{
	return code >= CODE_HASH && code < CODE_END ? &shapes[code - CODE_HASH]
						    : NULL;
}

/* Lower case alone: so it comes back as it was. */
static bool
read_hex(struct slice text, unsigned char *out, size_t bytes)
{
	if (text.len != 2 * bytes)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = codec_hex_digit(text.p[i]);

		if (digit < 0 || (text.p[i] >= 'A' && text.p[i] <= 'F'))
			return false;
		out[i / 2] = (unsigned char)(i % 2 == 0 ? digit << 4
							: out[i / 2] | digit);
	}
	return true;
}

static bool
read_ip(struct slice text, const struct shape *shape, unsigned char *out)
{
	char copy[INET6_ADDRSTRLEN] = "", again[INET6_ADDRSTRLEN];

	if (text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.len);
	return strlen(copy) == text.len &&
		inet_pton(shape->family, copy, out) == 1 &&
		inet_ntop(shape->family, out, again, sizeof(again)) != NULL &&
		strcmp(copy, again) == 0;
}

static bool
has_shape(struct slice name, const struct shape *shape, unsigned char *out)
{
	struct slice mark = slice_of(shape->mark);

	if (!slice_equal(slice_sub(name, 0, mark.len), mark))
		return false;
	name = slice_sub(name, mark.len, name.len);
	return shape->family != 0 ? read_ip(name, shape, out)
				  : read_hex(name, out, shape->bytes);
}

/* Code and bytes to where there is room for the name, PACKED_MAX and three
 * bytes more; how many. */
static size_t
pack_name(struct slice name, char *out)
{
	size_t len = name.len < LONG_MAX ? name.len : LONG_MAX, head = 1;
	unsigned char packed[PACKED_MAX];

	for (unsigned code = CODE_HASH; code < CODE_END; code++) {
		const struct shape *shape = shape_of(code);

		if (!has_shape(name, shape, packed))
			continue;
		out[0] = (char)code;
		memcpy(out + 1, packed, shape->bytes);
		return 1 + shape->bytes;
	}
	out[0] = (char)len;
	if (len > LITERAL_MAX) {
		out[0] = (char)CODE_LONG;
		out[head++] = (char)(len >> 8);
		out[head++] = (char)(len & 0xFF);
	}
	if (len > 0)
		memcpy(out + head, name.p, len);
	return head + len;
}

struct slice
redis_trace_pack(struct arena *arena, struct slice member)
{
	char *out = arena_bytes(arena, 4 + PACKED_MAX + member.len);
	size_t len;

	if (out == NULL || member.len == 0)
		return out == NULL ? (struct slice){NULL, 0} : SLICE("");
	out[0] = member.p[0];
	len = 1 + pack_name(slice_sub(member, 1, member.len), out + 1);
	return (struct slice){out, len};
}

static bool
is_among(const struct slice *names, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(names[i], name))
			return true;
	}
	return false;
}

struct slice
redis_trace_pack_all(struct arena *arena, const struct store_remember *remember,
	uint32_t cap, bool *simple)
{
	struct slice *names =
		arena_array(arena, remember->count, sizeof(*names));
	size_t firsts = 0;

	*simple = remember->count <= cap;
	for (size_t i = 0; names != NULL && i < remember->count; i++) {
		struct slice member = remember->members[i];

		names[i] = redis_trace_pack(arena, member);
		if (names[i].p == NULL)
			return names[i];
		firsts += member.len > 0 && member.p[0] >= 'A' &&
			member.p[0] <= 'Z';
		*simple = *simple && firsts <= cap / 2 &&
			!slice_equal(member, STORE_MEMBER_CUT) &&
			!is_among(names, i, names[i]);
	}
	return names != NULL ? arena_join(arena, names, remember->count)
			     : (struct slice){NULL, 0};
}

static struct slice
moment_word(struct arena *arena, bool marked, int64_t at_ms)
{
	char bytes[1 + MOMENT_BYTES] = {MOMENT_MARK};

	(void)bytes_put(bytes + 1, (uint64_t)at_ms, MOMENT_BYTES);
	return arena_copy(arena,
		marked ? (struct slice){bytes, sizeof(bytes)}
		       : (struct slice){bytes + 1, MOMENT_BYTES});
}

struct slice
redis_trace_word(struct arena *arena, const struct store_recall *recall,
	int64_t ahead_ms)
{
	struct slice *parts =
		arena_array(arena, 2 * recall->count, sizeof(*parts));
	const struct store_member *oldest = recall->members + recall->count;
	int64_t last_ms = 0;
	size_t count = 0;

	for (size_t i = 1; parts != NULL && i <= recall->count; i++) {
		const struct store_member *member = oldest - i;

		if (count == 0 || member->at_ms != last_ms) {
			parts[count] = moment_word(
				arena, count > 0, member->at_ms + ahead_ms);
			count++;
		}
		last_ms = member->at_ms;
		parts[count++] = redis_trace_pack(arena, member->name);
	}
	return parts != NULL ? arena_join(arena, parts, count)
			     : (struct slice){NULL, 0};
}

/* The id's digest: its own digits, or one of it. */
static bool
id_bytes(struct slice id, unsigned char out[DIGEST_BYTES])
{
	return read_hex(id, out, ID_BYTES) || digest_parts(&id, 1, out);
}

struct slice
redis_trace_key(struct arena *arena, const char *prefix, struct slice id)
{
	unsigned char bytes[DIGEST_BYTES];
	char shard[2 * SHARD_BYTES + 1];

	if (!id_bytes(id, bytes))
		return (struct slice){NULL, 0};
	codec_hex(bytes, SHARD_BYTES, shard);
	return redis_key_tagged(arena, prefix, "trace", slice_of(shard),
		(struct slice){NULL, 0});
}

struct slice
redis_trace_hash(struct arena *arena, const char *prefix, unsigned number)
{
	const unsigned char bytes[SHARD_BYTES] = {
		(unsigned char)(number >> 8), (unsigned char)number};
	char shard[2 * SHARD_BYTES + 1];

	codec_hex(bytes, SHARD_BYTES, shard);
	return redis_key_tagged(arena, prefix, "trace", slice_of(shard),
		(struct slice){NULL, 0});
}

struct slice
redis_trace_field(struct arena *arena, struct slice id)
{
	unsigned char bytes[DIGEST_BYTES];

	if (!id_bytes(id, bytes))
		return (struct slice){NULL, 0};
	return arena_copy(arena,
		(struct slice){(const char *)bytes + SHARD_BYTES,
			REDIS_TRACE_FIELD_BYTES});
}

/* Cuts so many bytes off; false: there are not so many. */
static bool
take(struct slice *rest, size_t bytes, struct slice *out)
{
	if (rest->len < bytes)
		return false;
	*out = slice_sub(*rest, 0, bytes);
	*rest = slice_sub(*rest, bytes, rest->len);
	return true;
}

static bool
take_number(struct slice *rest, size_t bytes, int64_t *out)
{
	struct slice digits;

	if (!take(rest, bytes, &digits))
		return false;
	*out = 0;
	for (size_t i = 0; i < bytes; i++)
		*out = *out << 8 | (unsigned char)digits.p[i];
	return true;
}

static struct slice
unpacked(struct arena *arena, char role, const struct shape *shape,
	struct slice bytes)
{
	char text[INET6_ADDRSTRLEN] = "";
	const struct slice none = {NULL, 0};

	if (shape->family == 0) {
		codec_hex((const unsigned char *)bytes.p, bytes.len, text);
	} else if (inet_ntop(shape->family, bytes.p, text, sizeof(text)) ==
		NULL) {
		return none;
	}
	return arena_printf(arena, "%c%s%s", role, shape->mark, text);
}

/* A member behind its role. */
static bool
take_name(struct arena *arena, char role, struct slice *rest, struct slice *out)
{
	const struct slice letter = {&role, 1};
	const struct shape *shape;
	struct slice parts[2] = {letter, {NULL, 0}};
	int64_t code;

	if (!take_number(rest, 1, &code))
		return false;
	shape = shape_of((unsigned)code);
	if (shape != NULL) {
		if (!take(rest, shape->bytes, &parts[1]))
			return false;
		*out = unpacked(arena, role, shape, parts[1]);
		return out->p != NULL;
	}
	if (code >= CODE_END ||
		(code == CODE_LONG && !take_number(rest, 2, &code)) ||
		!take(rest, (size_t)code, &parts[1]))
		return false;
	*out = arena_join(arena, parts, 2);
	return out->p != NULL;
}

static bool
read_members(struct arena *arena, struct slice rest,
	struct store_member *members, size_t *count)
{
	int64_t at_ms, role;

	*count = 0;
	if (!take_number(&rest, MOMENT_BYTES, &at_ms))
		return false;
	while (take_number(&rest, 1, &role)) {
		if (role == MOMENT_MARK) {
			if (!take_number(&rest, MOMENT_BYTES, &at_ms))
				return false;
			continue;
		}
		if (!take_name(arena, (char)role, &rest, &members[*count].name))
			return false;
		members[(*count)++].at_ms = at_ms;
	}
	return true;
}

bool
redis_trace_read(
	struct arena *arena, struct slice value, struct store_recall *recall)
{
	struct store_member *members;
	size_t count;

	recall->members = NULL;
	recall->count = 0;
	if (value.len == 0)
		return true;
	/* A member has two bytes at least. */
	members = arena_array(arena, value.len / 2, sizeof(*members));
	if (members == NULL || !read_members(arena, value, members, &count))
		return false;
	for (size_t i = 0; i < count / 2; i++) {
		struct store_member newest = members[count - 1 - i];

		members[count - 1 - i] = members[i];
		members[i] = newest;
	}
	recall->members = members;
	recall->count =
		recall->cap < count && recall->cap > 0 ? recall->cap : count;
	return true;
}
