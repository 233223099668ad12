/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forward and reply prefixes. ASCII letters match in any case; others byte for
 * byte, in the forms that mail programs write.
 */
#include "forward/subject.h"

#include "base/fold.h"
#include "base/script.h"

#include <stddef.h>

#define TAG_CHARACTERS_MAX 24
#define HEADS_MAX 16
#define WORDS_BYTES_MAX 200
#define WORDS_MIN 2
#define LETTERS_MIN 8
#define IDEOGRAPH_LETTERS 2 /* that it says as much as */
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
	ROW("Antw"), ROW("Odp"), ROW("R"), ROW("RIF"), ROW("ODG"), ROW("YNT"),
	ROW("BLS"), ROW("V\u00e1"), ROW("V\u00c1"), ROW("Vast"), ROW("Ats"),
	ROW("\u0391\u03a0"), ROW("\u03a3\u03a7\u0395\u03a4"),
	ROW("\u041e\u0442\u0432\u0435\u0442"), ROW("\u041e\u0442\u0432"),
	ROW("\u05ea\u05e9\u05d5\u05d1\u05d4"), ROW("\u05d4\u05e9\u05d1"),
	ROW("\u0631\u062f"), ROW("\u7b54\u590d"), ROW("\u56de\u590d"),
	ROW("\u56de\u8986"), ROW("\u8fd4\u4fe1"), ROW("\ud68c\uc2e0"),
	ROW("\ub2f5\uc7a5"), ROW("\u0e15\u0e2d\u0e1a")};

/* Without how often: "Re[2]", "RE (3)", "Re^4". */
static struct slice
without_number(struct slice prefix)
{
	while (prefix.len > 0 &&
		slice_find_byte(SLICE("0123456789[]()^ "),
			prefix.p[prefix.len - 1], 0) != SLICE_NONE)
		prefix.len--;
	return prefix;
}

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
		*prefix = without_number(slice_sub(*subject, 0, at));
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

/* How many characters; bytes that are none count as one each. */
static size_t
characters(struct slice text)
{
	size_t at = 0, count = 0;

	while (at < text.len) {
		(void)fold_decode(text, at, &at);
		count++;
	}
	return count;
}

/* "[list] "; false when nothing was cut. */
static bool
cut_tag(struct slice *subject)
{
	size_t end = slice_find_byte(*subject, ']', 0);

	if (end == SLICE_NONE ||
		characters(slice_sub(*subject, 1, end)) > TAG_CHARACTERS_MAX)
		return false;
	*subject = slice_trim(slice_sub(*subject, end + 1, subject->len));
	return true;
}

/* "[list] ", "Re: ", "WG: "; false when nothing was cut. */
static bool
cut_head(struct slice *subject)
{
	struct slice rest = *subject, prefix;

	if (rest.len > 0 && rest.p[0] == '[')
		return cut_tag(subject);
	if (!cut_prefix(&rest, &prefix) ||
		!(is_among(prefix, forward_prefixes, ROWS(forward_prefixes)) ||
			is_among(prefix, reply_prefixes, ROWS(reply_prefixes))))
		return false;
	*subject = rest;
	return true;
}

/* "(fwd)"; false when nothing was cut. */
static bool
cut_tail(struct slice *subject)
{
	const struct slice tail = SLICE("(fwd)");

	if (subject->len <= tail.len || !slice_ends_fold(*subject, tail))
		return false;
	*subject = slice_trim(slice_sub(*subject, 0, subject->len - tail.len));
	return true;
}

/* The words of a folded text, as they are counted. */
struct words {
	char *p;
	size_t len;
	size_t words, letters;
	bool within; /* a word that has begun */
};

/* Adds the character that begins there; where it ends. */
static size_t
add_character(struct words *words, struct slice text, size_t at)
{
	size_t next;
	enum script script = script_of(fold_decode(text, at, &next));

	if (script == SCRIPT_SIGN) {
		words->within = false;
		return next;
	}
	words->words += script != SCRIPT_LETTER || !words->within;
	words->within = script == SCRIPT_LETTER;
	words->letters += script == SCRIPT_IDEOGRAPH ? IDEOGRAPH_LETTERS : 1;
	while (at < next)
		words->p[words->len++] = text.p[at++];
	return next;
}

struct slice
subject_words(struct arena *arena, struct slice subject)
{
	struct words words = {.within = false};
	size_t at = 0;

	subject = slice_trim(subject);
	for (size_t i = 0;
		i < HEADS_MAX && (cut_head(&subject) || cut_tail(&subject));
		i++)
		;
	subject = fold_text(arena, slice_sub(subject, 0, WORDS_BYTES_MAX));
	words.p = arena_bytes(arena, subject.len);
	while (words.p != NULL && at < subject.len)
		at = add_character(&words, subject, at);
	return words.words < WORDS_MIN || words.letters < LETTERS_MIN
		? (struct slice){NULL, 0}
		: (struct slice){words.p, words.len};
}
