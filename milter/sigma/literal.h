/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a regular expression cannot match without: a small set of literals of
 * which at least one is in every text that matches. Looking for one is far
 * cheaper than the expression, and lets a prefilter find the policies that
 * could match at all.
 */
#ifndef SIGMA_LITERAL_H
#define SIGMA_LITERAL_H

#include "base/arena.h"
#include "base/slice.h"

#include <stddef.h>

#define LITERALS_MAX 24

struct literals {
	struct slice at[LITERALS_MAX]; /* folded */
	size_t count; /* 0: nothing is known */
};

/* The pattern is one that PCRE2 accepts. What is not understood gives up:
 * an answer is never wrong, only missing. */
void literals_of(struct arena *, struct slice pattern, struct literals *out);

#endif
