/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sigma strings: read into tokens, then lowered to the cheapest test that
 * means the same. Most become a comparison; what has wildcards inside is
 * matched by the classic walk that goes back only to the last star, so its
 * cost is at most length times length, on values that are capped.
 */
#include "sigma/pattern.h"

#include "base/fold.h"

#include <string.h>

static bool
is_special(char c)
{
	return c == '*' || c == '?' || c == '\\';
}

static uint16_t
wildcard_of(char c)
{
	return c == '*' ? TOKEN_MANY : c == '?' ? TOKEN_ONE : (unsigned char)c;
}

bool
pattern_draft_parse(struct arena *arena, struct slice text, struct draft *out)
{
	uint16_t *tokens = arena_array(arena, text.len, sizeof(*tokens));
	size_t i, count = 0;

	if (tokens == NULL)
		return false;
	for (i = 0; i < text.len; i++) {
		if (text.p[i] == '\\' && i + 1 < text.len &&
			is_special(text.p[i + 1])) {
			tokens[count++] = (unsigned char)text.p[++i];
		} else {
			tokens[count++] = wildcard_of(text.p[i]);
		}
	}
	*out = (struct draft){tokens, count};
	return true;
}

bool
pattern_draft_literal(struct arena *arena, struct slice text, struct draft *out)
{
	uint16_t *tokens = arena_array(arena, text.len, sizeof(*tokens));

	if (tokens == NULL)
		return false;
	for (size_t i = 0; i < text.len; i++)
		tokens[i] = (unsigned char)text.p[i];
	*out = (struct draft){tokens, text.len};
	return true;
}

bool
pattern_draft_open(
	struct arena *arena, bool before, bool after, struct draft *draft)
{
	uint16_t *tokens =
		arena_array(arena, draft->count + 2, sizeof(*tokens));
	size_t count = 0;

	if (tokens == NULL)
		return false;
	before = before && (draft->count == 0 || draft->at[0] != TOKEN_MANY);
	after = after &&
		(draft->count == 0 ||
			draft->at[draft->count - 1] != TOKEN_MANY);
	if (before)
		tokens[count++] = TOKEN_MANY;
	if (draft->count > 0) {
		memcpy(tokens + count, draft->at,
			draft->count * sizeof(*tokens));
	}
	count += draft->count;
	if (after)
		tokens[count++] = TOKEN_MANY;
	*draft = (struct draft){tokens, count};
	return true;
}

bool
pattern_draft_has_wildcards(const struct draft *draft)
{
	for (size_t i = 0; i < draft->count; i++) {
		if (draft->at[i] > 255)
			return true;
	}
	return false;
}

/* The run of bytes at from, as text. */
static struct slice
run_bytes(
	struct arena *arena, const struct draft *draft, size_t from, size_t to)
{
	char *p = arena_alloc(arena, to - from + 1);

	if (p == NULL)
		return (struct slice){NULL, 0};
	for (size_t i = from; i < to; i++)
		p[i - from] = (char)draft->at[i];
	return (struct slice){p, to - from};
}

struct slice
pattern_draft_bytes(struct arena *arena, const struct draft *draft)
{
	return run_bytes(arena, draft, 0, draft->count);
}

static size_t
run_end(const struct draft *draft, size_t from)
{
	while (from < draft->count && draft->at[from] < 256)
		from++;
	return from;
}

/* The same draft with every run of bytes folded. */
static bool
draft_fold(struct arena *arena, struct draft *draft)
{
	/* Folding grows a run by half at most. */
	uint16_t *tokens =
		arena_array(arena, draft->count * 2 + 1, sizeof(*tokens));
	size_t at = 0, count = 0, end, i;

	if (tokens == NULL)
		return false;
	while (at < draft->count) {
		struct slice run;

		end = run_end(draft, at);
		if (end == at) {
			tokens[count++] = draft->at[at++];
			continue;
		}
		run = run_bytes(arena, draft, at, end);
		run = run.p != NULL ? fold_text(arena, run) : run;
		if (run.p == NULL)
			return false;
		for (i = 0; i < run.len; i++)
			tokens[count++] = (unsigned char)run.p[i];
		at = end;
	}
	*draft = (struct draft){tokens, count};
	return true;
}

