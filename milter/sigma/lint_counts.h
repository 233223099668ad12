/* SPDX-License-Identifier: BSD-2-Clause */
/* Correlations that can never count so far, and rules that only they see. */
#ifndef SIGMA_LINT_COUNTS_H
#define SIGMA_LINT_COUNTS_H

#include "sigma/build.h"

/* Of a program without errors. */
void lint_counts(struct build *);

#endif
