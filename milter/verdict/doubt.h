/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doubts about one value, each a function that says what is wrong with it
 * or answers false. Private to verdict/.
 */
#ifndef VERDICT_DOUBT_H
#define VERDICT_DOUBT_H

#include "sigma/modifier.h"
#include "sigma/record.h"
#include "verdict/shape.h"

#define DOUBT_TEXT_BYTES 512

/* The value as the doubts look at it. */
struct look {
	const struct sigma_asked *asked;
	enum shape shape, other;
	/* The text; of an expression only what every match has to hold,
	 * what is between replaced by the byte 1. */
	struct slice text;
	bool regex;
	bool starts, ends; /* the field's value starts, ends with the text */
	char literal[DOUBT_TEXT_BYTES];
};

/* Always true. */
bool doubt_say(struct sigma_doubt *, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

typedef bool doubt_fn(const struct look *, struct sigma_doubt *);

#endif
