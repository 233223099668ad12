/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wiping a mailbox from what no key bears its name of: traces, and whom others
 * write to. All of it is looked through. Where there are millions that takes
 * seconds: what a person would wait too long for is done after he has his
 * answer, as gently as mail needs it, and the log says when it is done, or that
 * it is not.
 */
#ifndef STORE_REDIS_WIPER_H
#define STORE_REDIS_WIPER_H

#include "store/redis/redis.h"

struct wiper;

struct wiper *wiper_new(struct redis *);
/* Begins, for who is wiped elsewhere already (more_to_wipe: but from what
 * others write to): adds to what was wiped, and says whether it goes on. False:
 * Redis gives no answer, and nothing goes on. */
bool wiper_start(struct wiper *, struct store_query *, struct err *);
/* How many mailboxes it goes on for. */
uint64_t wiper_count(struct wiper *);
/* Ends it where it is, and says so. NULL is fine. */
void wiper_free(struct wiper *);

#endif
