/* SPDX-License-Identifier: BSD-2-Clause */
/* Where no grammar reads a path, its last '@' counts. */
#include "mail/path.h"

#include "mail/spec.h"
#include "mail/token.h"

static size_t
last_at(struct slice s)
{
	size_t at = s.len;

	while (at > 0 && s.p[at - 1] != '@')
		at--;
	return at > 0 ? at - 1 : SLICE_NONE;
}

/* A local part that should have been quoted, as pickup hands it on? */
static bool
is_bare(struct slice local)
{
	for (size_t i = 0; i < local.len; i++) {
		if (local.p[i] == '"' || local.p[i] == '<' || local.p[i] == '>')
			return false;
	}
	return true;
}

bool
path_parse(struct arena *arena, struct slice path, struct address *out)
{
	struct lexer lexer;
	size_t at;

	path = slice_trim(path);
	if (path.len > 0 && path.p[0] == '<')
		path = slice_sub(path, 1, path.len);
	if (path.len > 0 && path.p[path.len - 1] == '>')
		path = slice_sub(path, 0, path.len - 1);
	path = slice_trim(path);
	lexer = token_lexer(path);
	switch (spec_read(arena, &lexer, out)) {
	case SPEC_READ:
		if (token_next_word(&lexer).kind == TOKEN_END)
			return true;
		break;
	case SPEC_UNREADABLE:
		break;
	case SPEC_ARENA_FULL:
		return false;
	}
	at = last_at(path);
	if (at != SLICE_NONE && at + 1 < path.len &&
		is_bare(slice_sub(path, 0, at)) &&
		address_build(arena, slice_sub(path, 0, at),
			slice_sub(path, at + 1, path.len), out) &&
		!out->broken)
		return true;
	return address_build_broken(arena, path, out);
}
