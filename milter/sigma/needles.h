/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many texts looked for at once, in a time that does not grow with their
 * number: for long lists in one item, and for finding the rules that could
 * match at all. Immutable once made.
 */
#ifndef SIGMA_NEEDLES_H
#define SIGMA_NEEDLES_H

#include "base/arena.h"
#include "base/slice.h"
#include "sigma/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct needle {
	enum pattern_kind kind; /* EQUAL, PREFIX, SUFFIX or CONTAINS */
	struct slice text; /* not empty, unless EQUAL */
	uint32_t id; /* the caller's; need not be unique */
};

struct needles;

/* Keeps the texts' bytes, not the array. NULL when the arena is full. */
struct needles *needles_new(
	struct arena *, const struct needle *needles, size_t count);

/* Calls visit for every needle found in the text, in no order, each id
 * perhaps several times, until it returns false. */
typedef bool needles_visit_fn(void *ctx, uint32_t id);
void needles_find(const struct needles *, struct slice text,
	needles_visit_fn *visit, void *ctx);
bool needles_any(const struct needles *, struct slice text);

#endif
