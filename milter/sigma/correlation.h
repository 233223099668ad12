/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Correlations (Sigma 2.1.0, "Sigma Correlation Rules"): reading them, and
 * tying them to the rules they refer to.
 */
#ifndef SIGMA_CORRELATION_H
#define SIGMA_CORRELATION_H

#include "sigma/rule.h"

/* The map below "correlation:". False with errors told. */
bool correlation_parse(
	struct build *, struct rule *, const struct yaml_node *map);
/* After all files: references, aliases, cycles, who is silent. */
void correlations_resolve(struct build *);

/* Does a count (or a sum, an average) reach the threshold? */
bool correlation_reached(const struct correlation *, double value);
const char *correlation_type_name(enum correlation_type);

#endif
