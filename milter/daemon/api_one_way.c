/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes on which nothing comes back: a listing to read, and no alarm. What
 * speaks for it that somebody takes mail away by one of them, and what against,
 * is said beside it.
 */
#include "base/clock.h"
#include "daemon/exchange.h"

/* So long by itself is somebody's habit, or a program's. */
#define LONG_DAYS 60

/* The two sides of one route. */
struct sides {
	struct arena *arena;
	struct json *speaks_for, *speaks_against;
};

static void
add_followed(const struct sides *sides, const struct peer *peer)
{
	unsigned prompt = peer_prompt(peer), pace = peer_pace(peer);

	if (prompt > 0) {
		json_add_text(sides->speaks_for,
			arena_printf(sides->arena,
				"%u of the last 5 soon after something came",
				prompt));
	}
	if (pace > 0) {
		json_add_text(sides->speaks_for,
			arena_printf(sides->arena,
				"as many as came on %u of 7 days", pace));
	}
	if (prompt == 0 && pace == 0) {
		json_add_text(sides->speaks_against,
			SLICE("it follows nothing that comes"));
	}
}

static void
add_sides(const struct sides *sides, const struct store_route *route,
	int64_t now_ms)
{
	const struct peer *peer = &route->peer;
	int64_t days = (now_ms - route->first_ms) / STORE_DAY_MS;

	json_add_text(sides->speaks_for,
		arena_printf(sides->arena, "alone on %u of 10 days",
			peer_days(peer)));
	if (peer->got == 0) {
		json_add_text(
			sides->speaks_for, SLICE("nothing ever came back"));
	} else {
		json_add_text(sides->speaks_against,
			arena_printf(sides->arena,
				"%u messages came back for %u", peer->got,
				peer->sent));
	}
	add_followed(sides, peer);
	if (days >= LONG_DAYS) {
		json_add_text(sides->speaks_against,
			arena_printf(sides->arena,
				"it has been so for %lld days",
				(long long)days));
	}
}

static struct json *
json_of_one_way(struct exchange *exchange, const struct store_route *route)
{
	struct json *json = json_map();
	const struct sides sides = {exchange->arena, json_list(), json_list()};

	json_set_text(json, "mailbox", route->mailbox);
	json_set_text(json, "destination", route->destination);
	json_set_number(json, "count", route->peer.sent);
	json_set_number(json, "back", route->peer.got);
	json_set_time(json, "first", route->first_ms);
	json_set_time(json, "last", route->last_ms);
	add_sides(&sides, route, clock_now_ms(exchange->api->clock));
	json_set_take(json, "for", sides.speaks_for);
	json_set_take(json, "against", sides.speaks_against);
	return json;
}

void
api_one_way(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;
	struct store_query query = {
		.kind = STORE_ONE_WAY,
		.about = request->query(request->ctx, "mailbox"),
		.at_ms = (int64_t)exchange_number(
			exchange, "since", 0, INT64_MAX),
		.limit = exchange_limit(exchange, API_ROUTES_DEFAULT),
	};
	const struct store_routes *routes = &query.answer.routes;
	struct json *json, *list;

	if (!slice_is_absent(query.about) &&
		!exchange_address(exchange, query.about, &query.about))
		return;
	if (!exchange_query(exchange, &query))
		return;
	json = json_map();
	list = json_list();
	for (size_t i = 0; i < routes->count; i++)
		json_add_take(list, json_of_one_way(exchange, &routes->at[i]));
	json_set_take(json, "routes", list);
	json_set_bool(json, "more", routes->more);
	exchange_json_take(exchange, json);
}
