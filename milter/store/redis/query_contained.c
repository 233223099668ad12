/* SPDX-License-Identifier: BSD-2-Clause */
/* Containments, as people ask Redis for them, and tell it of them. */
#include "store/redis/query_contained.h"

#include "base/arena.h"

#define SET_WORDS 5

bool
query_contained(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct command *command = queries_add(
		q, "HGETALL", queries_tagged(q, "contain", query->about));
	const struct reply *hash;

	if (!queries_put(q, err))
		return false;
	hash = command->reply;
	if ((int64_t)reply_field_u64(hash, "until") <= redis_now_ms(q->redis))
		return true;
	query->answer.containment = (struct store_containment){
		.by = arena_copy(arena, reply_field(hash, "by")),
		.why = arena_copy(arena, reply_field(hash, "why")),
		.at_ms = (int64_t)reply_field_u64(hash, "at"),
		.until_ms = (int64_t)reply_field_u64(hash, "until"),
	};
	return true;
}

bool
query_contained_set(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct store_containment *containment = &query->containment;
	const struct store_options *options = &q->redis->options;
	int64_t now_ms = clock_now_ms(options->clock);
	struct command *command = queries_add_script(q, SCRIPT_CONTAIN,
		queries_tagged(q, "contain", query->about), SET_WORDS);

	(void)arena;
	command_word(command, commands_present(containment->by));
	command_word(command, commands_present(containment->why));
	command_word(command,
		commands_time(q->arena, options,
			containment->at_ms != 0 ? containment->at_ms : now_ms));
	command_word(command,
		commands_time(q->arena, options, containment->until_ms));
	command_number(command,
		containment->until_ms > now_ms ? containment->until_ms - now_ms
					       : 0);
	return queries_put(q, err);
}
