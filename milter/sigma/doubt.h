/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values that a field never has: told as warnings, with what to write
 * instead. What is peculiar to the records is the binding's to say
 * (sigma_schema.doubt).
 */
#ifndef SIGMA_DOUBT_H
#define SIGMA_DOUBT_H

#include "sigma/asked.h"

/* As it is written, before it is compiled. */
void doubt_value(struct matchers *, const struct asked *);
/* Of a text or an expression: does any choice of the field pass it? */
void doubt_choice(
	struct matchers *, const struct asked *, const struct matcher *);
/* Of a number: can the field be so much? */
void doubt_number(
	struct matchers *, const struct asked *, const struct matcher *);

/* The same for what was compiled: false when no choice passes. */
bool doubt_fits(struct build *, sigma_choice_fn *, const struct matcher *);

#endif
