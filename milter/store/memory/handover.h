/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One process takes over from another, and both count for a moment. The old
 * one writes a snapshot, from which the new one begins, and from then on no
 * other: what it is told later goes into a journal that it leaves when it
 * ends, and the new one carries that out as if it had been told. Notes may be
 * repeated and tallies have an identity, so what is in both the snapshot and
 * the journal counts once.
 */
#ifndef STORE_MEMORY_HANDOVER_H
#define STORE_MEMORY_HANDOVER_H

#include "base/err.h"
#include "store/batch.h"

#include <stdbool.h>
#include <stddef.h>

struct handover;

/* dir: where the journal is left; NULL: nowhere. limit: bytes it may hold.
 * NULL when out of memory. */
struct handover *handover_new(const char *dir, size_t limit);
void handover_free(struct handover *);

/* Everything told from now on is kept; from any thread. */
void handover_begin(struct handover *);
void handover_cancel(struct handover *);
bool handover_is_on(const struct handover *);
/* Keeps it, if one is under way. From any thread. */
void handover_add(struct handover *, int64_t at_ms, const struct store_op *,
	size_t count);
/* Leaves what was kept; false with err also when some of it found no room. */
bool handover_leave(struct handover *, struct err *);

/* Calls carry_out for all that others have left; its batches live until it
 * returns. *found: there was something, which handover_done() lets go. */
bool handover_adopt(struct handover *,
	void (*carry_out)(void *ctx, struct store_batch *), void *ctx,
	bool *found, struct err *);
void handover_done(struct handover *);

#endif
