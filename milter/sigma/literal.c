/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Required literals of a regular expression. A recursive descent over
 * branch | branch, where a branch is a row of atoms, each a character, a
 * class, a group or an escape, perhaps with a quantifier. A branch requires
 * the best of what its atoms require: its longest run of plain characters,
 * or what a group in it requires; an alternation requires one of what each
 * of its branches requires, or nothing if one of them requires nothing.
 * Everything is folded, so the case flags do not matter.
 */
#include "sigma/literal.h"

#include "base/fold.h"

#include <stdbool.h>
#include <string.h>

#define RUN_BYTES_MAX 64
#define DEPTH_MAX 16

struct parser {
	struct arena *arena;
	struct slice text;
	size_t at;
	unsigned depth;
	bool lost; /* met something not understood */
};

struct run {
	char bytes[RUN_BYTES_MAX];
	size_t len;
};

static bool
at_end(const struct parser *parser)
{
	return parser->at >= parser->text.len;
}

static char
peek(const struct parser *parser)
{
	return at_end(parser) ? '\0' : parser->text.p[parser->at];
}

/* The shorter its shortest literal, the less a set tells. */
static size_t
worth(const struct literals *set)
{
	size_t least = SIZE_MAX, i;

	for (i = 0; i < set->count; i++) {
		if (set->at[i].len < least)
			least = set->at[i].len;
	}
	return set->count > 0 ? least : 0;
}

static void
keep_better(struct literals *best, const struct literals *other)
{
	if (worth(other) > worth(best))
		*best = *other;
}

/* The run is over: is it better than what the branch has? */
static void
flush(struct parser *parser, struct run *run, struct literals *best)
{
	struct literals own = {.count = 1};
	struct slice text = {run->bytes, run->len};

	run->len = 0;
	if (text.len == 0 || text.len <= worth(best))
		return;
	own.at[0] = arena_copy(parser->arena, text);
	if (own.at[0].p != NULL)
		own.at[0] = fold_text(parser->arena, own.at[0]);
	if (own.at[0].p != NULL)
		*best = own;
}

enum quantifier {
	ONCE,
	OPTIONAL, /* zero times is possible */
	REPEATED /* once at least */
};

/* {n,m} begins with a digit or a comma; else the brace is a character. */
static bool
is_counted(const struct parser *parser)
{
	size_t close = slice_find_byte(parser->text, '}', parser->at);

	if (peek(parser) != '{' || close == SLICE_NONE ||
		close == parser->at + 1)
		return false;
	for (size_t i = parser->at + 1; i < close; i++) {
		if (strchr("0123456789, ", parser->text.p[i]) == NULL)
			return false;
	}
	return true;
}

static enum quantifier
read_quantifier(struct parser *parser)
{
	enum quantifier found = ONCE;
	char c = peek(parser);

	if (c == '*' || c == '?') {
		found = OPTIONAL;
		parser->at++;
	} else if (c == '+') {
		found = REPEATED;
		parser->at++;
	} else if (is_counted(parser)) {
		char first = parser->text.p[parser->at + 1];

		found = first >= '1' && first <= '9' ? REPEATED : OPTIONAL;
		parser->at = slice_find_byte(parser->text, '}', parser->at) + 1;
	}
	if (found != ONCE && (peek(parser) == '?' || peek(parser) == '+'))
		parser->at++;
	return found;
}

static void
skip_class(struct parser *parser)
{
	parser->at++;
	if (peek(parser) == '^')
		parser->at++;
	if (peek(parser) == ']')
		parser->at++;
	while (!at_end(parser) && peek(parser) != ']') {
		if (slice_starts_fold(slice_sub(parser->text, parser->at,
					      parser->text.len),
			    SLICE("[:"))) {
			size_t end =
				slice_find(slice_sub(parser->text, parser->at,
						   parser->text.len),
					SLICE(":]"));

			if (end != SLICE_NONE) {
				parser->at += end + 2;
				continue;
			}
		}
		if (peek(parser) == '\\')
			parser->at++;
		parser->at++;
	}
	parser->at++;
}

/* Takes a character into the run, unless its quantifier says it may be
 * missing; one that may be repeated ends the run after it. */
static void
take(struct parser *parser, struct slice character, struct run *run,
	struct literals *best)
{
	enum quantifier quantifier = read_quantifier(parser);

	if (quantifier == OPTIONAL ||
		run->len + character.len > sizeof(run->bytes)) {
		flush(parser, run, best);
		return;
	}
	memcpy(run->bytes + run->len, character.p, character.len);
	run->len += character.len;
	if (quantifier == REPEATED)
		flush(parser, run, best);
}

