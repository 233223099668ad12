/* SPDX-License-Identifier: BSD-2-Clause */
/* Filters (Sigma 2.1.0, "Sigma Filters"): what a rule's exceptions are. */
#ifndef SIGMA_FILTER_H
#define SIGMA_FILTER_H

#include "sigma/build.h"
#include "sigma/rule.h"

/* The map below "filter:". False with errors told. */
bool filter_parse(struct build *, struct rule *, const struct yaml_node *map);
/* After all files: ties filters to the rules they name. */
void filters_resolve(struct build *);

#endif
