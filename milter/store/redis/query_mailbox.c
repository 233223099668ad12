/* SPDX-License-Identifier: BSD-2-Clause */
/* Records, windows and containments, as people ask Redis for them. */
#include "store/redis/query.h"

#include "store/memory/mailbox.h"
#include "store/redis/queries.h"
#include "store/redis/redis_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_COMMANDS 4

static bool
read_box(const struct queries *q, struct arena *arena, struct slice mailbox,
	const struct reply *hash, const struct reply *routes,
	struct store_mailbox *row)
{
	int64_t destinations = 0;
	char day[32];

	(void)reply_number(routes, &destinations);
	(void)snprintf(day, sizeof(day), "d:%lld",
		(long long)(redis_now_ms(q->redis) / MAILBOX_DAY_MS));
	row->mailbox = arena_copy(arena, mailbox);
	row->tally[TALLY_RECEIVED] = reply_u64(reply_field(hash, "received"));
	row->tally[TALLY_FORWARDED] = reply_u64(reply_field(hash, "forwarded"));
	row->tally[TALLY_TAGGED] = reply_u64(reply_field(hash, "tagged"));
	row->tally[TALLY_QUARANTINED] =
		reply_u64(reply_field(hash, "quarantined"));
	row->flows = reply_u64(reply_field(hash, day));
	row->destinations = (uint64_t)destinations;
	row->first_forward_ms = (int64_t)reply_u64(reply_field(hash, "first"));
	row->last_forward_ms = (int64_t)reply_u64(reply_field(hash, "last"));
	return row->mailbox.p != NULL;
}

static bool
people_box(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_mailboxes *boxes, struct err *err)
{
	const struct command *hash, *routes;
	struct queries q;
	bool ok;

	if (!queries_begin(&q, (struct redis *)store, err))
		return false;
	hash = queries_add(&q, "HGETALL", queries_tagged(&q, "box", mailbox));
	routes = queries_add(&q, "HLEN", queries_tagged(&q, "route", mailbox));
	boxes->at = arena_array(arena, 1, sizeof(*boxes->at));
	ok = hash != NULL && routes != NULL && boxes->at != NULL
		? queries_put(&q, err)
		: queries_too_long(err);
	if (ok && reply_count(hash->reply) > 0) {
		boxes->count = read_box(&q, arena, mailbox, hash->reply,
			routes->reply, boxes->at);
	}
	queries_end(&q);
	return ok;
}

/* After the day's set: two commands a row, hash and routes. */
static bool
read_top(struct queries *q, struct arena *arena, const struct reply *day,
	struct store_mailboxes *boxes, struct err *err)
{
	size_t count = reply_count(day) / 2, i;
	struct command **commands =
		arena_array(q->arena, 2 * count, sizeof(*commands));

	boxes->at = arena_array(arena, count, sizeof(*boxes->at));
	if (commands == NULL || boxes->at == NULL)
		return queries_too_long(err);
	for (i = 0; i < count; i++) {
		struct slice mailbox = day->items[2 * i].text;

		commands[2 * i] = queries_add(
			q, "HGETALL", queries_tagged(q, "box", mailbox));
		commands[2 * i + 1] = queries_add(
			q, "HLEN", queries_tagged(q, "route", mailbox));
		if (commands[2 * i] == NULL || commands[2 * i + 1] == NULL)
			return queries_too_long(err);
	}
	if (!queries_put(q, err))
		return false;
	for (i = 0; i < count; i++) {
		struct store_mailbox *row = &boxes->at[i];

		if (!read_box(q, arena, day->items[2 * i].text,
			    commands[2 * i]->reply, commands[2 * i + 1]->reply,
			    row))
			return queries_too_long(err);
		row->flows = reply_u64(day->items[2 * i + 1].text);
		boxes->count++;
	}
	return true;
}

