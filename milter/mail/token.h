/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lexical tokens of structured header fields (RFC 5322 section 3.2):
 * atoms, quoted strings, comments, domain literals and specials. Shared by
 * addresses, parameters, Received lines and dates.
 *
 * An atom may hold dots, UTF-8 and whatever else is neither white space nor
 * special; an encoded word is one atom, whatever it holds. A quote, comment
 * or literal that is never closed is a special of one byte, and what follows
 * it is read as if it were not there, so that nothing can hide behind it.
 * Reading is linear in the length of the text.
 */
#ifndef MAIL_TOKEN_H
#define MAIL_TOKEN_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>

enum token_kind {
	TOKEN_END,
	TOKEN_ATOM,
	TOKEN_QUOTED,
	TOKEN_COMMENT,
	TOKEN_LITERAL,
	TOKEN_SPECIAL
};

struct token {
	enum token_kind kind;
	char special; /* the byte of a TOKEN_SPECIAL, else 0 */
	struct slice raw; /* with its delimiters */
};

/* Where reading is; copy it to come back to the place. */
struct lexer {
	const char *at, *end;
	bool open_quote, open_comment, open_literal; /* one was not closed */
};

struct lexer token_lexer(struct slice text);
/* The next token; TOKEN_END at the end, for ever. */
struct token token_next(struct lexer *);
/* As token_next(), passing over comments. */
struct token token_next_word(struct lexer *);
/* Without its delimiters, backslashes still there. */
struct slice token_inside(struct token);
/* What it stands for: of a quoted string or a comment the inside without
 * backslashes, else raw. Borrows where it can; absent when the arena is
 * full. */
struct slice token_text(struct arena *, struct token);
/* The same for the inside of a quoted string. */
struct slice token_unquote(struct arena *, struct slice inside);

/* What is left between the words of a text when comments are gone. */
enum token_join {
	TOKEN_JOIN_WRITTEN, /* words as written, one space where they do not
			     * touch */
	TOKEN_JOIN_PHRASE, /* what they stand for, spaced alike, without lone
			    * quotes */
	TOKEN_JOIN_CHAIN, /* what they stand for, without spaces */
};
/* In new memory; absent when the arena is full. */
struct slice token_join(struct arena *, struct slice text, enum token_join);

/* Is the byte one of an atom (or a dot)? */
extern const unsigned char token_classes[256];
#define TOKEN_CLASS_ATOM 0
static inline bool
token_is_atom_byte(char byte)
{
	return token_classes[(unsigned char)byte] == TOKEN_CLASS_ATOM;
}

#endif
