/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people ask of Redis. A question is a list of plain commands sent at
 * once; one about everything walks the keys with SCAN, node by node, a page
 * at a time, and so never holds the server up.
 */
#include "store/redis.h"

#include "store/box.h"
#include "store/key.h"
#include "store/rediskey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCAN_COUNT "1000"
#define EVENTS_PAGE 1000
#define WINDOW_COMMANDS 4

struct question {
	struct redis *redis;
	struct request *request;
	struct arena *arena; /* of the question and its answers */
	struct command *first, **end;
};

static bool
begin(struct question *q, struct redis *redis, struct err *err)
{
	q->redis = redis;
	q->request = redis_question(redis, err);
	q->first = NULL;
	q->end = &q->first;
	if (q->request == NULL)
		return false;
	q->arena = q->request->arena;
	return true;
}

/* Sends what was added since the last time. */
static bool
put(struct question *q, struct err *err)
{
	struct command *list = q->first;

	q->first = NULL;
	q->end = &q->first;
	return redis_put(q->redis, q->request, list, err);
}

static void
end(struct question *q)
{
	request_drop(q->request);
}

/* Adds "name key ..."; key may be absent (SCAN). The command takes up to
 * eight words. NULL when memory is short. */
static struct command *
add(struct question *q, const char *name, struct slice key)
{
	struct command *command = command_new(q->request, SCRIPT_NONE, 0, 8);

	if (command == NULL)
		return NULL;
	command_word(command, slice_of(name));
	if (key.p != NULL)
		command_word(command, key);
	command->key = key;
	*q->end = command;
	q->end = &command->next;
	return command;
}

static bool
out_of_room(struct err *err)
{
	return err_set(err, ERR_LIMIT, "the answer is too long");
}

static struct slice
tagged(const struct question *q, const char *kind, struct slice text)
{
	return rediskey_tagged(q->arena, q->redis->prefix, kind, text,
		(struct slice){NULL, 0});
}

static struct slice
plain(const struct question *q, const char *kind)
{
	return rediskey_plain(
		q->arena, q->redis->prefix, kind, (struct slice){NULL, 0});
}

/* The value of a field in the answer to HGETALL, absent when not there. */
static struct slice
field(const struct reply *hash, const char *name)
{
	size_t i;

	for (i = 0; hash->type == REPLY_ARRAY && i + 1 < hash->count; i += 2)
		if (slice_equal(hash->items[i].text, slice_of(name)))
			return hash->items[i + 1].text;
	return (struct slice){NULL, 0};
}

static uint64_t
number_of(struct slice text)
{
	uint64_t number = 0;

	(void)slice_to_u64(text, &number);
	return number;
}

static size_t
count_of(const struct reply *reply)
{
	return reply->type == REPLY_ARRAY ? reply->count : 0;
}

static bool
read_box(const struct question *q, struct arena *arena, struct slice mailbox,
	const struct reply *hash, const struct reply *routes,
	struct store_box *row)
{
	int64_t destinations = 0;
	char day[32];

	(void)reply_number(routes, &destinations);
	(void)snprintf(day, sizeof day, "d:%lld",
		(long long)(redis_now_ms(q->redis) / BOX_DAY_MS));
	row->mailbox = arena_copy(arena, mailbox);
	row->tally[TALLY_RECEIVED] = number_of(field(hash, "received"));
	row->tally[TALLY_FORWARDED] = number_of(field(hash, "forwarded"));
	row->tally[TALLY_TAGGED] = number_of(field(hash, "tagged"));
	row->tally[TALLY_QUARANTINED] = number_of(field(hash, "quarantined"));
	row->flows = number_of(field(hash, day));
	row->destinations = (uint64_t)destinations;
	row->first_forward_ms = (int64_t)number_of(field(hash, "first"));
	row->last_forward_ms = (int64_t)number_of(field(hash, "last"));
	return row->mailbox.p != NULL;
}

