/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The modifiers that change a string before it is looked for: encodings, and
 * the dashes of Windows command lines (Sigma 2.1.0, "Value Modifiers").
 */
#ifndef SIGMA_TRANSFORM_H
#define SIGMA_TRANSFORM_H

#include "sigma/pattern.h"

#define TRANSFORM_VARIANTS_MAX 3

/*
 * Replaces the draft in variants[0]; *count is how many there are after it
 * (base64offset makes three of one). The draft has no wildcards, but for
 * windash. False when the arena is full.
 */
typedef bool transform_fn(struct arena *,
	struct draft variants[TRANSFORM_VARIANTS_MAX], size_t *count);

transform_fn transform_base64, transform_base64offset, transform_utf16le,
	transform_utf16be, transform_utf16, transform_windash;

#endif
