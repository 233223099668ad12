/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wiping a mailbox from all keys, and from the stream of events. What bears its
 * name is known; whom it sends to stands in its routes, who sends to it in its
 * "dest", the windows it is a member of in its "at" (commands_place.c). The
 * windows alone are looked through, where the places of an address are more
 * than are kept; the traces, by a wiper (wiper.c); and, for one who is no
 * mailbox of ours, whom our mailboxes write to: as long as a person waits, and
 * then by the wiper, too.
 */
#include "store/redis/query_forget.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/key.h"
#include "store/redis/commands_place.h"
#include "store/redis/query_events.h"
#include "store/redis/redis_key.h"
#include "store/redis/redis_peer.h"

#include <string.h>

#define EVENTS_PAGE 1000
/* For whom our mailboxes write to: a part of what a person waits for. */
#define PATIENCE_MS 40

struct wipe {
	struct slice mailbox;
	int64_t day_ttl_ms; /* of the sets of days */
	uint64_t wiped;
	int64_t until_ms; /* of a walk; 0: to its end */
	bool is_late; /* it was ended by that */
};

/* The kinds of keys that a window has. */
static const char *const window_kinds[] = {"win", "val", "seq"};
#define WINDOW_KINDS (sizeof(window_kinds) / sizeof(*window_kinds))

/* Sends what was added; each command answers how much it took away. */
static bool
put_wipes(struct queries *q, struct wipe *wipe, struct err *err)
{
	const struct command *before = q->request->commands, *command;
	int64_t number;

	if (!queries_put(q, err))
		return false;
	for (command = q->request->commands; command != before;
		command = command->sibling) {
		if (reply_number(command->reply, &number) && number > 0)
			wipe->wiped += (uint64_t)number;
	}
	return true;
}

static void
take_out(struct queries *q, const char *verb, struct slice key,
	struct slice member)
{
	command_word(queries_add(q, verb, key), member);
}

/* What its own keys tell of others. */
struct traits {
	const struct command *routes, *left; /* destinations */
	const struct command *senders; /* mailboxes */
	const struct command *places, *policies;
	const struct command *box; /* is there one? */
};

static struct command *
ask_set(struct queries *q, const char *kind, struct slice mailbox)
{
	struct command *command =
		queries_add(q, "ZRANGE", queries_tagged(q, kind, mailbox));

	command_word(command, SLICE("0"));
	command_word(command, SLICE("-1"));
	return command;
}

static struct traits
ask_traits(struct queries *q, struct slice mailbox)
{
	return (struct traits){
		.routes = queries_add(
			q, "HKEYS", queries_tagged(q, "route", mailbox)),
		.left = ask_set(q, "left", mailbox),
		.senders = ask_set(q, "dest", mailbox),
		.places = ask_set(q, "at", mailbox),
		.policies =
			queries_add(q, "HKEYS", queries_plain(q, "policies")),
		.box = queries_add(
			q, "HLEN", queries_tagged(q, "box", mailbox)),
	};
}

static void
wipe_destinations(
	struct queries *q, const struct wipe *wipe, const struct reply *list)
{
	for (size_t i = 0; i < reply_count(list); i++) {
		take_out(q, "ZREM",
			queries_tagged(q, "dest", list->items[i].text),
			wipe->mailbox);
	}
}

static void
wipe_senders(
	struct queries *q, const struct wipe *wipe, const struct reply *list)
{
	for (size_t i = 0; i < reply_count(list); i++) {
		struct slice sender = list->items[i].text;

		take_out(q, "HDEL", queries_tagged(q, "route", sender),
			wipe->mailbox);
		take_out(q, "ZREM", queries_tagged(q, "left", sender),
			wipe->mailbox);
	}
}

static void
drop_window(struct queries *q, struct slice place)
{
	for (size_t i = 0; i < WINDOW_KINDS; i++) {
		(void)queries_add(q, "DEL",
			arena_printf(q->arena, "%s:%s:%.*s", q->redis->prefix,
				window_kinds[i], SLICE_ARG(place)));
	}
}

/* "{group}:policy": the window goes if it is the mailbox's, or the member. */
static void
wipe_place(struct queries *q, const struct wipe *wipe, struct slice place)
{
	struct slice group, policy, key;
	struct key_text room;

	key = arena_printf(
		q->arena, "%s:win:%.*s", q->redis->prefix, SLICE_ARG(place));
	(void)redis_key_parse(q->arena, q->redis->prefix, key, &group, &policy);
	if (group.p != NULL &&
		key_names(group, key_bound(wipe->mailbox, &room))) {
		drop_window(q, place);
		return;
	}
	take_out(q, "ZREM", key, wipe->mailbox);
	take_out(q, "HDEL",
		arena_printf(q->arena, "%s:val:%.*s", q->redis->prefix,
			SLICE_ARG(place)),
		wipe->mailbox);
}