static bool
people_box(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_boxes *boxes, struct err *err)
{
	const struct command *hash, *routes;
	struct question q;
	bool ok;

	if (!begin(&q, (struct redis *)store, err))
		return false;
	hash = add(&q, "HGETALL", tagged(&q, "box", mailbox));
	routes = add(&q, "HLEN", tagged(&q, "route", mailbox));
	boxes->at = arena_array(arena, 1, sizeof *boxes->at);
	ok = hash != NULL && routes != NULL && boxes->at != NULL
		? put(&q, err)
		: out_of_room(err);
	if (ok && count_of(hash->reply) > 0)
		boxes->count = read_box(&q, arena, mailbox, hash->reply,
			routes->reply, boxes->at);
	end(&q);
	return ok;
}

/* After the day's set: two commands a row, hash and routes. */
static bool
read_top(struct question *q, struct arena *arena, const struct reply *day,
	struct store_boxes *boxes, struct err *err)
{
	size_t count = count_of(day) / 2, i;
	struct command **commands =
		arena_array(q->arena, 2 * count, sizeof *commands);

	boxes->at = arena_array(arena, count, sizeof *boxes->at);
	if (commands == NULL || boxes->at == NULL)
		return out_of_room(err);
	for (i = 0; i < count; i++) {
		struct slice mailbox = day->items[2 * i].text;

		commands[2 * i] = add(q, "HGETALL", tagged(q, "box", mailbox));
		commands[2 * i + 1] =
			add(q, "HLEN", tagged(q, "route", mailbox));
		if (commands[2 * i] == NULL || commands[2 * i + 1] == NULL)
			return out_of_room(err);
	}
	if (!put(q, err))
		return false;
	for (i = 0; i < count; i++) {
		struct store_box *row = &boxes->at[i];

		if (!read_box(q, arena, day->items[2 * i].text,
			    commands[2 * i]->reply, commands[2 * i + 1]->reply,
			    row))
			return out_of_room(err);
		row->flows = number_of(day->items[2 * i + 1].text);
		boxes->count++;
	}
	return true;
}

static bool
people_top(struct store *store, struct arena *arena, int64_t day_ms,
	size_t limit, struct store_boxes *boxes, struct err *err)
{
	struct question q;
	struct command *day;
	bool ok = false;

	if (limit == 0)
		return true;
	if (!begin(&q, (struct redis *)store, err))
		return false;
	day = add(&q, "ZREVRANGE",
		rediskey_plain(q.arena, q.redis->prefix, "top",
			arena_printf(q.arena, "%lld",
				(long long)(day_ms / BOX_DAY_MS))));
	if (day != NULL) {
		command_number(day, 0);
		command_number(day, (int64_t)limit - 1);
		command_word(day, SLICE("WITHSCORES"));
		ok = put(&q, err) &&
			read_top(&q, arena, day->reply, boxes, err);
	} else {
		out_of_room(err);
	}
	end(&q);
	return ok;
}

/* "first last count", as tally writes it. */
static void
read_route(struct slice text, struct store_route *row)
{
	struct slice part[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};

	(void)(slice_next(&text, ' ', &part[0]) &&
		slice_next(&text, ' ', &part[1]) &&
		slice_next(&text, ' ', &part[2]));
	row->first_ms = (int64_t)number_of(part[0]);
	row->last_ms = (int64_t)number_of(part[1]);
	row->count = number_of(part[2]);
}

/* Rows on the heap, until all are known. */
struct rows {
	struct arena *arena; /* of their texts */
	struct store_route *at;
	size_t count, room;
	bool failed;
};

static struct store_route *
new_row(struct rows *rows, struct slice mailbox, struct slice destination)
{
	struct store_route *row;

	if (rows->count == rows->room) {
		size_t room = rows->room > 0 ? rows->room * 2 : 64;
		void *at = realloc(rows->at, room * sizeof *row);

		if (at == NULL) {
			rows->failed = true;
			return NULL;
		}
		rows->at = at;
		rows->room = room;
	}
	row = &rows->at[rows->count];
	*row = (struct store_route){
		.mailbox = arena_copy(rows->arena, mailbox),
		.destination = arena_copy(rows->arena, destination),
	};
	rows->failed = row->mailbox.p == NULL || row->destination.p == NULL;
	if (!rows->failed)
		rows->count++;
	return rows->failed ? NULL : row;
}

