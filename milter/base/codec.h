/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes as text and back: hex digits, base64 (RFC 4648 section 4), escapes of
 * a mark and two hex digits ("%41" of RFC 3986 section 2.1 and RFC 2231, "=41"
 * of RFC 2047, "+41" of RFC 3461 section 4). What cannot be read is told,
 * never guessed.
 */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* 0 to 15, of either case; -1 if it is none. */
int codec_hex_digit(char);
/* count * 2 lower-case digits and a NUL into text. */
void codec_hex(const unsigned char *bytes, size_t count, char *text);

/* The byte that is escaped at text.p[at]: mark and two hex digits. False if
 * no such thing begins there. */
bool codec_escape_at(struct slice text, size_t at, char mark, char *byte);
/* mark and two upper-case digits. */
void codec_add_escape(struct buf *, char mark, char byte);
/* All escapes decoded into out, of text.len bytes at least; a mark that
 * escapes nothing stays. How many bytes that makes. */
size_t codec_unescape(struct slice text, char mark, char *out);
/* "a+2Bb" becomes "a+b". Borrows where nothing is escaped. False on what is
 * not xtext: '=', a lone '+', and lower case, because "+ab" is the tag of an
 * address that nobody encoded. *out is the text itself then. */
bool codec_xtext(struct arena *, struct slice text, struct slice *out);

/* With padding; absent when the arena is full. */
struct slice codec_base64(struct arena *, struct slice bytes);
/* Digits alone, up to the padding or the end? Blanks may stand between. */
bool codec_is_base64(struct slice text);
/* Appends what the digits up to the padding mean, and passes over all else;
 * padding may be missing, and bits that fill no byte are dropped. */
void codec_add_base64_decoded(struct buf *, struct slice text);

#endif
