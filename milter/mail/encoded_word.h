/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encoded words (RFC 2047, RFC 2231 section 5) as mail programs read them:
 * also where they touch other text, hold spaces, or stand in quotes.
 */
#ifndef MAIL_ENCODED_WORD_H
#define MAIL_ENCODED_WORD_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>

struct encoded_word {
	struct slice raw; /* all of it */
	struct slice charset; /* without the language */
	struct slice text; /* still encoded */
	char encoding; /* 'B' or 'Q' */
};

/* The encoded word that s starts with; false if it starts with none. */
bool encoded_word_parse(struct slice s, struct encoded_word *out);

/*
 * value with its encoded words decoded to UTF-8; borrows it where there are
 * none. Bytes that their charset does not know become U+FFFD, controls
 * become spaces; a word whose charset or encoding cannot be read stays as it
 * is written. When the arena is full the value comes back as it was.
 */
struct slice encoded_words_decode(struct arena *, struct slice value);

#endif