static void
read_escape(struct parser *parser, struct run *run, struct literals *best)
{
	struct slice character =
		slice_sub(parser->text, parser->at + 1, parser->at + 2);
	char c = character.len > 0 ? character.p[0] : '\0';
	bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;

	parser->at += 2;
	if (!word && c != '\0') {
		take(parser, character, run, best);
		return;
	}
	flush(parser, run, best);
	/* Assertions and classes of one letter take no argument. */
	if (c != '\0' && strchr("bBAzZGdDsSwWhHvVRXN", c) != NULL) {
		(void)read_quantifier(parser);
	} else if (c != '\0' && strchr("nrtfae", c) != NULL) {
		(void)read_quantifier(parser);
	} else {
		parser->lost = true;
	}
}

static void read_alternation(struct parser *, struct literals *out);

/* After "(": what kind of group is it? False: it requires nothing that can
 * be used (a negative lookahead, an unknown kind). */
static bool
read_group_head(struct parser *parser)
{
	struct slice rest =
		slice_sub(parser->text, parser->at, parser->text.len);
	size_t close;

	if (rest.len < 2 || rest.p[0] != '?')
		return true;
	if (rest.p[1] == ':' || rest.p[1] == '>' || rest.p[1] == '|') {
		parser->at += 2;
		return true;
	}
	if (rest.p[1] == '<' || rest.p[1] == 'P') {
		close = slice_find_byte(parser->text, '>', parser->at);
		if (close != SLICE_NONE)
			parser->at = close + 1;
		return close != SLICE_NONE;
	}
	if (rest.p[1] == 'i' && rest.len > 2 &&
		(rest.p[2] == ')' || rest.p[2] == ':')) {
		parser->at += rest.p[2] == ':' ? 3 : 2;
		return true;
	}
	parser->lost = true;
	return false;
}

static void
read_group(struct parser *parser, struct literals *best)
{
	struct literals inner = {.count = 0};

	parser->at++;
	if (parser->depth >= DEPTH_MAX || !read_group_head(parser)) {
		parser->lost = true;
		return;
	}
	parser->depth++;
	read_alternation(parser, &inner);
	parser->depth--;
	if (peek(parser) != ')') {
		parser->lost = true;
		return;
	}
	parser->at++;
	if (read_quantifier(parser) != OPTIONAL)
		keep_better(best, &inner);
}

static size_t
character_length(const struct parser *parser)
{
	size_t next;

	(void)fold_decode(parser->text, parser->at, &next);
	return next - parser->at;
}

static void
read_atom(struct parser *parser, struct run *run, struct literals *best)
{
	struct slice character;

	switch (peek(parser)) {
	case '\\':
		read_escape(parser, run, best);
		return;
	case '(':
		flush(parser, run, best);
		read_group(parser, best);
		return;
	case '[':
		flush(parser, run, best);
		skip_class(parser);
		(void)read_quantifier(parser);
		return;
	case '.':
	case '^':
	case '$':
		flush(parser, run, best);
		parser->at++;
		(void)read_quantifier(parser);
		return;
	default:
		character = slice_sub(parser->text, parser->at,
			parser->at + character_length(parser));
		parser->at += character.len;
		take(parser, character, run, best);
	}
}

static void
read_branch(struct parser *parser, struct literals *best)
{
	struct run run = {.len = 0};

	while (!at_end(parser) && !parser->lost && peek(parser) != '|' &&
		peek(parser) != ')')
		read_atom(parser, &run, best);
	flush(parser, &run, best);
}

/* One of what each branch requires. */
static void
join(struct literals *out, const struct literals *branch, bool first)
{
	if (first) {
		*out = *branch;
		return;
	}
	if (out->count == 0 || branch->count == 0 ||
		out->count + branch->count > LITERALS_MAX) {
		out->count = 0;
		return;
	}
	memcpy(out->at + out->count, branch->at,
		branch->count * sizeof(*branch->at));
	out->count += branch->count;
}

static void
read_alternation(struct parser *parser, struct literals *out)
{
	bool first = true;

	for (;;) {
		struct literals branch = {.count = 0};

		read_branch(parser, &branch);
		join(out, &branch, first);
		first = false;
		if (parser->lost || peek(parser) != '|')
			return;
		parser->at++;
	}
}

void
literals_of(struct arena *arena, struct slice pattern, struct literals *out)
{
	struct parser parser = {.arena = arena, .text = pattern};

	out->count = 0;
	read_alternation(&parser, out);
	if (parser.lost || !at_end(&parser))
		out->count = 0;
}
