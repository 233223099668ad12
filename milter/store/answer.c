/* SPDX-License-Identifier: BSD-2-Clause */
/* Gathers the rows of an answer, and puts them in order. */
#include "store/answer.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64

/* Rows of one mailbox come one after the other, and share its name. */
static struct slice
mailbox_name(const struct answer_routes *routes, struct slice mailbox)
{
	const struct store_route *last =
		routes->count > 0 ? &routes->at[routes->count - 1] : NULL;

	if (last != NULL && slice_equal(last->mailbox, mailbox))
		return last->mailbox;
	return arena_copy(routes->arena, mailbox);
}

struct store_route *
answer_add_route(struct answer_routes *routes, struct slice mailbox,
	struct slice destination)
{
	struct store_route row = {
		.mailbox = mailbox_name(routes, mailbox),
		.destination = arena_copy(routes->arena, destination),
	};

	if (routes->count == routes->room) {
		size_t room = routes->room > 0 ? routes->room * 2 : ROOM_FIRST;
		void *at = realloc(routes->at, room * sizeof(row));

		if (at != NULL) {
			routes->at = at;
			routes->room = room;
		}
	}
	routes->failed = routes->failed || routes->count == routes->room ||
		row.mailbox.p == NULL || row.destination.p == NULL;
	if (routes->failed)
		return NULL;
	routes->at[routes->count] = row;
	return &routes->at[routes->count++];
}

void
answer_add_one_way(struct answer_routes *routes, struct slice mailbox,
	struct slice destination, const struct peer *peer)
{
	struct store_route *row =
		answer_add_route(routes, mailbox, destination);

	if (row == NULL)
		return;
	row->count = peer->sent;
	row->first_ms = peer->first_day * STORE_DAY_MS;
	row->last_ms = peer->last_ms;
	row->peer = *peer;
}

static int
by_names(const void *a, const void *b)
{
	const struct store_route *x = a, *y = b;
	int order = slice_compare(x->mailbox, y->mailbox);

	return order != 0 ? order
			  : slice_compare(x->destination, y->destination);
}

static int
by_last(const void *a, const void *b)
{
	const struct store_route *x = a, *y = b;

	if (x->last_ms != y->last_ms)
		return x->last_ms < y->last_ms ? 1 : -1;
	return by_names(x, y);
}

bool
answer_end_routes(struct answer_routes *routes, struct store_query *query,
	struct err *err)
{
	struct store_routes *out = &query->answer.routes;
	size_t count = routes->count;
	bool ok = !routes->failed;

	if (query->limit > 0 && count > query->limit) {
		count = query->limit;
		out->more = true;
	}
	if (ok && count > 0) {
		qsort(routes->at, routes->count, sizeof(*routes->at), by_last);
		out->at = arena_array(routes->arena, count, sizeof(*out->at));
		ok = out->at != NULL;
	}
	if (ok && count > 0) {
		memcpy(out->at, routes->at, count * sizeof(*out->at));
		out->count = count;
	}
	free(routes->at);
	return ok || answer_too_long(err);
}

static int
by_policy(const void *a, const void *b)
{
	const struct store_window *x = a, *y = b;

	return slice_compare(x->policy, y->policy);
}

void
answer_sort_windows(struct store_windows *windows)
{
	qsort(windows->at, windows->count, sizeof(*windows->at), by_policy);
}

bool
answer_too_long(struct err *err)
{
	return err_set(err, ERR_LIMIT, "the answer is too long");
}
