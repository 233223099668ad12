/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that a correlation or a filter names. */
#ifndef SIGMA_REFERENCE_H
#define SIGMA_REFERENCE_H

#include "sigma/build.h"
#include "sigma/rule.h"

/* Reads what is below "rules:". False with errors told. */
bool references_parse(
	struct build *, const struct yaml_node *list, struct references *out);
/* Tells that no rule has that name; always false. */
bool reference_unknown(struct build *, const struct reference *);

#endif
