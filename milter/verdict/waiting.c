/* SPDX-License-Identifier: BSD-2-Clause */
/* Every round trip draws on the budget. */
#include "verdict/waiting.h"

#include "base/clock.h"
#include "mail/message.h"

#define MS_US 1000

bool
waiting_ask(struct waiting *waiting, struct store_batch *batch)
{
	int64_t left = waiting->budget_ms - waiting->spent_us / MS_US;
	int64_t begun;

	if (waiting->store == NULL || batch->count == 0)
		return false;
	begun = clock_monotonic_us();
	switch (store_ask(waiting->store, batch, left > 0 ? left : 0)) {
	case STORE_OK:
		break;
	case STORE_FALLBACK:
		waiting->gaps |= GAP_STORE_DOWN;
		break;
	case STORE_LATE:
		waiting->gaps |= GAP_STORE_LATE;
		break;
	}
	waiting->spent_us += clock_monotonic_us() - begun;
	waiting->round_trips++;
	return true;
}
