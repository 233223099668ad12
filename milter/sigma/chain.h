/* SPDX-License-Identifier: BSD-2-Clause */
/* Tying correlations to what they count. */
#ifndef SIGMA_CHAIN_H
#define SIGMA_CHAIN_H

#include "sigma/build.h"

/* After all files: references, circles, depth, who is silent. */
void chains_resolve(struct build *);

#endif
