/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading correlations (Sigma 2.1.0, "Sigma Correlation Rules"). */
#ifndef SIGMA_CORRELATION_H
#define SIGMA_CORRELATION_H

#include "sigma/build.h"
#include "sigma/rule.h"

/* For hints of what to write instead. */
#define CORRELATION_EXAMPLE                 \
	"  correlation:\n"                  \
	"    type: event_count\n"           \
	"    rules: [this-rules-name]\n"    \
	"    group-by: [mailbox.address]\n" \
	"    timespan: 1h\n"                \
	"    condition: {gte: 10}"

/* The map below "correlation:". False with errors told. */
bool correlation_parse(
	struct build *, struct rule *, const struct yaml_node *map);

#endif
