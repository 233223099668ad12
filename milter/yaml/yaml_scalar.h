/* SPDX-License-Identifier: BSD-2-Clause */
/* What a plain scalar means: the YAML 1.2 core schema. */
#ifndef YAML_YAML_SCALAR_H
#define YAML_YAML_SCALAR_H

#include "yaml/yaml.h"

#include <stdbool.h>

/* False when it is none. */
bool yaml_scalar_bool(const struct yaml_node *, bool *out);
bool yaml_scalar_number(const struct yaml_node *, double *out);
/* A plain scalar that other readers take for something else than its text
 * (yes, 0755, 12:30, 2026-11-21): why, as a clause; NULL when it is clear. */
const char *yaml_scalar_ambiguity(const struct yaml_node *);

#endif
