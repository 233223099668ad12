/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regular expressions that cannot be turned against us: compiled by PCRE2's
 * JIT, without the features that make matching exponential or unsafe, and
 * matched under limits. A limit that is reached is an outcome of its own,
 * never "no match". PCRE2 is known to regex.c alone.
 */
#ifndef SIGMA_REGEX_H
#define SIGMA_REGEX_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

#define REGEX_CASELESS 1U
#define REGEX_MULTILINE 2U
#define REGEX_DOTALL 4U

#define REGEX_PATTERN_BYTES_MAX 4096
#define REGEX_WHY_BYTES 160

struct regex;

/* What is wrong with a pattern, and where. */
struct regex_fault {
	size_t offset; /* bytes */
	char why[REGEX_WHY_BYTES];
	const char *hint; /* or NULL */
};

/* \b, \w, \d and \s mean the letters, digits and blanks of all languages.
 * NULL with *fault filled in. */
struct regex *regex_compile(
	struct slice pattern, unsigned flags, struct regex_fault *fault);
void regex_free(struct regex *);

/* Can this machine compile regular expressions to its own code? */
bool regex_has_jit(void);

/* Working memory of one user, in its arena; NULL when that is full. */
struct regex_scratch;
struct regex_scratch *regex_scratch_new(struct arena *);

enum regex_outcome {
	REGEX_NO,
	REGEX_YES,
	REGEX_GAVE_UP
};
/* Searches unanchored. Any bytes are allowed in the subject. */
enum regex_outcome regex_search(
	const struct regex *, struct slice subject, struct regex_scratch *);

#endif
