/* SPDX-License-Identifier: BSD-2-Clause */
/* The threshold of a correlation. */
#ifndef SIGMA_THRESHOLD_H
#define SIGMA_THRESHOLD_H

#include "sigma/rule.h"

/* Does a count (or a sum, a mean) reach it? */
bool threshold_reached(const struct correlation *, double value);
/* Is what is compared a count of members (no sum, no mean)? */
bool threshold_is_count(const struct correlation *);
/* "event_count", ... */
const char *threshold_type_name(enum correlation_type);

#endif
