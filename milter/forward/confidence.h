/* SPDX-License-Identifier: BSD-2-Clause */
/* How sure several observations of one flow make us, in the one place. */
#ifndef FORWARD_CONFIDENCE_H
#define FORWARD_CONFIDENCE_H

#include "forward/flow.h"

#include <stddef.h>
#include <stdint.h>

/* Nothing is ever certain. */
#define CONFIDENCE_MAX 99
/* Of one family of evidence, however many rows of it agree. */
#define CONFIDENCE_FAMILY_MAX 97
/* Of all that is excused. */
#define CONFIDENCE_EXCUSED_MAX 20
/* Below this it is not called a forward of any kind. */
#define CONFIDENCE_FLOOR 30

/* 0..CONFIDENCE_MAX of the observations that count or are excused. */
unsigned confidence_combine(const struct observation *, size_t count);

/* ... as if nothing were excused. */
unsigned confidence_without_excuses(const struct observation *, size_t count);

/* What each family of the observations of one standing is worth in that sum,
 * 0 to CONFIDENCE_FAMILY_MAX; for explain. */
void confidence_families(const struct observation *, size_t count,
	enum standing, unsigned families[FAMILY_COUNT]);

/* What the delay since the delivery adds, in points; 0 if a person may have
 * been as fast. */
unsigned confidence_of_speed(int64_t delay_ms);

#endif
