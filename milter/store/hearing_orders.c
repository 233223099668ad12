/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/hearing_orders.h"

#include "base/arena.h"
#include "store/memory/memory_store.h"
#include "store/redis/redis_moved.h"
#include "store/redis/redis_queries.h"

#include <string.h>

static void
give_back(struct hearing_orders *hearing, struct arena *arena,
	const struct store_orders *missing)
{
	long long given = 0, alone = atomic_exchange(&hearing->alone, 0);
	struct err err;

	for (size_t i = 0; i < missing->count; i++) {
		struct store_query query = {.kind = STORE_ORDER,
			.about = missing->at[i].about,
			.containment = missing->at[i].word,
			.as_kept = true};

		if (redis_queries(hearing->redis, arena, &query, &err)) {
			given++;
		} else {
			hearing_orders_anew(hearing);
		}
	}
	if (given > 0 && alone > 0) {
		redis_say(hearing->redis, LOG_LEVEL_NOTICE,
			"store: Redis has heard of what was ordered while it "
			"was away");
	}
	/* The rest it had, or should have. */
	given -= alone;
	if (given <= 0)
		return;
	atomic_fetch_add(&hearing->given_back, given);
	atomic_store(&hearing->given_back_ms, clock_now_ms(hearing->clock));
	redis_say(hearing->redis, LOG_LEVEL_WARNING,
		"store: Redis did not have %lld orders (contained, allowed) "
		"that this mail server knows: it has been given them",
		given);
}

static bool
take_over(struct hearing_orders *hearing)
{
	size_t moved = 0;
	struct err err;

	if (!redis_moved(hearing->redis, &moved, &err))
		return false;
	if (moved > 0) {
		redis_say(hearing->redis, LOG_LEVEL_NOTICE,
			"store: %zu containments of version 0.1 are orders now",
			moved);
	}
	return true;
}

void
hearing_orders_hear(struct hearing_orders *hearing, struct arena *arena)
{
	struct store_query query = {
		.kind = STORE_ORDERS, .after = {hearing->mark, 0}};
	struct store_orders *orders = &query.answer.orders;
	struct store_orders missing;
	struct err err;

	arena_reset(arena);
	memory_store_set_ahead(hearing->memory,
		redis_now_ms(hearing->redis) - clock_now_ms(hearing->clock));
	if (hearing->mark_len > 0 && !hearing->moved)
		hearing->moved = take_over(hearing);
	if (atomic_exchange(&hearing->anew, false))
		hearing->mark_len = 0;
	query.after.len = hearing->mark_len;
	if (!redis_queries(hearing->redis, arena, &query, &err) ||
		orders->same || orders->mark.len > HEARING_MARK_BYTES)
		return;
	memory_store_obey(hearing->memory, orders, arena, &missing);
	memcpy(hearing->mark, orders->mark.p, orders->mark.len);
	hearing->mark_len = orders->mark.len;
	if (missing.count > 0)
		give_back(hearing, arena, &missing);
}

void
hearing_orders_anew(struct hearing_orders *hearing)
{
	atomic_store(&hearing->anew, true);
}

void
hearing_orders_alone(struct hearing_orders *hearing)
{
	atomic_fetch_add(&hearing->alone, 1);
	hearing_orders_anew(hearing);
}

void
hearing_orders_health(
	struct hearing_orders *hearing, struct store_health *health)
{
	health->given_back = (uint64_t)atomic_load(&hearing->given_back);
	health->given_back_ms = atomic_load(&hearing->given_back_ms);
}
