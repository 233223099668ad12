/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forward prefixes. ASCII letters match in any case; others byte for byte, in
 * the forms that mail programs write.
 */
#include "forward/subject.h"

#include <stddef.h>

#define ROWS(table) (sizeof(table) / sizeof *(table))
#define REPLIES_MAX 8
#define PREFIX_BYTES_MAX 40 /* the longest prefix, a space and a colon */

/* As mail programs put them before ":" or the full-width colon. */
static const char *const forward_prefixes[] = {"Fwd", "Fw", "WG", "TR", "RV",
	"RES", "REENV", "I", "ENC", "VS", "VB", "VL", "PD", "Redir.",
	"Videresend", "\u0130LT", "\u0130lt", "Doorst", "\u8f6c\u53d1",
	"\u8f49\u5bc4", "\u8f49\u50b3", "\u8ee2\u9001", "\uc804\ub2ec",
	"\u05d4\u05d5\u05e2\u05d1\u05e8", "\u03a0\u03a1\u0398", "TRS", "FS",
	"Tov\u00e1bb\u00edt\u00e1s", "TOV\u00c1BB\u00cdT\u00c1S",
	"\u041f\u0435\u0440\u0435\u0441\u043b",
	"\u043f\u0435\u0440\u0435\u0441\u043b"};

/* Put before forward prefixes when such a mail is answered. */
static const char *const reply_prefixes[] = {
	"Re", "AW", "SV", "Antw", "Odp", "R", "RIF", "\u7b54\u590d"};

/* The length of the colon at the beginning; 0 if there is none. */
static size_t
colon_length(struct slice s)
{
	const struct slice wide = SLICE("\uff1a");

	if (s.len > 0 && s.p[0] == ':')
		return 1;
	return slice_starts_fold(s, wide) ? wide.len : 0;
}

/* Most subjects have no colon near their beginning. */
static bool
may_have_prefix(struct slice subject)
{
	struct slice head = slice_sub(subject, 0, PREFIX_BYTES_MAX);

	return slice_find_byte(head, ':', 0) != SLICE_NONE ||
		slice_find(head, SLICE("\uff1a")) != SLICE_NONE;
}

/* Cuts "prefix:" with any space around the colon off *subject. */
static bool
cut_prefix(struct slice *subject, const char *const *table, size_t rows)
{
	size_t row;

	for (row = 0; row < rows; row++) {
		struct slice prefix = slice_of(table[row]), rest;
		size_t colon;

		if (!slice_starts_fold(*subject, prefix))
			continue;
		rest = slice_trim(
			slice_sub(*subject, prefix.len, subject->len));
		colon = colon_length(rest);
		if (colon == 0)
			continue;
		*subject = slice_trim(slice_sub(rest, colon, rest.len));
		return true;
	}
	return false;
}

bool
subject_is_forward(struct slice subject)
{
	size_t replies;

	subject = slice_trim(subject);
	if (!may_have_prefix(subject))
		return false;
	for (replies = 0; replies < REPLIES_MAX; replies++) {
		struct slice rest = subject;

		/* "RES:" is a forward in Spanish, a reply in Portuguese. */
		if (cut_prefix(&rest, forward_prefixes, ROWS(forward_prefixes)))
			return true;
		if (!cut_prefix(&subject, reply_prefixes, ROWS(reply_prefixes)))
			return false;
	}
	return false;
}
