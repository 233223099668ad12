/* SPDX-License-Identifier: BSD-2-Clause */
/* Few mailboxes have such routes: no index of them is kept, and who asks for
 * all has the keys walked over. */
#include "store/redis/query_one_way.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/redis/redis_key.h"
#include "store/redis/redis_peer.h"

#include <stdlib.h>

struct search {
	const struct store_query *query;
	struct answer_routes rows;
};

static void
add_rows(struct search *search, struct slice mailbox, const struct reply *hash)
{
	for (size_t i = 0; i + 1 < reply_count(hash); i += 2) {
		struct peer peer;

		redis_peer_parse(hash->items[i + 1].text, &peer);
		if (peer.last_ms >= search->query->at_ms) {
			answer_add_one_way(&search->rows, mailbox,
				hash->items[i].text, &peer);
		}
	}
}

static bool
page_one_way(
	struct queries *q, const struct reply *keys, void *ctx, struct err *err)
{
	size_t count = reply_count(keys);
	const struct command **hashes =
		arena_array(q->arena, count, sizeof(*hashes));
	struct search *search = ctx;
	struct slice mailbox, rest;

	if (hashes == NULL)
		return answer_too_long(err);
	for (size_t i = 0; i < count; i++)
		hashes[i] = queries_add(q, "HGETALL", keys->items[i].text);
	if (!queries_put(q, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		(void)redis_key_parse(q->arena, q->redis->prefix,
			keys->items[i].text, &mailbox, &rest);
		if (mailbox.p != NULL)
			add_rows(search, mailbox, hashes[i]->reply);
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

/* SCAN may give a key twice. */
static void
drop_repeated(struct answer_routes *rows)
{
	size_t kept = 0;

	if (rows->count == 0)
		return;
	qsort(rows->at, rows->count, sizeof(*rows->at), by_names);
	for (size_t i = 0; i < rows->count; i++) {
		if (kept == 0 ||
			by_names(&rows->at[kept - 1], &rows->at[i]) != 0)
			rows->at[kept++] = rows->at[i];
	}
	rows->count = kept;
}

bool
query_one_way(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct search search = {.query = query, .rows = {.arena = arena}};
	const struct command *hash;
	bool ok;

	if (query->about.p == NULL) {
		ok = queries_walk(
			q->redis, "oneway:", page_one_way, &search, err);
		drop_repeated(&search.rows);
	} else {
		hash = queries_add(q, "HGETALL",
			queries_tagged(q, "oneway", query->about));
		ok = queries_put(q, err);
		if (ok)
			add_rows(&search, query->about, hash->reply);
	}
	if (ok)
		return answer_end_routes(&search.rows, query, err);
	free(search.rows.at);
	return false;
}