static void
longest_run(const struct draft *draft, size_t *from, size_t *to)
{
	size_t end;

	*from = *to = 0;
	for (size_t at = 0; at < draft->count; at = end + (end == at)) {
		end = run_end(draft, at);
		if (end - at > *to - *from) {
			*from = at;
			*to = end;
		}
	}
}

/* Stars at both ends and no other wildcard: which test is it? */
static enum pattern_kind
kind_of(bool star_before, bool star_after)
{
	if (star_before)
		return star_after ? PATTERN_CONTAINS : PATTERN_SUFFIX;
	return star_after ? PATTERN_PREFIX : PATTERN_EQUAL;
}

bool
pattern_compile(struct arena *arena, const struct draft *draft, bool fold,
	struct pattern *out)
{
	size_t first = 0, last, from, to;

	*out = (struct pattern){.kind = PATTERN_GLOB, .glob = *draft};
	if (fold && !draft_fold(arena, &out->glob))
		return false;
	last = out->glob.count;
	while (first < last && out->glob.at[first] == TOKEN_MANY)
		first++;
	while (last > first && out->glob.at[last - 1] == TOKEN_MANY)
		last--;
	if (first == last && out->glob.count > 0) {
		out->kind = PATTERN_ANYTHING;
		return true;
	}
	longest_run(&out->glob, &from, &to);
	out->text = run_bytes(arena, &out->glob, from, to);
	if (to - from == last - first)
		out->kind = kind_of(first > 0, last < out->glob.count);
	return out->text.p != NULL;
}

/* Length of the dash of |windash at s, or 0. */
static size_t
dash_length(struct slice s)
{
	if (s.len > 0 && (s.p[0] == '-' || s.p[0] == '/'))
		return 1;
	if (s.len >= 3 && memcmp(s.p, "\xE2\x80", 2) == 0 &&
		(unsigned char)s.p[2] >= 0x93 && (unsigned char)s.p[2] <= 0x95)
		return 3;
	return 0;
}

/* How many bytes of text at at the token takes; 0: it does not fit. */
static size_t
token_takes(uint16_t token, struct slice text, size_t at)
{
	size_t next;

	if (at >= text.len)
		return 0;
	if (token < 256)
		return (unsigned char)text.p[at] == token;
	if (token == TOKEN_DASH)
		return dash_length(slice_sub(text, at, text.len));
	(void)fold_decode(text, at, &next);
	return next - at;
}

static bool
glob_test(const struct draft *glob, struct slice text)
{
	size_t token = 0, at = 0, star = SIZE_MAX, star_at = 0, took;

	while (at < text.len || token < glob->count) {
		if (token < glob->count && glob->at[token] == TOKEN_MANY) {
			star = token++;
			star_at = at;
			continue;
		}
		took = token < glob->count
			? token_takes(glob->at[token], text, at)
			: 0;
		if (took > 0) {
			token++;
			at += took;
			continue;
		}
		if (star == SIZE_MAX || star_at >= text.len)
			return false;
		token = star + 1;
		at = ++star_at;
	}
	return true;
}

static bool
starts(struct slice text, struct slice with)
{
	return text.len >= with.len && memcmp(text.p, with.p, with.len) == 0;
}

static bool
ends(struct slice text, struct slice with)
{
	return text.len >= with.len &&
		memcmp(text.p + text.len - with.len, with.p, with.len) == 0;
}

bool
pattern_test(const struct pattern *pattern, struct slice text)
{
	switch (pattern->kind) {
	case PATTERN_ANYTHING:
		return true;
	case PATTERN_EQUAL:
		return slice_equal(text, pattern->text);
	case PATTERN_PREFIX:
		return starts(text, pattern->text);
	case PATTERN_SUFFIX:
		return ends(text, pattern->text);
	case PATTERN_CONTAINS:
		return slice_find(text, pattern->text) != SLICE_NONE;
	case PATTERN_GLOB:
		break;
	}
	return glob_test(&pattern->glob, text);
}
