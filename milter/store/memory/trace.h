/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace set in memory: who received a message and who took part in it,
 * packed into one entry, newest last. It expires as a whole.
 */
#ifndef STORE_MEMORY_TRACE_H
#define STORE_MEMORY_TRACE_H

#include "store/memory/table.h"
#include "store/store.h"

/* Adds the members, of which the newest cap are kept. Takes the shard's lock,
 * as trace_recall does. */
void trace_remember(struct table *, int64_t at_ms, uint32_t cap,
	const struct store_remember *);
/* Fills the answers in, from the arena. */
void trace_recall(
	struct table *, int64_t at_ms, struct arena *, struct store_recall *);
int64_t trace_newest_ms(struct trace *);
/* The member after the one at *cursor (0 at the start), oldest first; false
 * at the end. */
bool trace_next(struct trace *, uint32_t *cursor, struct store_member *);
/* Takes the mailbox of that name out; false when it was not there. */
bool trace_forget(struct trace *, struct slice mailbox);
/* Is what came from a file a trace that can be used? */
bool trace_is_sound(struct trace *);

#endif
