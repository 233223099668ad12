/* SPDX-License-Identifier: BSD-2-Clause */
/* What the store knows of all mailboxes, and of destinations. */
#include "base/clock.h"
#include "daemon/api_exchange.h"

struct json *
exchange_box(const struct store_mailbox *box)
{
	static const char *const names[TALLY_COUNT] = {
		[TALLY_RECEIVED] = "received",
		[TALLY_FORWARDED] = "forwarded",
		[TALLY_TAGGED] = "tagged",
		[TALLY_QUARANTINED] = "quarantined",
	};
	struct json *json = json_map();

	json_set_text(json, "mailbox", box->mailbox);
	json_set_number(json, "flows", (long long)box->flows);
	for (size_t i = 0; i < TALLY_COUNT; i++)
		json_set_number(json, names[i], (long long)box->tally[i]);
	json_set_number(json, "destinations", (long long)box->destinations);
	json_set_time(json, "first", box->first_forward_ms);
	json_set_time(json, "last", box->last_forward_ms);
	return json;
}

void
api_top(struct exchange *exchange)
{
	struct store_mailboxes boxes = {0};
	struct json *json, *list;
	struct err err = {0};
	uint64_t at = exchange_number(exchange, "at",
		(uint64_t)clock_now_ms(exchange->api->clock), INT64_MAX);

	if (!store_top(exchange->api->store, exchange->arena, (int64_t)at,
		    exchange_number(exchange, "limit", API_LIMIT_DEFAULT,
			    API_LIMIT_MOST),
		    &boxes, &err)) {
		exchange_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	list = json_list();
	for (size_t i = 0; i < boxes.count; i++)
		json_add_take(list, exchange_box(&boxes.at[i]));
	json_set_time(json, "at", (int64_t)at);
	json_set_take(json, "mailboxes", list);
	exchange_json_take(exchange, json);
}

static struct json *
json_of_route(const struct store_route *route)
{
	struct json *json = json_map();

	json_set_text(json, "mailbox", route->mailbox);
	json_set_text(json, "destination", route->destination);
	json_set_number(json, "count", (long long)route->count);
	json_set_time(json, "first", route->first_ms);
	json_set_time(json, "last", route->last_ms);
	return json;
}

struct json *
exchange_routes(const struct store_routes *routes, int64_t first_since_ms)
{
	struct json *list = json_list();

	for (size_t i = 0; i < routes->count; i++) {
		if (routes->at[i].first_ms >= first_since_ms)
			json_add_take(list, json_of_route(&routes->at[i]));
	}
	return list;
}

void
api_routes(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;
	struct slice mailbox = request->query(request->ctx, "mailbox");
	struct store_routes routes = {0};
	struct err err = {0};
	struct json *json;

	if (!slice_is_absent(mailbox) &&
		!exchange_address(exchange, mailbox, &mailbox))
		return;
	if (!store_routes(exchange->api->store, exchange->arena, mailbox,
		    (int64_t)exchange_number(exchange, "since", 0, INT64_MAX),
		    &routes, &err)) {
		exchange_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	json_set_take(json, "routes",
		exchange_routes(&routes,
			(int64_t)exchange_number(
				exchange, "new", 0, INT64_MAX)));
	exchange_json_take(exchange, json);
}

void
api_destination(struct exchange *exchange)
{
	struct store_routes routes = {0};
	struct slice destination;
	struct err err = {0};
	struct json *json;

	if (!exchange_address(exchange, exchange->argument, &destination))
		return;
	if (!store_senders(exchange->api->store, exchange->arena, destination,
		    &routes, &err)) {
		exchange_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	json_set_text(json, "destination", destination);
	json_set_take(json, "mailboxes", exchange_routes(&routes, 0));
	exchange_json_take(exchange, json);
}

void
api_forget(struct exchange *exchange)
{
	struct slice mailbox;
	struct err err = {0};
	struct json *json;
	uint64_t wiped = 0;

	if (!exchange_address(exchange, exchange->argument, &mailbox))
		return;
	if (!store_forget(exchange->api->store, mailbox, &wiped, &err)) {
		exchange_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	json_set_text(json, "mailbox", mailbox);
	json_set_number(json, "wiped", (long long)wiped);
	exchange_json_take(exchange, json);
}