static void
wipe_windows(
	struct queries *q, const struct wipe *wipe, const struct traits *traits)
{
	const struct reply *places = traits->places->reply;
	const struct reply *policies = traits->policies->reply;

	for (size_t i = 0; i < reply_count(policies); i++) {
		drop_window(q,
			redis_key_place(q->arena, wipe->mailbox,
				policies->items[i].text));
	}
	for (size_t i = 0; i < reply_count(places); i++)
		wipe_place(q, wipe, places->items[i].text);
}

/* Its own keys, and its name in the sets of days and of those with routes. */
static void
wipe_own(struct queries *q, const struct wipe *wipe)
{
	static const char *const kinds[] = {"box", "route", "once", "left",
		"contain", "dest", "at", "peers", "oneway"};
	int64_t now_ms = redis_now_ms(q->redis);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		(void)queries_add(
			q, "DEL", queries_tagged(q, kinds[i], wipe->mailbox));
	}
	for (int64_t age = -STORE_DAY_MS; age <= wipe->day_ttl_ms;
		age += STORE_DAY_MS) {
		take_out(q, "ZREM",
			redis_key_top(q->arena, q->redis->prefix, now_ms - age),
			wipe->mailbox);
	}
	take_out(q, "ZREM",
		redis_key_routed(q->arena, q->redis->prefix,
			redis_key_part(wipe->mailbox)),
		wipe->mailbox);
}

/* As one to whom others write: no key of its own tells of them. */
static bool
page_peers(
	struct queries *q, const struct reply *keys, void *ctx, struct err *err)
{
	struct wipe *wipe = ctx;
	struct slice field = redis_peer_field(q->arena, wipe->mailbox);
	struct slice mailbox, rest;

	wipe->is_late =
		wipe->until_ms != 0 && clock_monotonic_ms() >= wipe->until_ms;
	if (wipe->is_late)
		return err_set(err, ERR_DOWN, "it takes too long");
	for (size_t i = 0; i < reply_count(keys); i++) {
		(void)redis_key_parse(q->arena, q->redis->prefix,
			keys->items[i].text, &mailbox, &rest);
		take_out(q, "HDEL", keys->items[i].text, field);
		if (mailbox.p != NULL) {
			take_out(q, "HDEL",
				queries_tagged(q, "oneway", mailbox),
				wipe->mailbox);
		}
	}
	return put_wipes(q, wipe, err);
}

static bool
page_windows(
	struct queries *q, const struct reply *keys, void *ctx, struct err *err)
{
	struct wipe *wipe = ctx;
	size_t kind = strlen(q->redis->prefix) + sizeof ":win:" - 1;

	for (size_t i = 0; i < reply_count(keys); i++) {
		struct slice key = keys->items[i].text;

		wipe_place(q, wipe, slice_sub(key, kind, key.len));
	}
	return put_wipes(q, wipe, err);
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

/* What is known without looking; *all: it may be in other windows, too; *ours:
 * it is a mailbox of ours, to whom none of ours writes as to a peer. */
static bool
wipe_known(struct queries *q, struct wipe *wipe, bool *all, bool *ours,
	struct err *err)
{
	const struct traits traits = ask_traits(q, wipe->mailbox);
	int64_t fields;

	if (!queries_put(q, err))
		return false;
	*ours = reply_number(traits.box->reply, &fields) && fields > 0;
	*all = reply_count(traits.places->reply) >= COMMANDS_PLACE_MAX;
	wipe_destinations(q, wipe, traits.routes->reply);
	wipe_destinations(q, wipe, traits.left->reply);
	wipe_senders(q, wipe, traits.senders->reply);
	wipe_windows(q, wipe, &traits);
	wipe_own(q, wipe);
	return put_wipes(q, wipe, err);
}

/* What there was no time for is left to whoever goes on. */
static bool
wipe_peers(struct queries *q, struct wipe *wipe, struct err *err)
{
	wipe->until_ms = clock_monotonic_ms() + PATIENCE_MS;
	return queries_walk(q->redis, "peers:", page_peers, wipe, err) ||
		wipe->is_late;
}

bool
query_forget_peers(struct redis *redis, struct slice mailbox, uint64_t *wiped,
	struct err *err)
{
	struct wipe wipe = {.mailbox = mailbox};
	bool ok = queries_walk(redis, "peers:", page_peers, &wipe, err);

	*wiped += wipe.wiped;
	return ok;
}

bool
query_forget(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct wipe wipe = {.mailbox = query->about,
		.day_ttl_ms = q->redis->options.day_ttl_ms};
	bool all = false, ours = false;
	bool ok = query->about.len == 0 ||
		(wipe_known(q, &wipe, &all, &ours, err) &&
			(!all ||
				queries_walk(q->redis, "win:", page_windows,
					&wipe, err)) &&
			(ours || wipe_peers(q, &wipe, err)) &&
			wipe_events(q->redis, &wipe, err));

	(void)arena;
	query->answer.wiped = wipe.wiped;
	query->answer.more_to_wipe = wipe.is_late;
	return ok;
}
