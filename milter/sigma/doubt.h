/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is allowed but surely not meant: rules that can never match or that
 * match everything, lists that nothing names.
 */
#ifndef SIGMA_DOUBT_H
#define SIGMA_DOUBT_H

#include "sigma/build.h"

void doubt_rules(struct build *);
void doubt_lists(struct build *);

#endif
