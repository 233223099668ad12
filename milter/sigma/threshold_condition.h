/* SPDX-License-Identifier: BSD-2-Clause */
/* The condition of a correlation: what count it is after. */
#ifndef SIGMA_THRESHOLD_CONDITION_H
#define SIGMA_THRESHOLD_CONDITION_H

#include "sigma/grouping.h"

/* Reads "condition:" (a temporal correlation may have none) and what follows
 * from it. False with errors told. */
bool threshold_condition_read(const struct correlating *);

#endif
