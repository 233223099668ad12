/* SPDX-License-Identifier: BSD-2-Clause */
/* Unfolding, decoding, and the parameters of structured fields. */
#include "mail/field.h"

#include "base/buf.h"
#include "base/codec.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/token.h"

#include <string.h>

/* Pieces of one continued parameter that are read. */
#define PIECES_MAX 16

struct slice
field_unfold(struct arena *arena, struct slice raw)
{
	struct slice rest = slice_trim(raw), line;
	size_t len = 0;
	char *p;

	if (slice_find_byte(rest, '\n', 0) == SLICE_NONE)
		return rest;
	p = arena_bytes(arena, rest.len);
	if (p == NULL)
		return (struct slice){NULL, 0};
	while (slice_next(&rest, '\n', &line)) {
		bool last = slice_is_absent(rest);

		if (!last && line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		memcpy(p + len, line.p, line.len);
		len += line.len;
		/* No white space after it: a line end that nobody may see. */
		if (!last && rest.len > 0 && rest.p[0] != ' ' &&
			rest.p[0] != '\t')
			p[len++] = ' ';
	}
	return slice_trim((struct slice){p, len});
}

struct slice
field_decode(struct arena *arena, struct slice value)
{
	return encoded_words_decode(arena, value);
}

/* The next token that ends a parameter: ';' or the end. */
static struct token
skip_to_semicolon(struct lexer *lexer)
{
	struct token token;

	do {
		token = token_next_word(lexer);
	} while (token.kind != TOKEN_END && token.special != ';');
	return token;
}

struct slice
field_main(struct arena *arena, struct slice value)
{
	struct lexer lexer = token_lexer(value);
	struct token end = skip_to_semicolon(&lexer);
	struct slice text = value;

	if (slice_is_absent(value))
		return value;
	text.len = (size_t)(end.raw.p - value.p);
	if (slice_find_byte(text, '(', 0) != SLICE_NONE)
		text = token_join(arena, text, TOKEN_JOIN_WRITTEN);
	return slice_trim(text);
}

struct parameter {
	struct slice name; /* "filename", "filename*", "filename*0*" */
	struct slice value; /* a quoted one keeps its backslashes */
	bool quoted;
};

/* Specials should be quoted, but often are not: up to a comment or ';'. */
static struct slice
read_bare_value(struct lexer *lexer, struct slice start)
{
	struct lexer before = *lexer;
	struct token token = token_next(lexer);

	while (token.kind != TOKEN_END && token.kind != TOKEN_COMMENT &&
		token.special != ';') {
		before = *lexer;
		token = token_next(lexer);
	}
	*lexer = before;
	start.len = (size_t)(before.at - start.p);
	return slice_trim(start);
}

/* The value whose start stands right behind the '='; or that follows. */
static void
read_value(struct lexer *lexer, struct slice start, struct parameter *out)
{
	struct lexer before = *lexer;
	struct token token;

	if (start.len > 0) {
		out->value = read_bare_value(lexer, start);
		return;
	}
	token = token_next_word(lexer);
	out->quoted = token.kind == TOKEN_QUOTED;
	if (out->quoted) {
		out->value = token_inside(token);
	} else if (token.kind == TOKEN_END || token.special == ';') {
		*lexer = before;
		out->value = start;
	} else {
		out->value = read_bare_value(lexer, token.raw);
	}
}

/* The next parameter, lexer being before its ';'; false when none is left. */
static bool
next_parameter(struct lexer *lexer, struct parameter *out)
{
	while (skip_to_semicolon(lexer).kind != TOKEN_END) {
		struct lexer before = *lexer;
		struct token token = token_next_word(lexer);
		size_t equals = slice_find_byte(token.raw, '=', 0);

		if (token.kind != TOKEN_ATOM) {
			*lexer = before;
			continue;
		}
		*out = (struct parameter){
			.name = slice_sub(token.raw, 0, equals)};
		if (equals == SLICE_NONE) {
			before = *lexer;
			token = token_next_word(lexer);
			equals = 0;
		}
		if (token.kind != TOKEN_ATOM || token.raw.p[equals] != '=') {
			*lexer = before;
			continue;
		}
		read_value(lexer,
			slice_sub(token.raw, equals + 1, token.raw.len), out);
		return true;
	}
	return false;
}

static bool
find_parameter(struct slice value, struct slice name, struct parameter *out)
{
	struct lexer lexer = token_lexer(value);

	while (next_parameter(&lexer, out)) {
		if (slice_equal_fold(out->name, name))
			return true;
	}
	return false;
}

static void
add_percent_decoded(struct arena *arena, struct buf *out, struct slice text)
{
	char *p = arena_bytes(arena, text.len);

	if (p != NULL && text.len > 0)
		buf_add(out, (struct slice){p, codec_unescape(text, '%', p)});
}

/* "charset'language'" off the front of *text; absent if it is not there. */
static struct slice
cut_charset(struct slice *text)
{
	struct slice rest = *text, charset, language;

	if (!slice_next(&rest, '\'', &charset) ||
		!slice_next(&rest, '\'', &language) || slice_is_absent(rest))
		return (struct slice){NULL, 0};
	*text = rest;
	return charset;
}

static struct slice
to_utf8(struct arena *arena, struct slice charset, struct slice bytes)
{
	struct charset_cache cache = {0};
	struct buf out = {0};
	struct slice text;

	if (charset.len == 0)
		charset = SLICE("utf-8");
	if (!charset_to_utf8(&cache, charset, bytes, &out))
		buf_add(&out, bytes);
	text = buf_ok(&out) ? arena_copy(arena, buf_slice(&out))
			    : (struct slice){NULL, 0};
	charset_cache_fini(&cache);
	buf_fini(&out);
	return text;
}

/* RFC 2231 section 3 and 4: "name*=", or the pieces "name*0=", "name*1*=". */
static struct slice
extended_parameter(struct arena *arena, struct slice value, struct slice name)
{
	struct slice text = {NULL, 0}, charset = {NULL, 0};
	struct parameter piece;
	struct buf bytes = {0};

	for (unsigned i = 0; i <= PIECES_MAX; i++) {
		/* 0 is the value in one piece, n is piece n - 1. */
		struct slice plain = i == 0 ? SLICE("")
					    : arena_printf(arena, "%.*s*%u",
						      SLICE_ARG(name), i - 1);
		struct slice percent = i == 0
			? arena_printf(arena, "%.*s*", SLICE_ARG(name))
			: arena_printf(arena, "%.*s*", SLICE_ARG(plain));
		bool decoded = find_parameter(value, percent, &piece);

		if (!decoded && !find_parameter(value, plain, &piece)) {
			if (i == 0)
				continue;
			break;
		}
		if (decoded && i <= 1)
			charset = cut_charset(&piece.value);
		if (decoded) {
			add_percent_decoded(arena, &bytes, piece.value);
		} else {
			buf_add(&bytes, piece.value);
		}
		if (i == 0)
			break;
	}
	if (bytes.p != NULL && buf_ok(&bytes))
		text = to_utf8(arena, charset, buf_slice(&bytes));
	buf_fini(&bytes);
	return text;
}

struct slice
field_param(struct arena *arena, struct slice value, struct slice name)
{
	struct parameter parameter;

	if (find_parameter(value, name, &parameter)) {
		return parameter.quoted ? token_unquote(arena, parameter.value)
					: parameter.value;
	}
	if (slice_find_byte(value, '*', 0) == SLICE_NONE)
		return (struct slice){NULL, 0};
	return extended_parameter(arena, value, name);
}
