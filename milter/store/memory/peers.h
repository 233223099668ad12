/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peers of a mailbox in memory, packed into one entry of the table: each
 * under its key, and after them the names of those few that are kept.
 */
#ifndef STORE_MEMORY_PEERS_H
#define STORE_MEMORY_PEERS_H

#include "store/memory/table.h"
#include "store/store.h"

/* Keeps what is known of a peer now, the stalest going past PEERS_MAX. These
 * four take the shard's lock. */
void peers_meet(struct table *, int64_t ttl_ms, int64_t at_ms,
	const struct store_peer *);
/* A message came for the mailbox, by these authors: of those it writes to it is
 * known how often. */
void peers_receive(struct table *, int64_t at_ms, const struct store_tally *);
/* Fills in what is known of the destination, and when something came last. */
void peers_facts(
	struct table *, int64_t ttl_ms, int64_t at_ms, struct store_facts *);
void peers_merge(struct table *, int64_t ttl_ms, struct peers *other);

/* These need the shard's lock. */

/* The peer after the one at *cursor (0 at the start) whose name is kept; false
 * at the end. The name lives in the entry. */
bool peers_next_named(
	struct peers *, uint32_t *cursor, struct slice *name, struct peer *);
/* Takes the one of that name out; false when it was not there. */
bool peers_drop(struct peers *, struct slice destination);
/* Is what came from a file something that can be used? */
bool peers_is_sound(struct peers *);

#endif
