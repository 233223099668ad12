/* SPDX-License-Identifier: BSD-2-Clause */
/* What all operations need to become commands. */
#include "store/redis/commands.h"

#include "store/redis/redis_key.h"

struct commands
commands_begin(struct commands_shared *shared, struct request *request)
{
	return (struct commands){
		.shared = shared,
		.request = request,
		.arena = request->arena,
		.prefix = shared->options->prefix,
		.round = (uint8_t)(request->rounds + 1),
	};
}

void
commands_push(struct commands *b, struct command *command)
{
	if (b->first == NULL)
		b->end = &b->first;
	*b->end = command;
	b->end = &command->next;
}

struct slice
commands_present(struct slice text)
{
	return text.p != NULL ? text : SLICE("");
}

struct slice
commands_tagged(const struct commands *b, const char *kind, struct slice text)
{
	return redis_key_tagged(
		b->arena, b->prefix, kind, text, (struct slice){NULL, 0});
}

struct slice
commands_time(
	struct arena *arena, const struct store_options *options, int64_t at_ms)
{
	if (options->clock_rules)
		return arena_printf(arena, "%lld", (long long)at_ms);
	return arena_printf(arena, "%+lld",
		(long long)(at_ms - clock_now_ms(options->clock)));
}

static int64_t
past(const struct commands *b)
{
	const struct store_options *options = b->shared->options;
	int64_t now_ms = clock_now_ms(options->clock);

	return b->request->at_ms < now_ms || options->clock_rules
		? b->request->at_ms
		: now_ms;
}

struct slice
commands_at(const struct commands *b)
{
	return commands_time(b->arena, b->shared->options, past(b));
}

int64_t
commands_day_ms(const struct commands *b)
{
	return past(b) + atomic_load(&b->shared->ahead_ms);
}

struct store_op *
commands_op(const struct command *command, size_t i)
{
	return &command->request->ops[command->ops[i]];
}
