/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unicode simple case folding (CaseFolding.txt, status C and S): how policies
 * compare text and how addresses are told apart, in every script. Bytes that
 * are no UTF-8 stay as they are. Also the one decoder and encoder of UTF-8.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/arena.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* first, first + stride ... last fold to themselves + delta. */
struct fold_range {
	uint32_t first, last, stride;
	int32_t delta;
};
extern const struct fold_range fold_ranges[];
extern const size_t fold_range_count;

uint32_t fold_code(uint32_t code);
/* The text itself when nothing in it changes, else a copy in the arena;
 * absent when the arena is full. */
struct slice fold_text(struct arena *, struct slice text);

/* The code point at s.p[at] and the offset after it in *next. A byte that
 * begins no character counts as one, with its value | FOLD_NOT_TEXT. */
#define FOLD_NOT_TEXT 0x80000000U
uint32_t fold_decode(struct slice s, size_t at, size_t *next);
/* Writes a code point as UTF-8 (or such a byte as it was); its length. */
size_t fold_encode(uint32_t code, char out[4]);

#endif
