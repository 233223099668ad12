/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/redis/redis_moved.h"

#include "base/arena.h"
#include "store/key.h"
#include "store/redis/query_orders.h"
#include "store/redis/redis_key.h"

/* A field of the hash of all orders, which order.lua never takes for over. */
#define MARK SLICE("moved")
#define MARK_VALUE SLICE("0 9999999999999999")

static bool
move_one(struct queries *q, struct slice mailbox, const struct reply *hash,
	struct err *err)
{
	struct store_query order = {.kind = STORE_ORDER,
		.about = key_contained(q->arena, mailbox),
		.containment = {.by = reply_field(hash, "by"),
			.why = reply_field(hash, "why"),
			.at_ms = (int64_t)reply_field_u64(hash, "at"),
			.until_ms = (int64_t)reply_field_u64(hash, "until")},
		.as_kept = true};

	return order.containment.until_ms <= redis_now_ms(q->redis) ||
		query_orders_give(q, q->arena, &order, err);
}

static bool
move_page(
	struct queries *q, const struct reply *keys, void *ctx, struct err *err)
{
	size_t count = reply_count(keys), *moved = ctx;
	const struct command **hashes =
		arena_array(q->arena, count, sizeof(*hashes));
	struct slice mailbox, rest;

	if (hashes == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++)
		hashes[i] = queries_add(q, "HGETALL", keys->items[i].text);
	if (!queries_put(q, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (slice_is_absent(redis_key_parse(q->arena, q->redis->prefix,
			    keys->items[i].text, &mailbox, &rest)))
			continue;
		if (!move_one(q, mailbox, hashes[i]->reply, err))
			return false;
		(*moved)++;
	}
	return true;
}

static bool
ask_mark(struct redis *redis, bool *marked, struct err *err)
{
	const struct command *command;
	struct queries q;
	bool ok;

	if (!queries_begin(&q, redis, err))
		return false;
	command = queries_add(&q, "HGET", queries_plain(&q, "orders"));
	command_word(q.first, MARK);
	ok = queries_put(&q, err);
	*marked = ok && command->reply->type == REPLY_TEXT;
	queries_end(&q);
	return ok;
}

static bool
put_mark(struct redis *redis, struct err *err)
{
	struct queries q;
	bool ok;

	if (!queries_begin(&q, redis, err))
		return false;
	(void)queries_add(&q, "HSET", queries_plain(&q, "orders"));
	command_word(q.first, MARK);
	command_word(q.first, MARK_VALUE);
	ok = queries_put(&q, err);
	queries_end(&q);
	return ok;
}

bool
redis_moved(struct redis *redis, size_t *moved, struct err *err)
{
	bool marked;

	if (!ask_mark(redis, &marked, err))
		return false;
	return marked ||
		(queries_walk(redis, "contain:", move_page, moved, err) &&
			put_mark(redis, err));
}
