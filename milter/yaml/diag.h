/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnostics: everything that is wrong with files people wrote, collected
 * so that one run shows all of it. Each has a place, the line itself with a
 * caret, what is wrong, why, and what to write instead:
 *
 *   burst.yaml:14:5: error: no field is called "rcpt.adress"
 *      14 |     rcpt.adress|endswith: '@gmail.com'
 *         |     ^~~~~~~~~~~
 *      did you mean "rcpt.address"? `forwarden fields` lists them all
 */
#ifndef YAML_DIAG_H
#define YAML_DIAG_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum diag_severity {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_NOTE
};

/* Counted from 1; line 0: of the file as a whole. */
struct mark {
	const char *file; /* borrowed; diags_add() makes its own copy */
	unsigned line, column;
	unsigned width; /* of what is meant, in characters, at least 1 */
};

struct diag {
	enum diag_severity severity;
	struct mark mark;
	char *what; /* "no field is called ..." */
	char *hint; /* "did you mean ...", or NULL */
	char *line; /* the source line, or NULL */
};

struct diags;

struct diags *diags_new(void);
void diags_free(struct diags *);

/* Makes a file's text known, so that its lines can be shown. Copied. */
void diags_add_source(struct diags *, const char *file, struct slice text);
/* hint may be NULL, and may have several lines. Always returns false, so that a
 * check can end with it. */
bool diags_add(struct diags *, enum diag_severity, struct mark,
	const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

size_t diags_count(const struct diags *, enum diag_severity);
size_t diags_total(const struct diags *);
/* By file, line and column. Of one file the first 200 are kept; the counts
 * count them all. */
const struct diag *diags_at(const struct diags *, size_t index);
/* One diagnostic as above, everything foreign in it escaped (but for the
 * backslash, which is shown as it is). */
void diag_print(const struct diag *, struct buf *);
/* All of them, and a closing line "2 errors, 1 warning". */
void diags_print(const struct diags *, struct buf *);

/* The name nearest to word (edit distance at most a third of it), or NULL. */
const char *diag_nearest(
	struct slice word, const char *const *names, size_t count);

#endif
