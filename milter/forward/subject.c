/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forward prefixes. ASCII letters match in any case; others byte for byte, in
 * the forms that mail programs write.
 */
#include "forward/subject.h"

#include <stddef.h>

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
