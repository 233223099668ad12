/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream of events, and wiping a mailbox from it and from all keys. */
#include "store/redis/query.h"

#include "store/key.h"
#include "store/redis/queries.h"
#include "store/redis/redis_key.h"

#include <string.h>

#define EVENTS_PAGE 1000

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

/* XREAD answers {{stream, entries}} or nil. */
static const struct reply *
entries_of(const struct reply *reply, bool backwards)
{
	static const struct reply none = {.type = REPLY_NIL};

	if (backwards)
		return reply;
	if (reply_count(reply) != 1 || reply_count(&reply->items[0]) != 2)
		return &none;
	return &reply->items[0].items[1];
}

static struct command *
ask_events(struct queries *q, struct slice after, size_t limit)
{
	struct slice key = queries_plain(q, "events");
	bool backwards = after.p == NULL;
	struct command *command =
		queries_add(q, backwards ? "XREVRANGE" : "XREAD",
			backwards ? key : (struct slice){NULL, 0});

	if (command == NULL)
		return NULL;
	command->key = key;
	if (backwards) {
		command_word(command, SLICE("+"));
		command_word(command, SLICE("-"));
	}
	command_word(command, SLICE("COUNT"));
	command_number(command, limit > 0 ? (int64_t)limit : 1);
	if (!backwards) {
		command_word(command, SLICE("STREAMS"));
		command_word(command, key);
		command_word(command, after);
	}
	return command;
}

bool
query_events(struct store *store, struct arena *arena, struct slice after,
	size_t limit, struct store_events *events, struct err *err)
{
	bool backwards = after.p == NULL;
	const struct command *command;
	struct queries q;
	bool ok;

	events->last_id = arena_copy(arena, after);
	if (!queries_begin(&q, (struct redis *)store, err))
		return false;
	command = ask_events(&q, after, limit);
	ok = command != NULL ? queries_put(&q, err) : queries_too_long(err);
	if (ok &&
		!copy_events(arena, entries_of(command->reply, backwards),
			backwards, events))
		ok = queries_too_long(err);
	queries_end(&q);
	return ok;
}

struct wipe {
	struct slice mailbox;
	uint64_t wiped;
};

/* What is to be done with a key for the mailbox to be gone from it. */
static struct command *
wipe_key(struct queries *q, const struct wipe *wipe, struct slice key)
{
	struct slice text, rest, kind;
	struct key_text room;
	struct slice name = key_bound(wipe->mailbox, &room);
	const char *verb = NULL;
	struct slice member = wipe->mailbox;
	struct command *command;

	kind = redis_key_parse(q->arena, q->redis->prefix, key, &text, &rest);
	if (kind.p == NULL)
		return NULL;
	if (text.p != NULL && !slice_equal(kind, SLICE("seen")) &&
		key_names(text, name))
		return queries_add(q, "DEL", key);
	if (slice_equal(kind, SLICE("win")) ||
		slice_equal(kind, SLICE("seen")) ||
		slice_equal(kind, SLICE("dest")) ||
		slice_equal(kind, SLICE("top"))) {
		verb = "ZREM";
	} else if (slice_equal(kind, SLICE("val")) ||
		slice_equal(kind, SLICE("route"))) {
		verb = "HDEL";
	}
	if (verb == NULL)
		return NULL;
	if (slice_equal(kind, SLICE("seen"))) {
		member = arena_printf(q->arena, "%c%.*s", STORE_ROLE_MAILBOX,
			SLICE_ARG(wipe->mailbox));
	}
	command = queries_add(q, verb, key);
	if (command != NULL)
		command_word(command, member);
	return command;
}

static bool
page_wipe(
	struct queries *q, const struct reply *keys, void *ctx, struct err *err)
{
	struct wipe *wipe = ctx;
	size_t count = reply_count(keys), i;
	struct command **commands =
		arena_array(q->arena, count, sizeof(*commands));

	if (commands == NULL)
		return queries_too_long(err);
	for (i = 0; i < count; i++)
		commands[i] = wipe_key(q, wipe, keys->items[i].text);
	if (!queries_put(q, err))
		return false;
	for (i = 0; i < count; i++) {
		int64_t number;

		if (commands[i] != NULL &&
			reply_number(commands[i]->reply, &number))
			wipe->wiped += (uint64_t)number;
	}
	return true;
}

/* "name" between quotes. */
static bool
names(struct slice json, struct slice name)
{
	size_t at;

	while ((at = slice_find(json, name)) != SLICE_NONE) {
		size_t after = at + name.len;

		if (at > 0 && json.p[at - 1] == '"' && after < json.len &&
			json.p[after] == '"')
			return true;
		json = slice_sub(json, at + 1, json.len);
	}
	return false;
}

/* The stream page by page; the events that name the mailbox are deleted. */
static bool
wipe_events(struct redis *redis, struct wipe *wipe, struct err *err)
{
	char cursor[64] = "0-0";
	size_t count;
	bool ok;

	do {
		const struct command *read;
		const struct reply *entries;
		struct queries q;

		if (!queries_begin(&q, redis, err))
			return false;
		read = ask_events(
			&q, arena_copy(q.arena, slice_of(cursor)), EVENTS_PAGE);
		ok = read != NULL ? queries_put(&q, err)
				  : queries_too_long(err);
		entries = ok ? entries_of(read->reply, false) : NULL;
		count = ok ? reply_count(entries) : 0;
		for (size_t i = 0; i < count; i++) {
			const struct reply *entry = &entries->items[i];
			struct command *drop;

			if (reply_count(entry) != 2 ||
				entry->items[0].text.len >= sizeof(cursor))
				continue;
			memcpy(cursor, entry->items[0].text.p,
				entry->items[0].text.len + 1);
			if (reply_count(&entry->items[1]) < 2 ||
				!names(entry->items[1].items[1].text,
					wipe->mailbox))
				continue;
			drop = queries_add(
				&q, "XDEL", queries_plain(&q, "events"));
			if (drop != NULL)
				command_word(drop, entry->items[0].text);
			wipe->wiped++;
		}
		ok = ok && queries_put(&q, err);
		queries_end(&q);
	} while (ok && count == EVENTS_PAGE);
	return ok;
}

bool
query_forget(struct store *store, struct slice mailbox, uint64_t *wiped,
	struct err *err)
{
	struct wipe wipe = {mailbox, 0};
	bool ok = mailbox.len > 0 &&
		queries_walk(
			(struct redis *)store, "", page_wipe, &wipe, err) &&
		wipe_events((struct redis *)store, &wipe, err);

	*wiped = wipe.wiped;
	return ok || mailbox.len == 0;
}
