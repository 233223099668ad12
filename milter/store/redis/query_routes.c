/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and senders, as people ask Redis for them. */
#include "store/redis/query_routes.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/redis/redis_key.h"

#include <stdlib.h>

#define PAGE_MAILBOXES 500
#define SENDERS_KEPT 10000 /* of one destination */

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
	const struct reply *hash, const struct store_query *query)
{
	for (size_t i = 0; i + 1 < reply_count(hash); i += 2) {
		struct store_route route, *row;

		read_route(hash->items[i + 1].text, &route);
		if (route.last_ms < query->at_ms ||
			route.first_ms < query->new_ms)
			continue;
		row = answer_add_route(rows, mailbox, hash->items[i].text);
		if (row == NULL)
			return;
		row->first_ms = route.first_ms;
		row->last_ms = route.last_ms;
		row->count = route.count;
	}
}

/*
 * The routes of all: who has routes stands in an index, by when he last used
 * one, in parts that may lie on several nodes. The newest mailboxes are read
 * first, some hundred at a time, until there are enough rows that are no older
 * than the mailboxes that are left.
 */
struct routed {
	struct slice mailbox;
	int64_t last_ms;
};

static int
by_newest(const void *a, const void *b)
{
	const struct routed *x = a, *y = b;

	if (x->last_ms != y->last_ms)
		return x->last_ms < y->last_ms ? 1 : -1;
	return slice_compare(x->mailbox, y->mailbox);
}

/* A route that is new may be anybody's: then no part can be cut short. */
static struct command *
ask_part(struct queries *q, const struct store_query *query, unsigned part)
{
	bool cut = query->limit > 0 && query->new_ms <= query->at_ms;
	struct command *command = queries_add(q, "ZREVRANGEBYSCORE",
		redis_key_routed(q->arena, q->redis->prefix, part));

	command_word(command, SLICE("+inf"));
	command_number(command,
		query->new_ms > query->at_ms ? query->new_ms : query->at_ms);
	command_word(command, SLICE("WITHSCORES"));
	command_word(command, SLICE("LIMIT"));
	command_word(command, SLICE("0"));
	command_number(command, cut ? (int64_t)query->limit + 1 : -1);
	return command;
}

static struct routed *
find_routed(struct queries *q, const struct store_query *query, size_t *count,
	struct err *err)
{
	const struct command *parts[REDIS_KEY_PARTS];
	struct routed *all;

	*count = 0;
	for (unsigned i = 0; i < REDIS_KEY_PARTS; i++)
		parts[i] = ask_part(q, query, i);
	if (!queries_put(q, err))
		return NULL;
	for (size_t i = 0; i < REDIS_KEY_PARTS; i++)
		*count += reply_count(parts[i]->reply) / 2;
	all = arena_array(q->arena, *count, sizeof(*all));
	if (all == NULL) {
		answer_too_long(err);
		return NULL;
	}
	for (size_t i = 0, at = 0; i < REDIS_KEY_PARTS; i++) {
		const struct reply *rows = parts[i]->reply;

		for (size_t k = 0; k + 1 < reply_count(rows); k += 2) {
			all[at++] = (struct routed){rows->items[k].text,
				(int64_t)reply_u64(rows->items[k + 1].text)};
		}
	}
	qsort(all, *count, sizeof(*all), by_newest);
	return all;
}

static bool
read_page(struct redis *redis, const struct routed *page, size_t count,
	const struct store_query *query, struct answer_routes *rows,
	struct err *err)
{
	const struct command *commands[PAGE_MAILBOXES];
	struct queries q;
	bool ok;

	if (!queries_begin(&q, redis, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		commands[i] = queries_add(&q, "HGETALL",
			queries_tagged(&q, "route", page[i].mailbox));
	}
	ok = queries_put(&q, err);
	for (size_t i = 0; ok && i < count; i++)
		add_routes(rows, page[i].mailbox, commands[i]->reply, query);
	queries_end(&q);
	return ok;
}

/* Are there more than the limit that no mailbox left can have newer ones
 * than? */
static bool
is_enough(const struct answer_routes *rows, const struct store_query *query,
	int64_t left_ms)
{
	size_t newer = 0;

	if (query->limit == 0 || rows->count <= query->limit)
		return false;
	for (size_t i = 0; i < rows->count && newer <= query->limit; i++)
		newer += rows->at[i].last_ms >= left_ms;
	return newer > query->limit;
}

static bool
routes_of_all(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct answer_routes rows = {.arena = arena};
	const struct routed *all;
	size_t count, at, page;
	bool ok;

	all = find_routed(q, query, &count, err);
	ok = all != NULL;
	for (at = 0; ok && at < count && !rows.failed; at += page) {
		if (is_enough(&rows, query, all[at].last_ms))
			break;
		page = count - at < PAGE_MAILBOXES ? count - at
						   : PAGE_MAILBOXES;
		ok = read_page(q->redis, &all[at], page, query, &rows, err);
	}
	if (ok)
		return answer_end_routes(&rows, query, err);
	free(rows.at);
	return false;
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
	add_routes(&rows, query->about, hash->reply, query);
	return answer_end_routes(&rows, query, err);
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
	command_number(set, query->limit > 0 ? (int64_t)query->limit : -1);
	command_word(set, SLICE("WITHSCORES"));
	if (!queries_put(q, err) ||
		!read_senders(q, set->reply, query->about, &rows, err))
		return false;
	query->answer.routes.more = rows.count >= SENDERS_KEPT;
	return answer_end_routes(&rows, query, err);
}
