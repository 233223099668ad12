/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a mailbox' record is kept, and before whose it goes. Anybody can
 * send a message to a thousand addresses: a mailbox that only receives lives
 * a day and goes first. Then go those of persons; a mailbox with forwards is
 * pushed out by others with forwards alone.
 *
 * All of it needs the shard's lock.
 */
#ifndef STORE_MEMORY_RETENTION_H
#define STORE_MEMORY_RETENTION_H

#include "store/memory/table.h"

/* It is what it was, and what the bits (entry.h) say. */
void retention_mark(struct table_shard *, struct mailbox *, uint8_t bits);
/* The mode of a mailbox that comes from a file, which says so of it. */
uint8_t retention_mode(const struct mailbox *, uint8_t said);
/* ttl_ms is for those with forwards and for persons. */
bool retention_is_over(const struct mailbox *, int64_t ttl_ms, int64_t now_ms);
/* Drops one whose time is over, of each rank: called for each tally, so that
 * they never pile up. */
void retention_expire(struct table_shard *, int64_t ttl_ms, int64_t now_ms);

#endif
