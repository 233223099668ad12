/* SPDX-License-Identifier: BSD-2-Clause */
/* Can a field never be what a policy compares it with? */
#ifndef VERDICT_DOUBTS_H
#define VERDICT_DOUBTS_H

#include "sigma/record.h"
#include "verdict/shape.h"

/* See sigma_schema.doubt; other is the shape of the field that fieldref
 * names. */
bool doubts_about(enum shape, enum shape other, const struct sigma_asked *,
	struct sigma_doubt *out);

#endif
