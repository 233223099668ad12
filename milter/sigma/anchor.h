/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must be in a record for an expression to hold: anchors, of which at
 * least one must be there. A text in a field, or at least that the field is
 * there.
 */
#ifndef SIGMA_ANCHOR_H
#define SIGMA_ANCHOR_H

#include "base/arena.h"
#include "base/map.h"
#include "sigma/expr.h"

#include <stdint.h>

struct anchor {
	const struct sigma_field *field;
	struct slice text; /* folded; absent: the field is there */
	enum pattern_kind kind;
};

struct anchors {
	struct anchor *at;
	size_t count;
	bool none; /* nothing is known: always a candidate */
	uint32_t cost; /* a guess of how likely one is found */
};

/* While anchors are chosen, for all rules together. */
struct anchoring {
	struct arena *arena; /* of what lasts */
	struct arena *scratch;
	struct anchors *of_item; /* by slot */
	size_t *uses; /* rules that have the item, by slot */
	struct map *frequency; /* of anchors: how many rules */
	size_t rule_count;
	bool failed; /* out of memory */
};

bool anchor_maker_init(
	struct anchoring *, struct arena *, size_t rules, size_t items);
void anchor_maker_fini(struct anchoring *);
/* First every rule's expression ... */
void anchor_maker_count(struct anchoring *, const struct expr *);
/* ... then all items ... */
void anchor_maker_items(
	struct anchoring *, struct field_item *const *items, size_t count);
/* ... then the anchors of an expression. */
struct anchors anchors_of(struct anchoring *, const struct expr *);

#endif