static void
add_routes(struct rows *rows, struct slice mailbox, const struct reply *hash,
	int64_t since_ms)
{
	size_t i;

	for (i = 0; i + 1 < count_of(hash) && !rows->failed; i += 2) {
		struct store_route route, *row;

		read_route(hash->items[i + 1].text, &route);
		if (route.last_ms < since_ms)
			continue;
		row = new_row(rows, mailbox, hash->items[i].text);
		if (row != NULL) {
			row->first_ms = route.first_ms;
			row->last_ms = route.last_ms;
			row->count = route.count;
		}
	}
}

static int
by_last(const void *a, const void *b)
{
	const struct store_route *x = a, *y = b;
	int order;

	if (x->last_ms != y->last_ms)
		return x->last_ms < y->last_ms ? 1 : -1;
	order = slice_compare(x->mailbox, y->mailbox);
	return order != 0 ? order
			  : slice_compare(x->destination, y->destination);
}

static bool
finish_rows(struct rows *rows, struct store_routes *routes, struct err *err)
{
	bool ok = !rows->failed;

	if (ok && rows->count > 0) {
		qsort(rows->at, rows->count, sizeof *rows->at, by_last);
		routes->at = arena_array(
			rows->arena, rows->count, sizeof *routes->at);
		ok = routes->at != NULL;
	}
	if (ok && rows->count > 0) {
		memcpy(routes->at, rows->at, rows->count * sizeof *routes->at);
		routes->count = rows->count;
	}
	free(rows->at);
	return ok || out_of_room(err);
}

/* What a walk over the keys does with one page of them. */
typedef bool page_fn(struct question *, const struct reply *keys, void *ctx,
	struct err *err);

static struct node *
node_at(struct redis *redis, size_t i)
{
	if (redis->cluster != NULL)
		return cluster_node(redis->cluster, i);
	return i == 0 ? redis->node : NULL;
}

/* One page of one node's keys; cursor "0" comes back at the end. */
static bool
scan_page(struct redis *redis, struct node *node, const char *kind,
	char cursor[32], page_fn *page, void *ctx, struct err *err)
{
	struct question q;
	struct command *scan;
	const struct reply *reply;
	bool ok;

	if (!begin(&q, redis, err))
		return false;
	scan = add(&q, "SCAN", (struct slice){NULL, 0});
	if (scan == NULL) {
		end(&q);
		return out_of_room(err);
	}
	scan->target = node;
	command_word(scan, arena_copy(q.arena, slice_of(cursor)));
	command_word(scan, SLICE("MATCH"));
	command_word(
		scan, arena_printf(q.arena, "%s:%s*", redis->prefix, kind));
	command_word(scan, SLICE("COUNT"));
	command_word(scan, SLICE(SCAN_COUNT));
	ok = put(&q, err);
	reply = scan->reply;
	if (ok && (count_of(reply) != 2 || reply->items[0].text.len >= 32))
		ok = err_set(err, ERR_DOWN, "an answer that makes no sense");
	if (ok) {
		memcpy(cursor, reply->items[0].text.p,
			reply->items[0].text.len);
		cursor[reply->items[0].text.len] = '\0';
		ok = page(&q, &reply->items[1], ctx, err);
	}
	end(&q);
	return ok;
}

/* All keys "prefix:kind*" of all nodes, a page at a time. A key may come
 * twice (SCAN's own promise). */
static bool
walk(struct redis *redis, const char *kind, page_fn *page, void *ctx,
	struct err *err)
{
	struct node *node;
	size_t i;

