/* SPDX-License-Identifier: BSD-2-Clause */
/* The windows of a group, as people ask Redis for them. */
#include "store/redis/query_windows.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/redis/redis_key.h"

#define WINDOW_COMMANDS 4

/* The first and last member since then of the sliding set, and of the
 * sequence, of one policy: four commands. */
static void
ask_window(struct queries *q, struct slice group, struct slice policy,
	int64_t since_ms, struct command **commands)
{
	static const char *const kinds[2] = {"win", "seq"};

	for (size_t i = 0; i < 2; i++) {
		struct slice key = redis_key_tagged(
			q->arena, q->redis->prefix, kinds[i], group, policy);
		struct command *count = queries_add(q, "ZCOUNT", key);
		struct command *rows = queries_add(q, "ZRANGEBYSCORE", key);

		command_number(count, since_ms);
		command_word(count, SLICE("+inf"));
		command_number(rows, since_ms);
		command_word(rows, SLICE("+inf"));
		command_word(rows, SLICE("WITHSCORES"));
		commands[2 * i] = count;
		commands[2 * i + 1] = rows;
	}
}

static void
read_window(struct command *const *commands, struct store_window *row)
{
	for (size_t i = 0; i < WINDOW_COMMANDS; i += 2) {
		const struct reply *rows = commands[i + 1]->reply;
		size_t count = reply_count(rows);
		int64_t number = 0;

		(void)reply_number(commands[i]->reply, &number);
		row->count += (uint64_t)number;
		if (count < 2)
			continue;
		row->oldest_ms = (int64_t)reply_u64(rows->items[1].text);
		row->newest_ms =
			(int64_t)reply_u64(rows->items[count - 1].text);
	}
}

static bool
read_windows(struct queries *q, struct arena *arena, struct slice group,
	const struct reply *policies, struct store_windows *windows,
	struct err *err)
{
	size_t count = reply_count(policies) / 2;
	struct command **commands = arena_array(
		q->arena, count * WINDOW_COMMANDS, sizeof(*commands));
	int64_t now_ms = redis_now_ms(q->redis);

	windows->at = arena_array(arena, count, sizeof(*windows->at));
	if (commands == NULL || windows->at == NULL)
		return answer_too_long(err);
	for (size_t i = 0; i < count; i++) {
		ask_window(q, group, policies->items[2 * i].text,
			now_ms -
				(int64_t)reply_u64(
					policies->items[2 * i + 1].text),
			&commands[i * WINDOW_COMMANDS]);
	}
	if (!queries_put(q, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct store_window *row = &windows->at[windows->count];

		row->count = 0;
		read_window(&commands[i * WINDOW_COMMANDS], row);
		row->group = arena_copy(arena, group);
		row->policy = arena_copy(arena, policies->items[2 * i].text);
		if (row->count > 0 && row->policy.p != NULL)
			windows->count++;
	}
	answer_sort_windows(windows);
	return true;
}

bool
query_windows(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	const struct command *policies =
		queries_add(q, "HGETALL", queries_plain(q, "policies"));

	return queries_put(q, err) &&
		read_windows(q, arena, query->about, policies->reply,
			&query->answer.windows, err);
}
