/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling one item: "field|modifiers: value or values". */
#ifndef SIGMA_FIELD_ITEM_H
#define SIGMA_FIELD_ITEM_H

#include "sigma/build.h"

/* The pair of a map. NULL with errors told. */
const struct field_item *field_item_parse(
	struct build *, const struct yaml_node *pair);
/* A scalar or a list of them without a field: keywords. */
const struct field_item *field_item_parse_keywords(
	struct build *, const struct yaml_node *value);

#endif
