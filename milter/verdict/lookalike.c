/* SPDX-License-Identifier: BSD-2-Clause */
/* Look-alikes by the eye: confusable glyphs, one edit, a word added. */
#include "verdict/lookalike.h"

#include "verdict/glyphs.h"

#include <libpsl.h>
#include <string.h>

#define NAME_MAX_BYTES 253
#define LABEL_MIN 4
#define LABEL_MAX GLYPHS_MAX
#define TWO_EDITS_FROM 8

/* The last two labels, for a system without a public suffix list. */
static struct slice
last_two(struct slice domain)
{
	size_t dots = 0;

	for (size_t i = domain.len; i > 0; i--) {
		if (domain.p[i - 1] == '.' && ++dots == 2)
			return slice_sub(domain, i, domain.len);
	}
	return domain;
}

struct slice
lookalike_registered(struct slice domain)
{
	char text[NAME_MAX_BYTES + 1];
	const psl_ctx_t *list = psl_builtin();
	const char *found;

	if (domain.len == 0 || domain.len > NAME_MAX_BYTES)
		return domain;
	if (list == NULL)
		return last_two(domain);
	memcpy(text, domain.p, domain.len);
	text[domain.len] = '\0';
	found = psl_registrable_domain(list, text);
	if (found == NULL)
		return domain;
	return slice_sub(domain, (size_t)(found - text), domain.len);
}

static struct slice
first_label(struct slice domain)
{
	size_t dot = slice_find_byte(domain, '.', 0);

	return dot == SLICE_NONE ? domain : slice_sub(domain, 0, dot);
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment without transpositions; both at most LABEL_MAX. */
static size_t
edits(struct slice a, struct slice b)
{
	size_t row[LABEL_MAX + 1];

	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t above = row[j];
			size_t change = a.p[i - 1] == b.p[j - 1] ? 0 : 1;

			row[j] = least(
				above + 1, row[j - 1] + 1, diagonal + change);
			diagonal = above;
		}
	}
	return row[b.len];
}

static bool
stands_between_hyphens(struct slice label, struct slice word)
{
	struct slice part;

	while (slice_next(&label, '-', &part)) {
		if (slice_equal_fold(part, word))
			return true;
	}
	return false;
}

/* Words that make a name of another's sound like one of his own. */
static const struct slice companions[] = {SLICE("accounting"),
	SLICE("accounts"), SLICE("billing"), SLICE("corp"), SLICE("corporate"),
	SLICE("finance"), SLICE("global"), SLICE("group"), SLICE("gmbh"),
	SLICE("holding"), SLICE("inc"), SLICE("invoice"), SLICE("invoices"),
	SLICE("intl"), SLICE("llc"), SLICE("login"), SLICE("ltd"),
	SLICE("mail"), SLICE("office"), SLICE("online"), SLICE("payments"),
	SLICE("payroll"), SLICE("portal"), SLICE("secure"), SLICE("security"),
	SLICE("support"), SLICE("team"), SLICE("webmail")};

static bool
is_companion(struct slice word)
{
	for (size_t i = 0; i < sizeof(companions) / sizeof(companions[0]);
		i++) {
		if (slice_equal_fold(word, companions[i]))
			return true;
	}
	return false;
}

/* "examplecorp", "mailexample". */
static bool
stands_beside_companion(struct slice label, struct slice word)
{
	if (label.len <= word.len)
		return false;
	return (slice_starts_fold(label, word) &&
		       is_companion(slice_sub(label, word.len, label.len))) ||
		(slice_ends_fold(label, word) &&
			is_companion(
				slice_sub(label, 0, label.len - word.len)));
}

/* "example.com.evil.net": ours is all that a narrow screen shows. The same
 * with a hyphen for each dot is one label. */
static bool
stands_before(struct slice domain, struct slice ours)
{
	struct slice rest = domain;

	while (rest.len > ours.len) {
		size_t dot, i = 0;

		while (i < ours.len &&
			(rest.p[i] == ours.p[i] ||
				(rest.p[i] == '-' && ours.p[i] == '.')))
			i++;
		if (i == ours.len && rest.p[i] == '.')
			return true;
		dot = slice_find_byte(rest, '.', 0);
		if (dot == SLICE_NONE)
			break;
		rest = slice_sub(rest, dot + 1, rest.len);
	}
	return false;
}

static bool
labels_look_alike(struct slice a, struct slice b)
{
	char a_text[LABEL_MAX], b_text[LABEL_MAX];
	struct slice a_eye, b_eye;
	size_t most;

	if (a.len < LABEL_MIN || b.len < LABEL_MIN || a.len > LABEL_MAX ||
		b.len > LABEL_MAX)
		return false;
	if (stands_between_hyphens(a, b) || stands_beside_companion(a, b))
		return true;
	a_eye = glyphs_skeleton(a, a_text);
	b_eye = glyphs_skeleton(b, b_text);
	if (glyphs_is_foreign(a) || glyphs_is_foreign(b))
		return slice_equal(a_eye, b_eye);
	most = b.len >= TWO_EDITS_FROM ? 2 : 1;
	if (a_eye.len > b_eye.len + most || b_eye.len > a_eye.len + most)
		return false;
	return edits(a_eye, b_eye) <= most;
}

bool
lookalike_is(struct slice domain, struct slice ours)
{
	struct slice a = lookalike_registered(domain);
	struct slice b = lookalike_registered(ours);

	if (a.len == 0 || b.len == 0 || slice_equal_fold(a, b))
		return false;
	if (stands_before(domain, b))
		return true;
	return labels_look_alike(first_label(a), first_label(b));
}
