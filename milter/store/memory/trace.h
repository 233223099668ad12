/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace set in memory: who received a message and who took part in it,
 * packed into one entry, newest last. It expires as a whole.
 */
#ifndef STORE_MEMORY_TRACE_H
#define STORE_MEMORY_TRACE_H

#include "store/memory/table.h"
#include "store/store.h"

/* Adds the members (batch.h on remember). Takes the shard's lock, as
 * trace_merge and trace_recall do. */
void trace_remember(struct table *, int64_t at_ms, uint32_t cap,
	const struct store_remember *);
/* Another process' set of the same id: where there is one here, it was first.
 */
void trace_merge(struct table *, uint32_t cap, struct trace *other);
/* Fills the answers in, from the arena. */
void trace_recall(
	struct table *, int64_t at_ms, struct arena *, struct store_recall *);
int64_t trace_newest_ms(struct trace *);
/* Takes the mailbox of that name out, in every role; how often it was there. */
uint32_t trace_forget(struct trace *, struct slice mailbox);
/* Is what came from a file a trace that can be used? */
bool trace_is_sound(struct trace *);

#endif