static bool
people_top(struct store *store, struct arena *arena, int64_t day_ms,
	size_t limit, struct store_mailboxes *boxes, struct err *err)
{
	struct queries q;
	struct command *day;
	bool ok = false;

	if (limit == 0)
		return true;
	if (!queries_begin(&q, (struct redis *)store, err))
		return false;
	day = queries_add(&q, "ZREVRANGE",
		redis_key_top(q.arena, q.redis->prefix, day_ms));
	if (day != NULL) {
		command_number(day, 0);
		command_number(day, (int64_t)limit - 1);
		command_word(day, SLICE("WITHSCORES"));
		ok = queries_put(&q, err) &&
			read_top(&q, arena, day->reply, boxes, err);
	} else {
		queries_too_long(err);
	}
	queries_end(&q);
	return ok;
}

/* The first and last member since then of the sliding set, and of the
 * sequence, of one policy: four commands. */
static bool
ask_window(struct queries *q, struct slice group, struct slice policy,
	int64_t since_ms, struct command **commands)
{
	static const char *const kinds[2] = {"win", "seq"};

	for (size_t i = 0; i < 2; i++) {
		struct slice key = redis_key_tagged(
			q->arena, q->redis->prefix, kinds[i], group, policy);
		struct command *count = queries_add(q, "ZCOUNT", key);
		struct command *rows = queries_add(q, "ZRANGEBYSCORE", key);

		if (count == NULL || rows == NULL)
			return false;
		command_number(count, since_ms);
		command_word(count, SLICE("+inf"));
		command_number(rows, since_ms);
		command_word(rows, SLICE("+inf"));
		command_word(rows, SLICE("WITHSCORES"));
		commands[2 * i] = count;
		commands[2 * i + 1] = rows;
	}
	return true;
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

static int
by_policy(const void *a, const void *b)
{
	const struct store_window *x = a, *y = b;

	return slice_compare(x->policy, y->policy);
}

static bool
read_windows(struct queries *q, struct arena *arena, struct slice group,
	const struct reply *policies, struct store_windows *windows,
	struct err *err)
{
	size_t count = reply_count(policies) / 2, i;
	struct command **commands = arena_array(
		q->arena, count * WINDOW_COMMANDS, sizeof(*commands));
	int64_t now_ms = redis_now_ms(q->redis);

	windows->at = arena_array(arena, count, sizeof(*windows->at));
	if (commands == NULL || windows->at == NULL)
		return queries_too_long(err);
	for (i = 0; i < count; i++) {
		if (!ask_window(q, group, policies->items[2 * i].text,
			    now_ms -
				    (int64_t)reply_u64(
					    policies->items[2 * i + 1].text),
			    &commands[i * WINDOW_COMMANDS]))
			return queries_too_long(err);
	}
	if (!queries_put(q, err))
		return false;
	for (i = 0; i < count; i++) {
		struct store_window *row = &windows->at[windows->count];

		row->count = 0;
		read_window(&commands[i * WINDOW_COMMANDS], row);
		row->group = arena_copy(arena, group);
		row->policy = arena_copy(arena, policies->items[2 * i].text);
		if (row->count > 0 && row->policy.p != NULL)
			windows->count++;
	}
	qsort(windows->at, windows->count, sizeof(*windows->at), by_policy);
	return true;
}

static bool
people_windows(struct store *store, struct arena *arena, struct slice group,
	struct store_windows *windows, struct err *err)
{
	const struct command *policies;
	struct queries q;
	bool ok;

	if (!queries_begin(&q, (struct redis *)store, err))
		return false;
	policies = queries_add(&q, "HGETALL", queries_plain(&q, "policies"));
	ok = policies != NULL ? queries_put(&q, err) : queries_too_long(err);
	ok = ok &&
		read_windows(&q, arena, group, policies->reply, windows, err);
	queries_end(&q);
	return ok;
}

/* "h:<hour>" with "received forwarded ...". */
static void
read_hour(struct slice name, struct slice value, uint64_t now,
	struct store_hours *hours)
{
	struct slice received = {NULL, 0}, forwarded = {NULL, 0};
	uint64_t hour;

	if (name.len < 3 || name.p[0] != 'h' || name.p[1] != ':' ||
		!slice_to_u64(slice_sub(name, 2, name.len), &hour) ||
		hour > now || now - hour >= MAILBOX_HOURS)
		return;
	(void)(slice_next(&value, ' ', &received) &&
		slice_next(&value, ' ', &forwarded));
	hours->received[now - hour] = reply_u64(received);
	hours->forwarded[now - hour] = reply_u64(forwarded);
}

static bool
people_hours(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_hours *hours, struct err *err)
{
	const struct command *hash;
	struct queries q;
	bool ok;

	(void)arena;
	if (!queries_begin(&q, (struct redis *)store, err))
		return false;
	hash = queries_add(&q, "HGETALL", queries_tagged(&q, "box", mailbox));
	ok = hash != NULL ? queries_put(&q, err) : queries_too_long(err);
	for (size_t i = 0; ok && i + 1 < reply_count(hash->reply); i += 2) {
		read_hour(hash->reply->items[i].text,
			hash->reply->items[i + 1].text,
			(uint64_t)(redis_now_ms(q.redis) / MAILBOX_HOUR_MS),
			hours);
	}
	queries_end(&q);
	return ok;
}

static bool
people_contain(struct store *store, struct slice mailbox,
	const struct store_containment *containment, struct err *err)
{
	struct redis *redis = (struct redis *)store;
	int64_t now_ms = redis_now_ms(redis), ttl_ms;
	struct command *command;
	struct queries q;
	bool ok;

	ttl_ms = containment->until_ms > now_ms ? containment->until_ms - now_ms
						: 0;
	if (!queries_begin(&q, redis, err))
		return false;
	command = command_new(q.request, SCRIPT_CONTAIN, 1, 6);
	if (command == NULL) {
		queries_end(&q);
		return queries_too_long(err);
	}
	*q.end = command;
	command->key = queries_tagged(&q, "contain", mailbox);
	command_word(command, command->key);
	command_word(command,
		containment->by.p != NULL ? containment->by : SLICE(""));
	command_word(command,
		containment->why.p != NULL ? containment->why : SLICE(""));
	command_number(
		command, containment->at_ms != 0 ? containment->at_ms : now_ms);
	command_number(command, containment->until_ms);
	command_number(command, ttl_ms);
	ok = queries_put(&q, err);
	queries_end(&q);
	return ok;
}

static bool
people_contained(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_containment *containment, struct err *err)
{
	const struct command *hash;
	struct queries q;
	bool ok;

	if (!queries_begin(&q, (struct redis *)store, err))
		return false;
	hash = queries_add(
		&q, "HGETALL", queries_tagged(&q, "contain", mailbox));
	ok = hash != NULL ? queries_put(&q, err) : queries_too_long(err);
	if (ok &&
		(int64_t)reply_u64(reply_field(hash->reply, "until")) >
			redis_now_ms(q.redis)) {
		containment->by =
			arena_copy(arena, reply_field(hash->reply, "by"));
		containment->why =
			arena_copy(arena, reply_field(hash->reply, "why"));
		containment->at_ms =
			(int64_t)reply_u64(reply_field(hash->reply, "at"));
		containment->until_ms =
			(int64_t)reply_u64(reply_field(hash->reply, "until"));
	}
	queries_end(&q);
	return ok;
}

const struct store_backend redis_backend = {
	.name = "redis",
	.top = people_top,
	.mailbox = people_box,
	.routes = query_routes,
	.senders = query_senders,
	.windows = people_windows,
	.hours = people_hours,
	.events = query_events,
	.contain = people_contain,
	.contained = people_contained,
	.forget = query_forget,
};
