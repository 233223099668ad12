/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream of events, forwards and backwards. */
#include "store/redis/query_events.h"

#include "base/arena.h"
#include "store/answer.h"

/* Entries of a stream: {id, {"json", text}}; taken from the last backwards
 * when they came so. */
static bool
copy_events(struct arena *arena, const struct reply *entries, bool backwards,
	struct store_events *events)
{
	size_t count = reply_count(entries), i;

	events->at = arena_array(arena, count, sizeof(*events->at));
	if (events->at == NULL)
		return false;
	for (i = 0; i < count; i++) {
		const struct reply *entry =
			&entries->items[backwards ? count - 1 - i : i];

		if (reply_count(entry) != 2 ||
			reply_count(&entry->items[1]) < 2)
			continue;
		events->at[events->count] =
			arena_copy(arena, entry->items[1].items[1].text);
		events->last_id = arena_copy(arena, entry->items[0].text);
		if (events->at[events->count].p == NULL)
			return false;
		events->count++;
	}
	return true;
}

struct command *
query_events_after(struct queries *q, struct slice after, size_t limit)
{
	struct slice key = queries_plain(q, "events");
	struct command *command =
		queries_add(q, "XREAD", (struct slice){NULL, 0});

	command->key = key;
	command_word(command, SLICE("COUNT"));
	command_number(command, limit > 0 ? (int64_t)limit : 1);
	command_word(command, SLICE("STREAMS"));
	command_word(command, key);
	command_word(command, after);
	return command;
}

const struct reply *
query_events_entries(const struct reply *reply)
{
	static const struct reply none = {.type = REPLY_NIL};

	if (reply_count(reply) != 1 || reply_count(&reply->items[0]) != 2)
		return &none;
	return &reply->items[0].items[1];
}

/* The last ones, newest first. */
static struct command *
ask_last(struct queries *q, size_t limit)
{
	struct command *command =
		queries_add(q, "XREVRANGE", queries_plain(q, "events"));

	command_word(command, SLICE("+"));
	command_word(command, SLICE("-"));
	command_word(command, SLICE("COUNT"));
	command_number(command, limit > 0 ? (int64_t)limit : 1);
	return command;
}

bool
query_events(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	bool backwards = query->after.p == NULL;
	struct store_events *events = &query->answer.events;
	const struct command *command = backwards
		? ask_last(q, query->limit)
		: query_events_after(q, query->after, query->limit);
	const struct reply *entries;

	events->last_id = arena_copy(arena, query->after);
	if (!queries_put(q, err))
		return false;
	entries = backwards ? command->reply
			    : query_events_entries(command->reply);
	return copy_events(arena, entries, backwards, events) ||
		answer_too_long(err);
}
