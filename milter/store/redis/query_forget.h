/* SPDX-License-Identifier: BSD-2-Clause */
/* Wiping a mailbox from all keys and from the stream. */
#ifndef STORE_REDIS_QUERY_FORGET_H
#define STORE_REDIS_QUERY_FORGET_H

#include "store/redis/queries.h"

/* The answer has more_to_wipe where there was no time for query_forget_peers().
 */
bool query_forget(
	struct queries *, struct arena *, struct store_query *, struct err *);
/* From those to whom our mailboxes write; adds to what was wiped. Of millions
 * of keys it takes seconds. */
bool query_forget_peers(
	struct redis *, struct slice mailbox, uint64_t *wiped, struct err *);

#endif
