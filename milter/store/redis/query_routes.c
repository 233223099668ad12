/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and senders, as people ask Redis for them. */
#include "store/redis/query.h"

#include "store/redis/queries.h"
#include "store/redis/redis_key.h"

#include <stdlib.h>
#include <string.h>

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
		void *at = realloc(rows->at, room * sizeof(*row));

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
	for (size_t i = 0; i + 1 < reply_count(hash) && !rows->failed; i += 2) {
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
		qsort(rows->at, rows->count, sizeof(*rows->at), by_last);
		routes->at = arena_array(
			rows->arena, rows->count, sizeof(*routes->at));
		ok = routes->at != NULL;
	}
	if (ok && rows->count > 0) {
		memcpy(routes->at, rows->at, rows->count * sizeof(*routes->at));
		routes->count = rows->count;
	}
	free(rows->at);
	return ok || queries_too_long(err);
}

struct route_walk {
	struct rows rows;
	int64_t since_ms;
};

static bool
page_routes(
	struct queries *q, const struct reply *keys, void *ctx, struct err *err)
{
	struct route_walk *walk_ctx = ctx;
	size_t count = reply_count(keys), i;
	struct command **commands =
		arena_array(q->arena, count, sizeof(*commands));

	if (commands == NULL)
		return queries_too_long(err);
	for (i = 0; i < count; i++)
		commands[i] = queries_add(q, "HGETALL", keys->items[i].text);
	if (!queries_put(q, err))
		return false;
	for (i = 0; i < count && !walk_ctx->rows.failed; i++) {
		struct slice mailbox, rest;

		(void)redis_key_parse(q->arena, q->redis->prefix,
			keys->items[i].text, &mailbox, &rest);
		if (commands[i] != NULL && mailbox.p != NULL) {
			add_routes(&walk_ctx->rows, mailbox, commands[i]->reply,
				walk_ctx->since_ms);
		}
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
	qsort(rows->at, rows->count, sizeof(*rows->at), by_names);
	for (i = 1; i < rows->count; i++) {
		if (by_names(&rows->at[kept], &rows->at[i]) != 0)
			rows->at[++kept] = rows->at[i];
	}
	rows->count = kept + 1;
}

static bool
routes_of_all(struct redis *redis, struct arena *arena, int64_t since_ms,
	struct store_routes *routes, struct err *err)
{
	struct route_walk ctx = {{.arena = arena}, since_ms};

	if (!queries_walk(redis, "route:", page_routes, &ctx, err)) {
		free(ctx.rows.at);
		return false;
	}
	drop_doubles(&ctx.rows);
	return finish_rows(&ctx.rows, routes, err);
}

bool
query_routes(struct store *store, struct arena *arena, struct slice mailbox,
	int64_t since_ms, struct store_routes *routes, struct err *err)
{
	struct rows rows = {.arena = arena};
	const struct command *hash;
	struct queries q;
	bool ok;

	if (mailbox.p == NULL) {
		return routes_of_all(
			(struct redis *)store, arena, since_ms, routes, err);
	}
	if (!queries_begin(&q, (struct redis *)store, err))
		return false;
	hash = queries_add(&q, "HGETALL", queries_tagged(&q, "route", mailbox));
	ok = hash != NULL ? queries_put(&q, err) : queries_too_long(err);
	if (ok)
		add_routes(&rows, mailbox, hash->reply, since_ms);
	ok = ok && finish_rows(&rows, routes, err);
	queries_end(&q);
	return ok;
}

/* After the destination's set: the route of each mailbox in it. One whose
 * route is gone (past the cap) is shown by its last time alone. */
static bool
read_senders(struct queries *q, const struct reply *set,
	struct slice destination, struct rows *rows, struct err *err)
{
	size_t count = reply_count(set) / 2, i;
	struct command **commands =
		arena_array(q->arena, count, sizeof(*commands));

	if (commands == NULL)
		return queries_too_long(err);
	for (i = 0; i < count; i++) {
		commands[i] = queries_add(q, "HGET",
			queries_tagged(q, "route", set->items[2 * i].text));
		if (commands[i] == NULL)
			return queries_too_long(err);
		command_word(commands[i], destination);
	}
	if (!queries_put(q, err))
		return false;
	for (i = 0; i < count; i++) {
		struct store_route *row =
			new_row(rows, set->items[2 * i].text, destination);

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
query_senders(struct store *store, struct arena *arena,
	struct slice destination, struct store_routes *routes, struct err *err)
{
	struct rows rows = {.arena = arena};
	struct command *set;
	struct queries q;
	bool ok = false;

	if (!queries_begin(&q, (struct redis *)store, err))
		return false;
	set = queries_add(
		&q, "ZREVRANGE", queries_tagged(&q, "dest", destination));
	if (set != NULL) {
		command_number(set, 0);
		command_number(set, -1);
		command_word(set, SLICE("WITHSCORES"));
		ok = queries_put(&q, err) &&
			read_senders(&q, set->reply, destination, &rows, err);
	}
	if (ok) {
		ok = finish_rows(&rows, routes, err);
	} else {
		free(rows.at);
	}
	queries_end(&q);
	return ok;
}
