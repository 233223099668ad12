/* SPDX-License-Identifier: BSD-2-Clause */
/* Tying correlations to what they count. */
#ifndef SIGMA_CORRELATION_GRAPH_H
#define SIGMA_CORRELATION_GRAPH_H

#include "sigma/build.h"

/* After all files: references, circles, depth, who is silent. */
void correlation_graph_resolve(struct build *);

#endif
