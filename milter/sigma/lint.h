/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is allowed but surely not meant: rules that can never match or that
 * match everything, lists that nothing names.
 */
#ifndef SIGMA_LINT_H
#define SIGMA_LINT_H

#include "sigma/build.h"

void lint_rules(struct build *);
void lint_lists(struct build *);

#endif
