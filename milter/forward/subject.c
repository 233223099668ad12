/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forward prefixes. ASCII letters match in any case; others byte for byte, in
 * the forms that mail programs write.
 */
#include "forward/subject.h"

#include "base/fold.h"

#include <stddef.h>

#define TAG_BYTES_MAX 26
#define HEADS_MAX 8
#define WORDS_BYTES_MAX 200
#define WORDS_MIN 2
#define LETTERS_MIN 8
#define REPLIES_MAX 8
#define PREFIX_BYTES_MAX 24 /* the longest prefix and a space */

#define ROWS(table) (sizeof(table) / sizeof *(table))
#define ROW(text)                      \
	{                              \
		text, sizeof(text) - 1 \
	}

/* As mail programs put them before ":" or the full-width colon. */
static const struct slice forward_prefixes[] = {ROW("Fwd"), ROW("Fw"),
	ROW("WG"), ROW("TR"), ROW("RV"), ROW("RES"), ROW("REENV"), ROW("I"),
	ROW("ENC"), ROW("VS"), ROW("VB"), ROW("VL"), ROW("PD"), ROW("Redir."),
	ROW("Videresend"), ROW("\u0130LT"), ROW("\u0130lt"), ROW("Doorst"),
	ROW("\u8f6c\u53d1"), ROW("\u8f49\u5bc4"), ROW("\u8f49\u50b3"),
	ROW("\u8ee2\u9001"), ROW("\uc804\ub2ec"),
	ROW("\u05d4\u05d5\u05e2\u05d1\u05e8"), ROW("\u03a0\u03a1\u0398"),
	ROW("TRS"), ROW("FS"), ROW("Tov\u00e1bb\u00edt\u00e1s"),
	ROW("TOV\u00c1BB\u00cdT\u00c1S"),
	ROW("\u041f\u0435\u0440\u0435\u0441\u043b"),
	ROW("\u043f\u0435\u0440\u0435\u0441\u043b")};

/* Put before forward prefixes when such a mail is answered. */
static const struct slice reply_prefixes[] = {ROW("Re"), ROW("AW"), ROW("SV"),
	ROW("Antw"), ROW("Odp"), ROW("R"), ROW("RIF"), ROW("\u7b54\u590d")};

/* Cuts what stands before the first colon off, if it is short. */
static bool
cut_prefix(struct slice *subject, struct slice *prefix)
{
	const struct slice wide = SLICE("\uff1a");

	for (size_t at = 0; at < subject->len && at <= PREFIX_BYTES_MAX; at++) {
		struct slice rest = slice_sub(*subject, at, subject->len);
		size_t colon = rest.p[0] == ':' ? 1 : 0;

		if (rest.p[0] == wide.p[0] && slice_starts_fold(rest, wide))
			colon = wide.len;
		if (colon == 0)
			continue;
		*prefix = slice_trim(slice_sub(*subject, 0, at));
		*subject = slice_trim(slice_sub(rest, colon, rest.len));
		return true;
	}
	return false;
}

static bool
is_among(struct slice prefix, const struct slice *table, size_t rows)
{
	for (size_t row = 0; row < rows; row++) {
		if (slice_equal_fold(prefix, table[row]))
			return true;
	}
	return false;
}

bool
subject_is_forward(struct slice subject)
{
	struct slice prefix;

	subject = slice_trim(subject);
	for (size_t replies = 0; replies < REPLIES_MAX; replies++) {
		if (!cut_prefix(&subject, &prefix))
			return false;
		/* "RES:" is a forward in Spanish, a reply in Portuguese. */
		if (is_among(prefix, forward_prefixes, ROWS(forward_prefixes)))
			return true;
		if (!is_among(prefix, reply_prefixes, ROWS(reply_prefixes)))
			return false;
	}
	return false;
}

/* "[list] ", "Re: ", "WG: "; false when nothing was cut. */
static bool
cut_head(struct slice *subject)
{
	struct slice rest = *subject, prefix;
	size_t end;

	if (rest.len > 0 && rest.p[0] == '[') {
		end = slice_find_byte(rest, ']', 0);
		if (end == SLICE_NONE || end > TAG_BYTES_MAX)
			return false;
		*subject = slice_trim(slice_sub(rest, end + 1, rest.len));
		return true;
	}
	if (!cut_prefix(&rest, &prefix) ||
		!(is_among(prefix, forward_prefixes, ROWS(forward_prefixes)) ||
			is_among(prefix, reply_prefixes, ROWS(reply_prefixes))))
		return false;
	*subject = rest;
	return true;
}

static struct slice
without_tail(struct slice subject)
{
	const struct slice tail = SLICE("(fwd)");

	if (subject.len > tail.len &&
		slice_equal_fold(
			slice_sub(subject, subject.len - tail.len, subject.len),
			tail))
		return slice_trim(
			slice_sub(subject, 0, subject.len - tail.len));
	return subject;
}

/* Of a word: a letter or digit of ASCII, or a byte of any other script. */
static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		(unsigned char)c >= 0x80;
}

struct slice
subject_words(struct arena *arena, struct slice subject)
{
	struct slice words = {NULL, 0};
	size_t count = 0, letters = 0;
	char *p;

	subject = without_tail(slice_trim(subject));
	for (size_t i = 0; i < HEADS_MAX && cut_head(&subject); i++)
		;
	subject = fold_text(arena, slice_sub(subject, 0, WORDS_BYTES_MAX));
	p = arena_bytes(arena, subject.len);
	if (p == NULL)
		return words;
	words = (struct slice){p, 0};
	for (size_t i = 0; i < subject.len; i++) {
		if (is_word_byte(subject.p[i])) {
			count += i == 0 || !is_word_byte(subject.p[i - 1]);
			p[words.len++] = subject.p[i];
			letters++;
		}
	}
	return count < WORDS_MIN || letters < LETTERS_MIN
		? (struct slice){NULL, 0}
		: words;
}