	for (i = 0; (node = node_at(redis, i)) != NULL; i++) {
		char cursor[32] = "0";

		do {
			if (!scan_page(
				    redis, node, kind, cursor, page, ctx, err))
				return false;
		} while (strcmp(cursor, "0") != 0);
	}
	return true;
}

struct route_walk {
	struct rows rows;
	int64_t since_ms;
};

static bool
page_routes(struct question *q, const struct reply *keys, void *ctx,
	struct err *err)
{
	struct route_walk *walk_ctx = ctx;
	size_t count = count_of(keys), i;
	struct command **commands =
		arena_array(q->arena, count, sizeof *commands);

	if (commands == NULL)
		return out_of_room(err);
	for (i = 0; i < count; i++)
		commands[i] = add(q, "HGETALL", keys->items[i].text);
	if (!put(q, err))
		return false;
	for (i = 0; i < count && !walk_ctx->rows.failed; i++) {
		struct slice mailbox, rest;

		(void)rediskey_parse(q->arena, q->redis->prefix,
			keys->items[i].text, &mailbox, &rest);
		if (commands[i] != NULL && mailbox.p != NULL)
			add_routes(&walk_ctx->rows, mailbox, commands[i]->reply,
				walk_ctx->since_ms);
	}
	return true;
}

static int
by_names(const void *a, const void *b)
{
	const struct store_route *x = a, *y = b;
	int order = slice_compare(x->mailbox, y->mailbox);

	return order != 0 ? order
			  : slice_compare(x->destination, y->destination);
}

static void
drop_doubles(struct rows *rows)
{
	size_t i, kept = 0;

	if (rows->count == 0)
		return;
	qsort(rows->at, rows->count, sizeof *rows->at, by_names);
	for (i = 1; i < rows->count; i++)
		if (by_names(&rows->at[kept], &rows->at[i]) != 0)
			rows->at[++kept] = rows->at[i];
	rows->count = kept + 1;
}

static bool
routes_of_all(struct redis *redis, struct arena *arena, int64_t since_ms,
	struct store_routes *routes, struct err *err)
{
	struct route_walk ctx = {{.arena = arena}, since_ms};

	if (!walk(redis, "route:", page_routes, &ctx, err)) {
		free(ctx.rows.at);
		return false;
	}
	drop_doubles(&ctx.rows);
	return finish_rows(&ctx.rows, routes, err);
}

static bool
people_routes(struct store *store, struct arena *arena, struct slice mailbox,
	int64_t since_ms, struct store_routes *routes, struct err *err)
{
	struct rows rows = {.arena = arena};
	const struct command *hash;
	struct question q;
	bool ok;

	if (mailbox.p == NULL)
		return routes_of_all(
			(struct redis *)store, arena, since_ms, routes, err);
	if (!begin(&q, (struct redis *)store, err))
		return false;
	hash = add(&q, "HGETALL", tagged(&q, "route", mailbox));
	ok = hash != NULL ? put(&q, err) : out_of_room(err);
	if (ok)
		add_routes(&rows, mailbox, hash->reply, since_ms);
	ok = ok && finish_rows(&rows, routes, err);
	end(&q);
	return ok;
}

/* After the destination's set: the route of each mailbox in it. One whose
 * route is gone (past the cap) is shown by its last time alone. */
static bool
read_senders(struct question *q, const struct reply *set,
	struct slice destination, struct rows *rows, struct err *err)
{
	size_t count = count_of(set) / 2, i;
	struct command **commands =
		arena_array(q->arena, count, sizeof *commands);

	if (commands == NULL)
		return out_of_room(err);
	for (i = 0; i < count; i++) {
		commands[i] = add(
			q, "HGET", tagged(q, "route", set->items[2 * i].text));
		if (commands[i] == NULL)
			return out_of_room(err);
		command_word(commands[i], destination);
	}
	if (!put(q, err))
		return false;
	for (i = 0; i < count; i++) {
		struct store_route *row =
			new_row(rows, set->items[2 * i].text, destination);

		if (row == NULL)
			return true;
		if (commands[i]->reply->type == REPLY_TEXT)
			read_route(commands[i]->reply->text, row);
		if (row->last_ms == 0)
			row->first_ms = row->last_ms =
				(int64_t)number_of(set->items[2 * i + 1].text);
	}
	return true;
}

