/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tokens of Sieve (RFC 5228 section 2 and 8.1): what a comment, a string
 * or a text: holds is none. Whatever is no Sieve is a sign of its own, so that
 * reading never stops before the end.
 */
#ifndef MTA_RULES_SIEVE_TOKEN_H
#define MTA_RULES_SIEVE_TOKEN_H

#include "base/arena.h"
#include "base/slice.h"

enum sieve_token_kind {
	SIEVE_END,
	SIEVE_WORD, /* an identifier or a number */
	SIEVE_TAG, /* with its colon */
	SIEVE_STRING, /* text: without quotes and backslashes */
	SIEVE_SIGN /* one of "()[]{},;", or what belongs nowhere */
};

struct sieve_token {
	enum sieve_token_kind kind;
	struct slice text;
	char sign; /* of SIEVE_SIGN, else 0 */
	unsigned line; /* where it begins, from 1 */
	size_t from, to; /* in the script */
};

struct sieve_lexer {
	struct arena *arena;
	struct slice script;
	size_t at;
	unsigned line;
};

struct sieve_lexer sieve_token_lexer(struct arena *, struct slice script);
/* The next one; SIEVE_END at the end, for ever. */
struct sieve_token sieve_token_next(struct sieve_lexer *);

#endif
