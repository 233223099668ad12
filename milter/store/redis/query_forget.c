/* SPDX-License-Identifier: BSD-2-Clause */
/* Wiping a mailbox from all keys, and from the stream of events. */
#include "store/redis/query_forget.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/key.h"
#include "store/redis/query_events.h"
#include "store/redis/redis_key.h"

#include <string.h>

#define EVENTS_PAGE 1000

struct wipe {
	struct slice mailbox;
	uint64_t wiped;
};

/* The mailbox as a member of a trace. */
static void
add_roles(struct queries *q, struct command *command, struct slice mailbox)
{
	for (const char *role = STORE_ROLES_NAMED; *role != '\0'; role++) {
		command_word(command,
			arena_printf(
				q->arena, "%c%.*s", *role, SLICE_ARG(mailbox)));
	}
}

/* What is to be done with a key for the mailbox to be gone from it. */
static struct command *
wipe_key(struct queries *q, const struct wipe *wipe, struct slice key)
{
	struct slice text, rest, kind;
	struct key_text room;
	struct slice name = key_bound(wipe->mailbox, &room);
	const char *verb = NULL;
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
	command = queries_add(q, verb, key);
	if (slice_equal(kind, SLICE("seen"))) {
		add_roles(q, command, wipe->mailbox);
	} else {
		command_word(command, wipe->mailbox);
	}
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
		return answer_too_long(err);
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

struct stream_walk {
	char cursor[64]; /* the id that was read last */
	size_t count; /* of the page read last */
};

/* The command that deletes the entry if it names the mailbox. */
static void
wipe_entry(struct queries *q, struct wipe *wipe, const struct reply *entry)
{
	struct command *drop;

	if (reply_count(&entry->items[1]) < 2 ||
		!key_is_quoted_in(entry->items[1].items[1].text, wipe->mailbox))
		return;
	drop = queries_add(q, "XDEL", queries_plain(q, "events"));
	command_word(drop, entry->items[0].text);
	wipe->wiped++;
}

static bool
wipe_page(struct queries *q, struct stream_walk *walk, struct wipe *wipe,
	struct err *err)
{
	const struct command *read = query_events_after(
		q, arena_copy(q->arena, slice_of(walk->cursor)), EVENTS_PAGE);
	const struct reply *entries;

	if (!queries_put(q, err))
		return false;
	entries = query_events_entries(read->reply);
	walk->count = reply_count(entries);
	for (size_t i = 0; i < walk->count; i++) {
		const struct reply *entry = &entries->items[i];

		if (reply_count(entry) != 2 ||
			entry->items[0].text.len >= sizeof(walk->cursor))
			continue;
		memcpy(walk->cursor, entry->items[0].text.p,
			entry->items[0].text.len + 1);
		wipe_entry(q, wipe, entry);
	}
	return queries_put(q, err);
}

/* The stream page by page; the events that name the mailbox are deleted. */
static bool
wipe_events(struct redis *redis, struct wipe *wipe, struct err *err)
{
	struct stream_walk walk = {.cursor = "0-0"};
	bool ok;

	do {
		struct queries q;

		if (!queries_begin(&q, redis, err))
			return false;
		ok = wipe_page(&q, &walk, wipe, err);
		queries_end(&q);
	} while (ok && walk.count == EVENTS_PAGE);
	return ok;
}

bool
query_forget(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct wipe wipe = {query->about, 0};
	bool ok = query->about.len == 0 ||
		(queries_walk(q->redis, "", page_wipe, &wipe, err) &&
			wipe_events(q->redis, &wipe, err));

	(void)arena;
	query->answer.wiped = wipe.wiped;
	return ok;
}
