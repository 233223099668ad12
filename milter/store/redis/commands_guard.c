/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A word for each answer that is foreseen: a trace as Redis would give it, or
 * the numbers of facts. Their times are by our clock, and Redis's are by its
 * own, as far as we know how they differ.
 */
#include "store/redis/commands_guard.h"

#include "store/bytes.h"
#include "store/redis/redis_trace.h"

#define FACTS_BYTES 31

static int64_t
ahead_ms(const struct commands *b)
{
	return atomic_load(&b->shared->ahead_ms);
}

static unsigned
flags_of(const struct commands *b, const struct store_facts *facts)
{
	return (unsigned)facts->known | (unsigned)facts->person << 1 |
		(facts->received_day > 0 ? 4U : 0) |
		(facts->route_count > 0 ? 8U : 0) |
		(b->request->exact ? 16U : 0);
}

static struct slice
facts_word(struct commands *b, const struct store_facts *facts)
{
	const uint64_t counts[] = {facts->route_count, facts->received_day,
		facts->forwarded_day, facts->keyword_received_day,
		facts->keyword_forwarded_day, facts->forwarded_hour};
	char bytes[FACTS_BYTES], *out = bytes;

	out = bytes_put(out, flags_of(b, facts), 1);
	out = bytes_put(
		out, (uint64_t)(facts->route_first_ms + ahead_ms(b)), 6);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		out = bytes_put(out,
			counts[i] < UINT32_MAX ? counts[i] : UINT32_MAX, 4);
	}
	return arena_copy(b->arena, (struct slice){bytes, sizeof(bytes)});
}

static struct slice
word_of(struct commands *b, const struct store_op *op)
{
	return op->verb == STORE_FACTS
		? facts_word(b, &op->facts)
		: redis_trace_word(b->arena, &op->recall, ahead_ms(b));
}

static bool
read_guard(struct command *command)
{
	command->request->came_true = command->reply->type == REPLY_INTEGER &&
		command->reply->integer == 1;
	return true;
}

struct command *
commands_guard_new(struct commands *b)
{
	const struct request *request = b->request;
	struct command *guard =
		command_new(b->arena, SCRIPT_GUARD, 0, request->foreseen);

	if (guard == NULL)
		return NULL;
	guard->read = read_guard;
	for (size_t i = 0; i < request->foreseen; i++)
		command_word(guard, word_of(b, &request->ops[i]));
	return guard;
}
