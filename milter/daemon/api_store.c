/* SPDX-License-Identifier: BSD-2-Clause */
/* What the store knows of all mailboxes, and of destinations. */
#include "base/clock.h"
#include "daemon/order.h"

#define HOURS_MAILBOXES 20

/* One question a mailbox: not for many. */
static void
set_hours(struct exchange *exchange, struct json *row, struct slice mailbox)
{
	struct store_query query = {.kind = STORE_HOURS, .about = mailbox};
	struct json *list;

	if (!store_query(exchange->api->store, exchange->arena, &query, NULL))
		return;
	list = json_list();
	for (size_t i = 0; i < STORE_DAY_HOURS; i++) {
		json_add_number(
			list, (long long)query.answer.hours.forwarded[i]);
	}
	json_set_take(row, "forwarded_by_hour", list);
}

void
api_top(struct exchange *exchange)
{
	struct store_query query = {
		.kind = STORE_TOP,
		.at_ms = (int64_t)exchange_number(exchange, "at",
			(uint64_t)clock_now_ms(exchange->api->clock),
			INT64_MAX),
		.limit = exchange_limit(exchange, API_LIMIT_DEFAULT),
	};
	const struct store_mailboxes *mailboxes = &query.answer.mailboxes;
	bool hours = exchange_number(exchange, "hours", 0, 1) != 0;
	struct json *json, *list;

	if (hours && query.limit > HOURS_MAILBOXES)
		query.limit = HOURS_MAILBOXES;
	if (!exchange_query(exchange, &query))
		return;
	json = json_map();
	list = json_list();
	for (size_t i = 0; i < mailboxes->count; i++) {
		struct json *row = exchange_mailbox(&mailboxes->at[i]);

		if (hours)
			set_hours(exchange, row, mailboxes->at[i].mailbox);
		json_add_take(list, row);
	}
	json_set_time(json, "at", query.at_ms);
	json_set_take(json, "mailboxes", list);
	exchange_json_take(exchange, json);
}

void
api_routes(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;
	struct store_query query = {
		.kind = STORE_ROUTES,
		.about = request->query(request->ctx, "mailbox"),
		.at_ms = (int64_t)exchange_number(
			exchange, "since", 0, INT64_MAX),
		.new_ms =
			(int64_t)exchange_number(exchange, "new", 0, INT64_MAX),
		.limit = exchange_limit(exchange, API_ROUTES_DEFAULT),
	};
	struct json *json;

	if (!slice_is_absent(query.about) &&
		!exchange_address(exchange, query.about, &query.about))
		return;
	if (!exchange_query(exchange, &query))
		return;
	json = json_map();
	json_set_take(json, "routes",
		exchange_routes(exchange, &query.answer.routes));
	json_set_bool(json, "more", query.answer.routes.more);
	exchange_json_take(exchange, json);
}

void
api_destination(struct exchange *exchange)
{
	struct store_query query = {
		.kind = STORE_SENDERS,
		.limit = exchange_limit(exchange, API_ROUTES_DEFAULT),
	};
	struct json *json, *contained;

	if (!exchange_address(exchange, exchange->argument, &query.about) ||
		!exchange_query(exchange, &query))
		return;
	json = json_map();
	json_set_text(json, "destination", query.about);
	contained = exchange_contained_to(exchange, query.about);
	if (contained != NULL)
		json_set_take(json, "contained", contained);
	json_set_take(json, "mailboxes",
		exchange_routes(exchange, &query.answer.routes));
	json_set_bool(json, "more", query.answer.routes.more);
	exchange_json_take(exchange, json);
}

void
api_forget(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_FORGET};
	struct json *json;

	if (!exchange_address(exchange, exchange->argument, &query.about) ||
		!exchange_query(exchange, &query) ||
		!order_forget(exchange, query.about))
		return;
	json = json_map();
	json_set_text(json, "mailbox", query.about);
	json_set_number(json, "wiped", (long long)query.answer.wiped);
	json_set_bool(json, "more", query.answer.more_to_wipe);
	exchange_json_take(exchange, json);
}
