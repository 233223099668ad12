/* SPDX-License-Identifier: BSD-2-Clause */
/* TIME of each node, in the midst of the round trip that asked for it. */
#include "store/redis/redis_clock.h"

#include "store/redis/queries.h"

#define TIME_PARTS 2

static int64_t
size_of(int64_t ms)
{
	return ms < 0 ? -ms : ms;
}

/* What may come of the way there and back counts as nothing. */
static bool
ask_node(struct redis *redis, struct node *node, int64_t *ahead_ms)
{
	const struct command *command;
	int64_t before_ms, after_ms;
	struct command *time;
	struct queries q;
	struct err err;
	bool ok;

	if (!queries_begin(&q, redis, &err))
		return false;
	time = queries_add(&q, "TIME", (struct slice){NULL, 0});
	time->target = node;
	command = time;
	before_ms = clock_now_ms(redis->options.clock);
	ok = queries_put(&q, &err) && reply_count(command->reply) == TIME_PARTS;
	after_ms = clock_now_ms(redis->options.clock);
	if (ok) {
		const struct reply *parts = command->reply->items;
		int64_t then_ms = (int64_t)(reply_u64(parts[0].text) * 1000 +
			reply_u64(parts[1].text) / 1000);

		*ahead_ms = then_ms - before_ms - (after_ms - before_ms) / 2;
		if (size_of(*ahead_ms) <= (after_ms - before_ms) / 2 + 1)
			*ahead_ms = 0;
	}
	queries_end(&q);
	return ok;
}

bool
redis_clock_measure(struct redis *redis)
{
	int64_t ahead_ms, most_ms = 0;
	bool any = false;
	struct node *node;

	if (redis->options.clock_rules)
		return true;
	for (size_t i = 0; (node = redis_node(redis, i)) != NULL; i++) {
		if (!ask_node(redis, node, &ahead_ms))
			continue;
		any = true;
		if (size_of(ahead_ms) > size_of(most_ms))
			most_ms = ahead_ms;
	}
	if (any)
		atomic_store(&redis->shared.ahead_ms, most_ms);
	return any;
}
