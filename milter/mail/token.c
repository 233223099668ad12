/* SPDX-License-Identifier: BSD-2-Clause */
/* The tokens of structured header fields. */
#include "mail/token.h"

#include "mail/encoded_word.h"

#include <string.h>

/* Far above the 75 of RFC 2047, and a bound on what is searched for the end
 * of a word that has none. */
#define WORD_BYTES_MAX 1024

enum byte_class {
	BYTE_ATOM = TOKEN_CLASS_ATOM, /* the rest: atext, dots, controls, eight
					 bits */
	BYTE_SPACE,
	BYTE_SPECIAL,
	BYTE_PAIRED /* a special that find_close() looks at */
};

const unsigned char token_classes[256] = {
	[' '] = BYTE_SPACE,
	['\t'] = BYTE_SPACE,
	['\r'] = BYTE_SPACE,
	['\n'] = BYTE_SPACE,
	['('] = BYTE_PAIRED,
	[')'] = BYTE_PAIRED,
	['<'] = BYTE_SPECIAL,
	['>'] = BYTE_SPECIAL,
	['['] = BYTE_PAIRED,
	[']'] = BYTE_PAIRED,
	[':'] = BYTE_SPECIAL,
	[';'] = BYTE_SPECIAL,
	['@'] = BYTE_SPECIAL,
	['\\'] = BYTE_PAIRED,
	[','] = BYTE_SPECIAL,
	['"'] = BYTE_PAIRED,
};

struct lexer
token_lexer(struct slice text)
{
	return (struct lexer){
		.at = text.p,
		.end = text.len > 0 ? text.p + text.len : text.p,
	};
}

/* The end of what opens at p, after its closing byte; NULL if there is none.
 * Only comments nest. */
static const char *
find_close(const char *p, const char *end, char opening, char closing)
{
	size_t depth = 1;

	for (p++; p < end; p++) {
		if (token_classes[(unsigned char)*p] != BYTE_PAIRED)
			continue;
		if (*p == '\\' && p + 1 < end) {
			p++;
		} else if (*p == closing) {
			if (--depth == 0)
				return p + 1;
		} else if (*p == opening) {
			depth += opening == '(';
		}
	}
	return NULL;
}

static struct token
make_token(enum token_kind kind, const char *from, const char *to)
{
	return (struct token){
		.kind = kind,
		.special = kind == TOKEN_SPECIAL ? *from : '\0',
		.raw = {from, (size_t)(to - from)},
	};
}

/* Of the encoded word at p; 0 if there is none. */
static size_t
encoded_word_length(const char *p, const char *end)
{
	struct slice rest = {p, (size_t)(end - p)};
	struct encoded_word word;

	rest = slice_sub(rest, 0, WORD_BYTES_MAX);
	return encoded_word_parse(rest, &word) ? word.raw.len : 0;
}

static struct token
read_atom(struct lexer *lexer)
{
	const char *from = lexer->at, *p = from;

	if (*p == '=')
		p += encoded_word_length(from, lexer->end);
	while (p < lexer->end && token_classes[(unsigned char)*p] == BYTE_ATOM)
		p++;
	lexer->at = p;
	return make_token(TOKEN_ATOM, from, p);
}

/* A special, or what it opens. */
static struct token
read_special(struct lexer *lexer)
{
	const char *from = lexer->at, *to = NULL;
	enum token_kind kind = TOKEN_SPECIAL;
	char closing = '\0';
	bool *open = NULL;

	if (*from == '"') {
		kind = TOKEN_QUOTED;
		closing = '"';
		open = &lexer->open_quote;
	} else if (*from == '(') {
		kind = TOKEN_COMMENT;
		closing = ')';
		open = &lexer->open_comment;
	} else if (*from == '[') {
		kind = TOKEN_LITERAL;
		closing = ']';
		open = &lexer->open_literal;
	}
	if (open != NULL && !*open) {
		to = find_close(from, lexer->end, *from, closing);
		*open = to == NULL;
	}
	lexer->at = to != NULL ? to : from + 1;
	return make_token(to != NULL ? kind : TOKEN_SPECIAL, from, lexer->at);
}

struct token
token_next(struct lexer *lexer)
{
	while (lexer->at < lexer->end &&
		token_classes[(unsigned char)*lexer->at] == BYTE_SPACE)
		lexer->at++;
	if (lexer->at == lexer->end)
		return (struct token){.raw = {lexer->end, 0}};
	if (token_classes[(unsigned char)*lexer->at] == BYTE_ATOM)
		return read_atom(lexer);
	return read_special(lexer);
}

struct token
token_next_word(struct lexer *lexer)
{
	struct token token;

	do {
		token = token_next(lexer);
	} while (token.kind == TOKEN_COMMENT);
	return token;
}

struct slice
token_inside(struct token token)
{
	if (token.kind == TOKEN_ATOM || token.kind == TOKEN_SPECIAL)
		return token.raw;
	return slice_sub(token.raw, 1, token.raw.len - 1);
}

struct slice
token_text(struct arena *arena, struct token token)
{
	if (token.kind != TOKEN_QUOTED && token.kind != TOKEN_COMMENT)
		return token.raw;
	return token_unquote(arena, token_inside(token));
}

struct slice
token_unquote(struct arena *arena, struct slice text)
{
	size_t i, len = 0;
	char *p;

	if (slice_find_byte(text, '\\', 0) == SLICE_NONE)
		return text;
	p = arena_bytes(arena, text.len);
	if (p == NULL)
		return (struct slice){NULL, 0};
	for (i = 0; i < text.len; i++) {
		if (text.p[i] == '\\' && i + 1 < text.len)
			i++;
		p[len++] = text.p[i];
	}
	return (struct slice){p, len};
}

struct slice
token_join(struct arena *arena, struct slice text, enum token_join join)
{
	struct lexer lexer = token_lexer(text);
	char *p = arena_bytes(arena, text.len + 1);
	const char *before = text.p;
	size_t len = 0;

	if (p == NULL)
		return (struct slice){NULL, 0};
	for (struct token token = token_next_word(&lexer);
		token.kind != TOKEN_END; token = token_next_word(&lexer)) {
		struct slice word = join == TOKEN_JOIN_WRITTEN
			? token.raw
			: token_text(arena, token);

		if (slice_is_absent(word))
			return word;
		if (join == TOKEN_JOIN_PHRASE && token.special == '"')
			continue;
		if (join != TOKEN_JOIN_CHAIN && len > 0 &&
			token.raw.p != before)
			p[len++] = ' ';
		memcpy(p + len, word.p, word.len);
		len += word.len;
		before = token.raw.p + token.raw.len;
	}
	return (struct slice){p, len};
}
