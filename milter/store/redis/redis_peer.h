/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peers as they stand in Redis: in a hash of the mailbox, each under the eight
 * bytes of its key, and in binary, the highest byte of each number first:
 *
 *   0 sent (2 bytes)       14 base (4)        30 count (2)
 *   2 got (2)              18 mark (4)        32 prompt (1)
 *   4 last_ms (6)          22 first_day (2)   33 slowest_s (1)
 *  10 print (4)            24 since_day (2)   34 pace (1)
 *                          26 day (2)         35 named (1)
 *                          28 days (2)
 *
 * Those whose names are kept stand in another hash, as text for people.
 */
#ifndef STORE_REDIS_REDIS_PEER_H
#define STORE_REDIS_REDIS_PEER_H

#include "base/arena.h"
#include "store/peer.h"

#define REDIS_PEER_FIELD_BYTES 8

/* All of them are absent when the arena is full. */
struct slice redis_peer_field(struct arena *, struct slice address);
struct slice redis_peer_pack(struct arena *, const struct peer *);
/* False, and nothing is known of it: it makes no sense. */
bool redis_peer_read(struct slice value, struct peer *);

/* "first last sent got days prompt pace", times in milliseconds. */
struct slice redis_peer_print(struct arena *, const struct peer *);
void redis_peer_parse(struct slice text, struct peer *);

#endif
