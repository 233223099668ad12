/* SPDX-License-Identifier: BSD-2-Clause */
/* What documents of every kind say of themselves: title, id, level ... */
#ifndef SIGMA_ATTRIBUTE_H
#define SIGMA_ATTRIBUTE_H

#include "sigma/build.h"
#include "sigma/rule.h"

/* Reads every key of the document that is not a body of a rule. */
void attribute_read(
	struct build *, struct rule *, const struct yaml_node *root);

#endif
