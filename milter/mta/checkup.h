/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was found at a running system, as plain data in the order it was
 * found; whoever asks prints it.
 */
#ifndef MTA_CHECKUP_H
#define MTA_CHECKUP_H

#include "base/buf.h"
#include "base/slice.h"

#include <stddef.h>

enum checkup_level {
	CHECKUP_FINE,
	CHECKUP_NOTE, /* to be known; nothing is broken */
	CHECKUP_WRONG, /* something is blind or will hurt */
	CHECKUP_LEVEL_COUNT
};

struct symptom {
	enum checkup_level level;
	struct slice subject; /* one word */
	struct slice text; /* may hold what an MTA's files hold: not escaped */
	struct slice remedy; /* what to do; absent of what is fine */
	struct slice command; /* for sh(1), if a command does it; or absent */
	const struct symptom *next;
};

/* Of a symptom that wants a remedy: a sentence, a command, or a sentence that
 * the command completes ("if nobody ordered it"). All of it is copied. */
struct remedy {
	enum checkup_level level;
	const char *subject;
	const char *text; /* NULL: the command alone */
	const char *command; /* NULL: there is none */
};

struct checkup;

/* NULL when memory is out. */
struct checkup *checkup_new(void);
void checkup_free(struct checkup *);

/* What is found from now on was found there, where that is not the only place
 * that is looked at; NULL: nothing is said of it. Borrowed. */
void checkup_set_place(struct checkup *, const char *place);

void checkup_add_fine(struct checkup *, const char *subject, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));
void checkup_add(struct checkup *, const struct remedy *, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The first, or NULL. Lives as long as the checkup. */
const struct symptom *checkup_first(const struct checkup *);
unsigned checkup_count(const struct checkup *, enum checkup_level);

/* A word of a command, in quotes where sh(1) would else read it otherwise. */
void checkup_add_word(struct buf *, struct slice word);

/* Names for a sentence: as many as fit, and dots where there are more. */
struct checkup_names {
	size_t count; /* of all */
	bool cut;
	char text[400];
};
void checkup_names_add(struct checkup_names *, struct slice name);

#endif
