/* SPDX-License-Identifier: BSD-2-Clause */
/* What memory foresees of another store (store_foresee()). */
#ifndef STORE_FORESEEN_H
#define STORE_FORESEEN_H

#include "store/store.h"

/* Are there only questions whose answers memory may know? Peers are not among
 * them: with every message they are others. */
bool foreseen_can_be(const struct store_batch *);
/* What the other store has counted behind what was foreseen, if it came true,
 * memory counts, too. Where it knows more, its answer stands. */
void foreseen_count(struct store *memory, struct store_batch *);

#endif
