/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text patterns: what a Sigma string is once its wildcards and escapes are
 * read. A draft is the string as tokens, which modifiers transform; a
 * pattern is what is left to do at run time.
 */
#ifndef SIGMA_PATTERN_H
#define SIGMA_PATTERN_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tokens below 256 are bytes. */
enum {
	TOKEN_MANY = 256, /* * : any text, also none */
	TOKEN_ONE, /* ? : one character */
	TOKEN_DASH /* of |windash: - / U+2013 U+2014 U+2015 */
};

struct draft {
	const uint16_t *at;
	size_t count;
};

/*
 * Reads a string as Sigma 2.1.0 ("Wildcards", "Escaping") writes it: * and ?
 * are wildcards, \* \? \\ are those characters, any other backslash is
 * itself. False when the arena is full.
 */
bool pattern_draft_parse(struct arena *, struct slice text, struct draft *out);
/* The bytes as they are, without wildcards. */
bool pattern_draft_literal(
	struct arena *, struct slice text, struct draft *out);
/* With a * before and after, unless one is there. */
bool pattern_draft_open(
	struct arena *, bool before, bool after, struct draft *);
bool pattern_draft_has_wildcards(const struct draft *);
/* The bytes of a draft without wildcards; absent when the arena is full. */
struct slice pattern_draft_bytes(struct arena *, const struct draft *);

enum pattern_kind {
	PATTERN_ANYTHING, /* any text, also the empty one */
	PATTERN_EQUAL,
	PATTERN_PREFIX,
	PATTERN_SUFFIX,
	PATTERN_CONTAINS,
	PATTERN_GLOB
};

struct pattern {
	enum pattern_kind kind;
	struct slice text; /* of GLOB: its longest run of bytes */
	struct draft glob;
};

/* fold: the pattern will be tested on folded text. False: arena full. */
bool pattern_compile(
	struct arena *, const struct draft *, bool fold, struct pattern *out);
bool pattern_test(const struct pattern *, struct slice text);

#endif
