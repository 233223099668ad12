/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long can a sender make a regular expression take? Texts are made of
 * the expression's own parts and it is run on them, as long as they may be.
 */
#ifndef SIGMA_HOSTILE_H
#define SIGMA_HOSTILE_H

#include "sigma/regex.h"

#include <stdint.h>

#define HOSTILE_US_MAX 20000
#define HOSTILE_UNIT_BYTES 64

struct hostile {
	int64_t worst_us;
	bool gave_up; /* a limit was reached */
	char unit[HOSTILE_UNIT_BYTES + 1]; /* what the worst was made of */
};

void hostile_measure(const struct regex *, struct slice pattern,
	size_t subject_bytes, struct hostile *out);

#endif
