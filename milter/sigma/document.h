/* SPDX-License-Identifier: BSD-2-Clause */
/* One document of a file: a detection, a correlation or a filter. */
#ifndef SIGMA_DOCUMENT_H
#define SIGMA_DOCUMENT_H

#include "sigma/build.h"

/* Reads it; the rule is in build->rules then, unless it is not to be run.
 * Errors are told. */
void document_parse(struct build *, const struct yaml_node *root);

#endif