static bool
people_senders(struct store *store, struct arena *arena,
	struct slice destination, struct store_routes *routes, struct err *err)
{
	struct rows rows = {.arena = arena};
	struct command *set;
	struct question q;
	bool ok = false;

	if (!begin(&q, (struct redis *)store, err))
		return false;
	set = add(&q, "ZREVRANGE", tagged(&q, "dest", destination));
	if (set != NULL) {
		command_number(set, 0);
		command_number(set, -1);
		command_word(set, SLICE("WITHSCORES"));
		ok = put(&q, err) &&
			read_senders(&q, set->reply, destination, &rows, err);
	}
	if (ok)
		ok = finish_rows(&rows, routes, err);
	else
		free(rows.at);
	end(&q);
	return ok;
}

/* The first and last member since then of the sliding set, and of the
 * sequence, of one policy: four commands. */
static bool
ask_window(struct question *q, struct slice group, struct slice policy,
	int64_t since_ms, struct command **commands)
{
	static const char *const kinds[2] = {"win", "seq"};
	size_t i;

	for (i = 0; i < 2; i++) {
		struct slice key = rediskey_tagged(
			q->arena, q->redis->prefix, kinds[i], group, policy);
		struct command *count = add(q, "ZCOUNT", key);
		struct command *rows = add(q, "ZRANGEBYSCORE", key);

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
	size_t i;

	for (i = 0; i < WINDOW_COMMANDS; i += 2) {
		const struct reply *rows = commands[i + 1]->reply;
		size_t count = count_of(rows);
		int64_t number = 0;

		(void)reply_number(commands[i]->reply, &number);
		row->count += (uint64_t)number;
		if (count < 2)
			continue;
		row->oldest_ms = (int64_t)number_of(rows->items[1].text);
		row->newest_ms =
			(int64_t)number_of(rows->items[count - 1].text);
	}
}

static int
by_policy(const void *a, const void *b)
{
	const struct store_window *x = a, *y = b;

	return slice_compare(x->policy, y->policy);
}

static bool
read_windows(struct question *q, struct arena *arena, struct slice group,
	const struct reply *policies, struct store_windows *windows,
	struct err *err)
{
	size_t count = count_of(policies) / 2, i;
	struct command **commands = arena_array(
		q->arena, count * WINDOW_COMMANDS, sizeof *commands);
	int64_t now_ms = redis_now_ms(q->redis);

	windows->at = arena_array(arena, count, sizeof *windows->at);
	if (commands == NULL || windows->at == NULL)
		return out_of_room(err);
	for (i = 0; i < count; i++)
		if (!ask_window(q, group, policies->items[2 * i].text,
			    now_ms -
				    (int64_t)number_of(
					    policies->items[2 * i + 1].text),
			    &commands[i * WINDOW_COMMANDS]))
			return out_of_room(err);
	if (!put(q, err))
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
	qsort(windows->at, windows->count, sizeof *windows->at, by_policy);
	return true;
}

static bool
people_windows(struct store *store, struct arena *arena, struct slice group,
	struct store_windows *windows, struct err *err)
{
	const struct command *policies;
	struct question q;
	bool ok;

	if (!begin(&q, (struct redis *)store, err))
		return false;
	policies = add(&q, "HGETALL", plain(&q, "policies"));
	ok = policies != NULL ? put(&q, err) : out_of_room(err);
	ok = ok &&
		read_windows(&q, arena, group, policies->reply, windows, err);
	end(&q);
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
		hour > now || now - hour >= BOX_HOURS)
		return;
	(void)(slice_next(&value, ' ', &received) &&
		slice_next(&value, ' ', &forwarded));
	hours->received[now - hour] = number_of(received);
	hours->forwarded[now - hour] = number_of(forwarded);
}

