/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling the values of an item into tests. */
#ifndef SIGMA_MATCHERS_H
#define SIGMA_MATCHERS_H

#include "sigma/asked.h"

/* One value; false with an error told. */
bool matchers_add(struct matchers *, const struct yaml_node *value);

#endif
