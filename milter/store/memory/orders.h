/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Orders in memory: few, each until a time, and what became of those that were
 * taken back. Of two words about one thing the newer stands, on whatever
 * machine it was said: so what is merged in any order comes out the same.
 *
 * What is taken back is known by a digest alone, until the order would have
 * been over: it may be about somebody who is to be forgotten. Times are the
 * store's (batch.h). Thread-safe.
 */
#ifndef STORE_MEMORY_ORDERS_H
#define STORE_MEMORY_ORDERS_H

#include "store/store.h"

struct orders;

struct orders *orders_new(void);
void orders_free(struct orders *);
/* How far the store's clock is ahead of this machine's, by which all others
 * say the time. */
void orders_set_ahead(struct orders *, int64_t ahead_ms);
int64_t orders_ahead(const struct orders *);
/* The last word about it, by this machine's clock; until_ms <= now_ms takes it
 * back. False: out of memory. */
bool orders_give(struct orders *, struct slice about,
	const struct store_containment *, int64_t now_ms);
/* One that was given before, by the store's clock: a newer word stands. */
bool orders_keep(
	struct orders *, struct slice about, const struct store_containment *);
/* What it says lives in the arena; false where it is not in force. */
bool orders_get(struct orders *, struct arena *, struct slice about,
	int64_t now_ms, struct store_containment *);
/* Calls visit for every order that was not taken back, under the lock. */
void orders_each(struct orders *,
	void (*visit)(struct slice about, const struct store_containment *,
		void *ctx),
	void *ctx);
/* Takes in what another store has, all of it. Missing: what that store is to
 * hear from here, in the arena; until_ms 0: that it was taken back. */
void orders_obey(struct orders *, const struct store_orders *heard,
	struct arena *, struct store_orders *missing);
/* Those that were over by themselves since the last call, in the arena. */
void orders_over(struct orders *, struct arena *, int64_t now_ms,
	struct store_orders *over);

#endif
