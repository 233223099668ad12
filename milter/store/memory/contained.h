/* SPDX-License-Identifier: BSD-2-Clause */
/* The contained mailboxes in memory: few, each until a time. Thread-safe. */
#ifndef STORE_MEMORY_CONTAINED_H
#define STORE_MEMORY_CONTAINED_H

#include "store/store.h"

struct contained;

struct contained *contained_new(void);
void contained_free(struct contained *);
/* Copies it; until_ms 0 takes the mailbox out. False: out of memory. */
bool contained_set(struct contained *, struct slice mailbox,
	const struct store_containment *);
bool contained_has(struct contained *, struct slice mailbox, int64_t now_ms);
/* Copies into the arena; false when the mailbox is not contained. */
bool contained_get(struct contained *, struct arena *, struct slice mailbox,
	int64_t now_ms, struct store_containment *);
/* What the first holds is what mine held, which nobody else looks at, and the
 * reverse. */
void contained_swap(struct contained *, struct contained *mine);
/* Calls visit for every mailbox, under the lock. */
void contained_each(struct contained *,
	void (*visit)(struct slice mailbox, const struct store_containment *,
		void *ctx),
	void *ctx);

#endif