static bool
people_hours(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_hours *hours, struct err *err)
{
	const struct command *hash;
	struct question q;
	size_t i;
	bool ok;

	(void)arena;
	if (!begin(&q, (struct redis *)store, err))
		return false;
	hash = add(&q, "HGETALL", tagged(&q, "box", mailbox));
	ok = hash != NULL ? put(&q, err) : out_of_room(err);
	for (i = 0; ok && i + 1 < count_of(hash->reply); i += 2)
		read_hour(hash->reply->items[i].text,
			hash->reply->items[i + 1].text,
			(uint64_t)(redis_now_ms(q.redis) / BOX_HOUR_MS), hours);
	end(&q);
	return ok;
}

/* Entries of a stream: {id, {"json", text}}; taken from the last backwards
 * when they came so. */
static bool
copy_events(struct arena *arena, const struct reply *entries, bool backwards,
	struct store_events *events)
{
	size_t count = count_of(entries), i;

	events->at = arena_array(arena, count, sizeof *events->at);
	if (events->at == NULL)
		return false;
	for (i = 0; i < count; i++) {
		const struct reply *entry =
			&entries->items[backwards ? count - 1 - i : i];

		if (count_of(entry) != 2 || count_of(&entry->items[1]) < 2)
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
	if (count_of(reply) != 1 || count_of(&reply->items[0]) != 2)
		return &none;
	return &reply->items[0].items[1];
}

static struct command *
ask_events(struct question *q, struct slice after, size_t limit)
{
	struct slice key = plain(q, "events");
	bool backwards = after.p == NULL;
	struct command *command = add(q, backwards ? "XREVRANGE" : "XREAD",
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

static bool
people_events(struct store *store, struct arena *arena, struct slice after,
	size_t limit, struct store_events *events, struct err *err)
{
	bool backwards = after.p == NULL;
	const struct command *command;
	struct question q;
	bool ok;

	events->last_id = arena_copy(arena, after);
	if (!begin(&q, (struct redis *)store, err))
		return false;
	command = ask_events(&q, after, limit);
	ok = command != NULL ? put(&q, err) : out_of_room(err);
	if (ok &&
		!copy_events(arena, entries_of(command->reply, backwards),
			backwards, events))
		ok = out_of_room(err);
	end(&q);
	return ok;
}

static bool
people_contain(struct store *store, struct slice mailbox,
	const struct store_containment *containment, struct err *err)
{
	struct redis *redis = (struct redis *)store;
	int64_t now_ms = redis_now_ms(redis), ttl_ms;
	struct command *command;
	struct question q;
	bool ok;

	ttl_ms = containment->until_ms > now_ms ? containment->until_ms - now_ms
						: 0;
	if (!begin(&q, redis, err))
		return false;
	command = command_new(q.request, SCRIPT_CONTAIN, 1, 6);
	if (command == NULL) {
		end(&q);
		return out_of_room(err);
	}
	*q.end = command;
	command->key = tagged(&q, "contain", mailbox);
	command_word(command, command->key);
	command_word(command,
		containment->by.p != NULL ? containment->by : SLICE(""));
	command_word(command,
		containment->why.p != NULL ? containment->why : SLICE(""));
	command_number(
		command, containment->at_ms != 0 ? containment->at_ms : now_ms);
	command_number(command, containment->until_ms);
	command_number(command, ttl_ms);
	ok = put(&q, err);
	end(&q);
	return ok;
}

static bool
people_contained(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_containment *containment, struct err *err)
{
	const struct command *hash;
	struct question q;
	bool ok;

	if (!begin(&q, (struct redis *)store, err))
		return false;
	hash = add(&q, "HGETALL", tagged(&q, "contain", mailbox));
	ok = hash != NULL ? put(&q, err) : out_of_room(err);
	if (ok &&
		(int64_t)number_of(field(hash->reply, "until")) >
			redis_now_ms(q.redis)) {
		containment->by = arena_copy(arena, field(hash->reply, "by"));
		containment->why = arena_copy(arena, field(hash->reply, "why"));
		containment->at_ms =
			(int64_t)number_of(field(hash->reply, "at"));
		containment->until_ms =
			(int64_t)number_of(field(hash->reply, "until"));
	}
	end(&q);
	return ok;
}

struct wipe {
	struct slice mailbox;
	uint64_t wiped;
};

/* What is to be done with a key for the mailbox to be gone from it. */
static struct command *
wipe_key(struct question *q, const struct wipe *wipe, struct slice key)
{
	struct slice text, rest, kind;
	struct key_text room;
	struct slice name = key_bound(wipe->mailbox, &room);
	const char *verb = NULL;
	struct command *command;

	kind = rediskey_parse(q->arena, q->redis->prefix, key, &text, &rest);
	if (kind.p == NULL)
		return NULL;
	if (text.p != NULL && !slice_equal(kind, SLICE("seen")) &&
		key_names(text, name))
		return add(q, "DEL", key);
	if (slice_equal(kind, SLICE("win")) ||
		slice_equal(kind, SLICE("seen")) ||
		slice_equal(kind, SLICE("dest")) ||
		slice_equal(kind, SLICE("top")))
		verb = "ZREM";
	else if (slice_equal(kind, SLICE("val")) ||
		slice_equal(kind, SLICE("route")))
		verb = "HDEL";
	if (verb == NULL)
		return NULL;
	command = add(q, verb, key);
	if (command != NULL)
		command_word(command, wipe->mailbox);
	return command;
}

static bool
page_wipe(struct question *q, const struct reply *keys, void *ctx,
	struct err *err)
{
	struct wipe *wipe = ctx;
	size_t count = count_of(keys), i;
	struct command **commands =
		arena_array(q->arena, count, sizeof *commands);

	if (commands == NULL)
		return out_of_room(err);
	for (i = 0; i < count; i++)
		commands[i] = wipe_key(q, wipe, keys->items[i].text);
	if (!put(q, err))
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
	size_t count, i;
	bool ok;

	do {
		const struct command *read;
		const struct reply *entries;
		struct question q;

		if (!begin(&q, redis, err))
			return false;
		read = ask_events(
			&q, arena_copy(q.arena, slice_of(cursor)), EVENTS_PAGE);
		ok = read != NULL ? put(&q, err) : out_of_room(err);
		entries = ok ? entries_of(read->reply, false) : NULL;
		count = ok ? count_of(entries) : 0;
		for (i = 0; i < count; i++) {
			const struct reply *entry = &entries->items[i];
			struct command *drop;

			if (count_of(entry) != 2 ||
				entry->items[0].text.len >= sizeof cursor)
				continue;
			memcpy(cursor, entry->items[0].text.p,
				entry->items[0].text.len + 1);
			if (count_of(&entry->items[1]) < 2 ||
				!names(entry->items[1].items[1].text,
					wipe->mailbox))
				continue;
			drop = add(&q, "XDEL", plain(&q, "events"));
			if (drop != NULL)
				command_word(drop, entry->items[0].text);
			wipe->wiped++;
		}
		ok = ok && put(&q, err);
		end(&q);
	} while (ok && count == EVENTS_PAGE);
	return ok;
}

static bool
people_forget(struct store *store, struct slice mailbox, uint64_t *wiped,
	struct err *err)
{
	struct wipe wipe = {mailbox, 0};
	bool ok = mailbox.len > 0 &&
		walk((struct redis *)store, "", page_wipe, &wipe, err) &&
		wipe_events((struct redis *)store, &wipe, err);

	*wiped = wipe.wiped;
	return ok || mailbox.len == 0;
}

const struct store_backend redis_backend = {
	.name = "redis",
	.top = people_top,
	.box = people_box,
	.routes = people_routes,
	.senders = people_senders,
	.windows = people_windows,
	.hours = people_hours,
	.events = people_events,
	.contain = people_contain,
	.contained = people_contained,
	.forget = people_forget,
};
