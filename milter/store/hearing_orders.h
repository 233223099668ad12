/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is ordered at any machine is obeyed at each, from memory: no message
 * asks Redis for it, and the last that was heard holds while Redis is away. A
 * Redis that lost orders, or was away when they were given here, is given them
 * by whoever knows of them.
 */
#ifndef STORE_HEARING_ORDERS_H
#define STORE_HEARING_ORDERS_H

#include "base/clock.h"
#include "store/redis/redis.h"
#include "store/store.h"

#include <stdatomic.h>

#define HEARING_MARK_BYTES 32

/* Of the caller; the first three are for him to fill in. */
struct hearing_orders {
	struct redis *redis;
	struct store *memory;
	struct clock clock;

	/* Of the thread that hears. */
	char mark[HEARING_MARK_BYTES];
	size_t mark_len; /* 0: none were heard yet */
	bool moved; /* those of version 0.1 are among them */

	atomic_bool anew; /* Redis may not have what memory has */
	atomic_llong alone; /* given here while it was away */
	atomic_llong given_back, given_back_ms;
};

/* Hears what changed; the arena is emptied. From one thread. Those of version
 * 0.1 are looked for the second time: that may take long. */
void hearing_orders_hear(struct hearing_orders *, struct arena *);
/* An order was given here, which Redis may not have or may lose. */
void hearing_orders_anew(struct hearing_orders *);
/* ... which Redis has not heard. */
void hearing_orders_alone(struct hearing_orders *);
void hearing_orders_health(struct hearing_orders *, struct store_health *);

#endif
