/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A label of a domain as the eye reads it: letters of other scripts and
 * letters with marks as the plain ones that they look like, then digits and
 * pairs as the letter that they look like. What is written for two labels
 * alike looks alike; it is a name of nothing.
 */
#ifndef VERDICT_GLYPHS_H
#define VERDICT_GLYPHS_H

#include "base/slice.h"

#include <stdbool.h>

#define GLYPHS_MAX 63

/* Is it an A-label (xn--...)? */
bool glyphs_is_foreign(struct slice label);

/* Borrows from out; what does not fit is left out. */
struct slice glyphs_skeleton(struct slice label, char out[GLYPHS_MAX]);

#endif
