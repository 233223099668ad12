/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of redis_backend that have files of their own (backend.h). */
#ifndef STORE_REDIS_QUERY_H
#define STORE_REDIS_QUERY_H

#include "store/backend.h"

bool query_routes(struct store *, struct arena *, struct slice mailbox,
	int64_t since_ms, struct store_routes *, struct err *);
bool query_senders(struct store *, struct arena *, struct slice destination,
	struct store_routes *, struct err *);
bool query_events(struct store *, struct arena *, struct slice after,
	size_t limit, struct store_events *, struct err *);
bool query_forget(
	struct store *, struct slice mailbox, uint64_t *wiped, struct err *);

#endif
