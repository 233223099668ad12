/* SPDX-License-Identifier: BSD-2-Clause */
/* The time one message may wait for the store. Private to verdict/. */
#ifndef VERDICT_WAITING_H
#define VERDICT_WAITING_H

#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* The store's share of one message's time: all round trips draw on it. */
struct waiting {
	struct store *store; /* NULL: nothing is ever asked */
	int64_t budget_ms;
	int64_t spent_us;
	unsigned round_trips;
	unsigned gaps;
};
/* False when there is no store; else every answer is filled in. */
bool waiting_ask(struct waiting *, struct store_batch *);

#endif
