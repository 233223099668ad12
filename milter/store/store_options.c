/* SPDX-License-Identifier: BSD-2-Clause */
/* How a store is opened unless somebody says otherwise. */
#include "store/store_options.h"

#define SECOND_MS ((int64_t)1000)
#define HOUR_MS (3600 * SECOND_MS)
#define DAY_MS (24 * HOUR_MS)
#define MIB ((uint64_t)1 << 20)

void
store_options_init(struct store_options *options)
{
	*options = (struct store_options){
		.uri = "memory",
		.prefix = "fw1",
		.clock = clock_real(),
		.memory_bytes = 256 * MIB,
		.journal_bytes = 64 * MIB,
		.events = 10000,
		.routes = 64,
		.trace_members = 64,
		.snapshot_ms = 60 * SECOND_MS,
		.connect_ms = 2 * SECOND_MS,
		.backoff_ms = SECOND_MS,
		.backoff_max_ms = 30 * SECOND_MS,
		.mailbox_ttl_ms = 90 * DAY_MS,
		.day_ttl_ms = 8 * DAY_MS,
		.dedup_ttl_ms = DAY_MS,
	};
}
