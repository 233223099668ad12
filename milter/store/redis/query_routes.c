/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and senders, as people ask Redis for them. */
#include "store/redis/query_routes.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/redis/redis_key.h"

#include <stdlib.h>

/* "first last count", as tally writes it. */
static void
read_route(struct slice text, struct store_route *row)
{
	struct slice part[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};

	(void)(slice_next(&text, ' ', &part[0]) &&
		slice_next(&text, ' ', &part[1]) &&
		slice_next(&text, ' ', &part[2]));
	row->first_ms = (int64_t)reply_u64(part[0]);
	row->last_ms = (int64_t)reply_u64(part[1]);
	row->count = reply_u64(part[2]);
}

static void
add_routes(struct answer_routes *rows, struct slice mailbox,
	const struct reply *hash, int64_t since_ms)
{
	for (size_t i = 0; i + 1 < reply_count(hash); i += 2) {
		struct store_route route, *row;

		read_route(hash->items[i + 1].text, &route);
		if (route.last_ms < since_ms)
			continue;
		row = answer_add_route(rows, mailbox, hash->items[i].text);
		if (row == NULL)
			return;
		row->first_ms = route.first_ms;
		row->last_ms = route.last_ms;
		row->count = route.count;
	}
}

struct route_walk {
	struct answer_routes rows;
	int64_t since_ms;
};

static bool
page_routes(
	struct queries *q, const struct reply *keys, void *ctx, struct err *err)
{
	struct route_walk *walk = ctx;
	size_t count = reply_count(keys);
	struct command **commands =
		arena_array(q->arena, count, sizeof(*commands));

	if (commands == NULL)
		return answer_too_long(err);
	for (size_t i = 0; i < count; i++)
		commands[i] = queries_add(q, "HGETALL", keys->items[i].text);
	if (!queries_put(q, err))
		return false;
	for (size_t i = 0; i < count && !walk->rows.failed; i++) {
		struct slice mailbox, rest;

		(void)redis_key_parse(q->arena, q->redis->prefix,
			keys->items[i].text, &mailbox, &rest);
		if (mailbox.p != NULL) {
			add_routes(&walk->rows, mailbox, commands[i]->reply,
				walk->since_ms);
		}
	}
	return true;
}

static bool
routes_of_all(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct route_walk walk = {{.arena = arena}, query->at_ms};

	if (!queries_walk(q->redis, "route:", page_routes, &walk, err)) {
		free(walk.rows.at);
		return false;
	}
	answer_drop_doubles(&walk.rows);
	return answer_end_routes(&walk.rows, &query->answer.routes, err);
}

bool
query_routes(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct answer_routes rows = {.arena = arena};
	const struct command *hash;

	if (query->about.p == NULL)
		return routes_of_all(q, arena, query, err);
	hash = queries_add(
		q, "HGETALL", queries_tagged(q, "route", query->about));
	if (!queries_put(q, err))
		return false;
	add_routes(&rows, query->about, hash->reply, query->at_ms);
	return answer_end_routes(&rows, &query->answer.routes, err);
}

/* After the destination's set: the route of each mailbox in it. One whose
 * route is gone (past the cap) is shown by its last time alone. */
static bool
read_senders(struct queries *q, const struct reply *set,
	struct slice destination, struct answer_routes *rows, struct err *err)
{
	size_t count = reply_count(set) / 2;
	struct command **commands =
		arena_array(q->arena, count, sizeof(*commands));

	if (commands == NULL)
		return answer_too_long(err);
	for (size_t i = 0; i < count; i++) {
		commands[i] = queries_add(q, "HGET",
			queries_tagged(q, "route", set->items[2 * i].text));
		command_word(commands[i], destination);
	}
	if (!queries_put(q, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct store_route *row = answer_add_route(
			rows, set->items[2 * i].text, destination);

		if (row == NULL)
			return true;
		if (commands[i]->reply->type == REPLY_TEXT)
			read_route(commands[i]->reply->text, row);
		if (row->last_ms == 0) {
			row->first_ms = row->last_ms =
				(int64_t)reply_u64(set->items[2 * i + 1].text);
		}
	}
	return true;
}

bool
query_routes_senders(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct answer_routes rows = {.arena = arena};
	struct command *set = queries_add(
		q, "ZREVRANGE", queries_tagged(q, "dest", query->about));

	command_number(set, 0);
	command_number(set, -1);
	command_word(set, SLICE("WITHSCORES"));
	return queries_put(q, err) &&
		read_senders(q, set->reply, query->about, &rows, err) &&
		answer_end_routes(&rows, &query->answer.routes, err);
}
