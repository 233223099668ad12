/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Orders, as order.lua keeps them: what each is about, and "at until length by
 * why". The field "version" changes with every order; what a group is made of
 * has a separator in it, and is never called that.
 */
#include "store/redis/query_orders.h"

#include "base/arena.h"
#include "store/answer.h"

#define ORDER_WORDS 6
#define FIRST_MARK SLICE("0") /* of a Redis that never had an order */

static bool
take_number(struct slice *text, uint64_t *out)
{
	size_t end = slice_find_byte(*text, ' ', 0);

	if (end == SLICE_NONE || !slice_to_u64(slice_sub(*text, 0, end), out))
		return false;
	*text = slice_sub(*text, end + 1, text->len);
	return true;
}

static bool
read_order(struct arena *arena, struct slice about, struct slice text,
	struct store_order *out)
{
	uint64_t at, until, len;

	if (!take_number(&text, &at) || !take_number(&text, &until) ||
		!take_number(&text, &len) || len >= text.len)
		return false;
	out->about = arena_copy(arena, about);
	out->word = (struct store_containment){
		.at_ms = (int64_t)at,
		.until_ms = (int64_t)until,
		.by = arena_copy(arena, slice_sub(text, 0, (size_t)len)),
		.why = arena_copy(
			arena, slice_sub(text, (size_t)len + 1, text.len)),
	};
	return true;
}

static bool
read_orders(struct queries *q, struct arena *arena, const struct reply *hash,
	struct store_orders *orders)
{
	size_t count = reply_count(hash);
	int64_t now_ms = redis_now_ms(q->redis);

	orders->at = arena_array(arena, count / 2, sizeof(*orders->at));
	if (orders->at == NULL)
		return false;
	for (size_t i = 0; i + 1 < count; i += 2) {
		struct store_order *row = &orders->at[orders->count];

		if (orders->count < STORE_ORDERS_MAX &&
			read_order(arena, hash->items[i].text,
				hash->items[i + 1].text, row) &&
			row->word.until_ms > now_ms)
			orders->count++;
	}
	return true;
}

bool
query_orders(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct store_orders *orders = &query->answer.orders;
	struct slice key = queries_plain(q, "orders");
	const struct command *command = queries_add(q, "HGET", key);
	struct slice mark;

	command_word(q->first, SLICE("version"));
	if (!queries_put(q, err))
		return false;
	mark = command->reply->type == REPLY_TEXT ? command->reply->text
						  : FIRST_MARK;
	orders->mark = arena_copy(arena, mark);
	orders->same = query->after.len > 0 && slice_equal(query->after, mark);
	if (orders->same)
		return true;
	command = queries_add(q, "HGETALL", key);
	return queries_put(q, err) &&
		(read_orders(q, arena, command->reply, orders) ||
			answer_too_long(err));
}

bool
query_orders_give(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct store_containment *word = &query->containment;
	const struct store_options *options = &q->redis->options;
	int64_t now_ms = clock_now_ms(options->clock);
	struct command *command = queries_add_script(
		q, SCRIPT_ORDER, queries_plain(q, "orders"), ORDER_WORDS);

	(void)arena;
	command_word(command, query->about);
	command_word(command, commands_present(word->by));
	command_word(command, commands_present(word->why));
	command_word(command,
		commands_time(q->arena, options,
			word->at_ms != 0 ? word->at_ms : now_ms));
	command_word(command, commands_time(q->arena, options, word->until_ms));
	command_number(
		command, word->until_ms > now_ms ? word->until_ms - now_ms : 0);
	return queries_put(q, err);
}
