/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of redis_backend that have files of their own (backend.h). */
#ifndef STORE_REDISASK_H
#define STORE_REDISASK_H

#include "store/backend.h"

bool redisask_routes(struct store *, struct arena *, struct slice mailbox,
	int64_t since_ms, struct store_routes *, struct err *);
bool redisask_senders(struct store *, struct arena *, struct slice destination,
	struct store_routes *, struct err *);
bool redisask_events(struct store *, struct arena *, struct slice after,
	size_t limit, struct store_events *, struct err *);
bool redisask_forget(
	struct store *, struct slice mailbox, uint64_t *wiped, struct err *);

#endif
