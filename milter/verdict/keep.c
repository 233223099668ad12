/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and members of traces. */
#include "verdict/keep.h"

#include "base/codec.h"
#include "base/digest.h"
#include "store/store.h"

#define KEY_BYTES 16

struct slice
keep_trace_key(struct arena *arena, struct slice message_id)
{
	unsigned char digest[DIGEST_BYTES];
	char hex[2 * KEY_BYTES + 1];

	digest_parts(&message_id, 1, digest);
	codec_hex(digest, KEY_BYTES, hex);
	return arena_copy(arena, slice_of(hex));
}

struct slice
keep_judged_key(struct arena *arena, struct slice event_id)
{
	return keep_trace_key(
		arena, arena_printf(arena, "judged:%.*s", SLICE_ARG(event_id)));
}

static const char role_letters[] = {
	[TRACE_MAILBOX] = STORE_ROLE_MAILBOX,
	[TRACE_PARTICIPANT] = 'p',
	[TRACE_AUTHOR] = 'a',
	[TRACE_CLAIMED] = 'c',
	[TRACE_CLIENT] = 'i',
	[TRACE_LOGIN] = 'l',
	[TRACE_CUT] = 'x',
};

/* A participant's hash is written as a domain alone, so that a store which
 * hides addresses hides it, too: without the key it could be guessed. */
static const char *const role_marks[] = {
	[TRACE_MAILBOX] = "",
	[TRACE_PARTICIPANT] = "@",
	[TRACE_AUTHOR] = "@",
	[TRACE_CLAIMED] = "",
	[TRACE_CLIENT] = "",
	[TRACE_LOGIN] = "",
	[TRACE_CUT] = "",
};

struct slice
keep_encode(struct arena *arena, const struct trace_member *member)
{
	return arena_printf(arena, "%c%s%.*s", role_letters[member->role],
		role_marks[member->role], SLICE_ARG(member->who));
}

bool
keep_decode(struct slice name, struct trace_member *out)
{
	if (name.len < 2)
		return false;
	if (name.p[0] == role_letters[TRACE_MAILBOX]) {
		out->role = TRACE_MAILBOX;
	} else if (name.p[0] == role_letters[TRACE_PARTICIPANT]) {
		out->role = TRACE_PARTICIPANT;
	} else {
		return false;
	}
	out->who = slice_sub(name, 1, name.len);
	if (out->role == TRACE_PARTICIPANT && out->who.p[0] == '@')
		out->who = slice_sub(out->who, 1, out->who.len);
	return true;
}
