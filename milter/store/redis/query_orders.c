/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Orders, as order.lua keeps them: what each is about, and "at until length by
 * why"; of one that was taken back, its digest, and "at until". The field
 * "version" changes with every order, "moved" is there once the containments of
 * version 0.1 are among them. What a group is made of has a separator in it,
 * and is never called like these.
 */
#include "store/redis/query_orders.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/key.h"

#define ORDER_WORDS 9
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
read_end(struct arena *arena, struct slice digest, struct slice text,
	struct store_order *out)
{
	uint64_t at, until;

	if (digest.len == 0 || digest.p[0] != '-' || !take_number(&text, &at) ||
		!slice_to_u64(text, &until))
		return false;
	out->about = arena_copy(arena, digest);
	out->word = (struct store_containment){
		.at_ms = (int64_t)at, .until_ms = (int64_t)until};
	return true;
}

static bool
read_orders(struct queries *q, struct arena *arena, const struct reply *hash,
	struct store_orders *orders)
{
	size_t count = reply_count(hash);

	orders->now_ms = redis_now_ms(q->redis);
	orders->at = arena_array(arena, count / 2 + 1, sizeof(*orders->at));
	orders->ended =
		arena_array(arena, count / 2 + 1, sizeof(*orders->ended));
	if (orders->at == NULL || orders->ended == NULL)
		return false;
	for (size_t i = 0; i + 1 < count; i += 2) {
		struct slice name = hash->items[i].text;
		struct slice text = hash->items[i + 1].text;
		struct store_order *row = &orders->at[orders->count];

		if (read_end(arena, name, text,
			    &orders->ended[orders->ended_count])) {
			orders->ended_count++;
		} else if (orders->count < STORE_ORDERS_MAX &&
			read_order(arena, name, text, row) &&
			row->word.until_ms > orders->now_ms) {
			orders->count++;
		}
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

/* A time as the caller means it. */
static struct slice
time_of(struct queries *q, const struct store_query *query, int64_t at_ms)
{
	const struct store_options *options = &q->redis->options;

	if (query->as_kept)
		return arena_printf(q->arena, "%lld", (long long)at_ms);
	return commands_time(q->arena, options,
		at_ms != 0 ? at_ms : clock_now_ms(options->clock));
}

bool
query_orders_give(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct store_containment *word = &query->containment;
	const struct store_options *options = &q->redis->options;
	int64_t now_ms = query->as_kept ? redis_now_ms(q->redis)
					: clock_now_ms(options->clock);
	struct command *command = queries_add_script(
		q, SCRIPT_ORDER, queries_plain(q, "orders"), ORDER_WORDS);
	struct key_digest digest;

	(void)arena;
	key_digest(query->about, &digest);
	command_word(command, query->about);
	command_word(command, arena_copy(q->arena, key_digest_text(&digest)));
	command_word(command, commands_present(word->by));
	command_word(command, commands_present(word->why));
	command_word(command, time_of(q, query, word->at_ms));
	command_word(command, time_of(q, query, word->until_ms));
	command_word(command,
		word->until_ms > now_ms ? SLICE("give") : SLICE("end"));
	command_word(command, query->as_kept ? SLICE("kept") : SLICE("new"));
	command_word(command,
		commands_time(q->arena, options, clock_now_ms(options->clock)));
	return queries_put(q, err);
}
