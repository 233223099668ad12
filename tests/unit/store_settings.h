/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of a store for tests below the configuration, which has the
 * defaults: what is given here is what the tests count with. */
#ifndef TESTS_UNIT_STORE_SETTINGS_H
#define TESTS_UNIT_STORE_SETTINGS_H

#include "store/store_options.h"

static inline void
store_options_init(struct store_options *options)
{
	const int64_t second = 1000, day = 24 * 3600 * second;

	*options = (struct store_options){
		.uri = "memory",
		.prefix = "fw1",
		.clock = clock_real(),
		.memory_bytes = (uint64_t)256 << 20,
		.journal_bytes = (uint64_t)64 << 20,
		.events = 10000,
		.routes = 64,
		.trace_members = 64,
		.snapshot_ms = 60 * second,
		.connect_ms = 2 * second,
		.backoff_ms = second,
		.backoff_max_ms = 30 * second,
		.mailbox_ttl_ms = 90 * day,
		.day_ttl_ms = 8 * day,
		.dedup_ttl_ms = day,
	};
}

#endif
