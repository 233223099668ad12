/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long can a sender make a regular expression take? Texts are made of
 * the expression's own parts and it is run on them, as long as they may be.
 */
#ifndef SIGMA_REDOS_H
#define SIGMA_REDOS_H

#include "sigma/regex.h"

#include <stdint.h>

#define REDOS_US_MAX 20000
#define REDOS_UNIT_BYTES 64

/* What gives up on so little is exponential: no bound of a value's length
 * helps. */
#define REDOS_SHORT_BYTES 128

struct redos {
	int64_t worst_us;
	bool gave_up; /* a limit was reached */
	bool at_once; /* ... by REDOS_SHORT_BYTES already */
	char unit[REDOS_UNIT_BYTES + 1]; /* what the worst was made of */
};

void redos_measure(const struct regex *, struct slice pattern,
	size_t subject_bytes, struct redos *out);

#endif
