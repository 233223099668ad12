/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the nodes of a Redis acknowledged in their last seconds. A master that
 * dies may not have told its replica, a server that restarts may not have
 * written it: then it is told again. Each node has a list of its own, so that
 * the last seconds of one that is silent stay, however much the others take.
 * Thread-safe.
 */
#ifndef STORE_RECENT_H
#define STORE_RECENT_H

#include "store/journal.h"

#define RECENT_NODES 128

struct recent;

/* bytes: what one node's list may hold. NULL when out of memory. */
struct recent *recent_new(size_t bytes);
void recent_free(struct recent *);
/* Adds what the node acknowledged, and drops what it did 30 s earlier. */
void recent_add(struct recent *, unsigned node, int64_t at_ms,
	const struct store_op *, size_t count);
/* Moves what the node acknowledged behind what the journal holds. */
void recent_move(struct recent *, unsigned node, struct journal *to);
/* Takes out every operation that names it; how many went. */
uint64_t recent_forget(struct recent *, struct slice name);

#endif
