/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A look at the queue, told by who may look: how much is held, and what. A
 * tender hears in the answer what is asked of this host. What other hosts hold
 * is told by the events that the store has of them.
 */
#include "daemon/api_held.h"
#include "daemon/held_seen.h"

#define EVERY_SECONDS_MAX 86400

static struct held_look
read_look(struct exchange *exchange, uint64_t *every)
{
	*every = exchange_number(exchange, "every", 0, EVERY_SECONDS_MAX);
	return (struct held_look){
		.count = exchange_number(exchange, "count", 0, INT64_MAX),
		.oldest_ms = (int64_t)exchange_number(
			exchange, "oldest", 0, INT64_MAX),
		.at_ms = clock_now_ms(exchange->api->clock),
		.list = api_held_parameter(exchange, "list"),
		.is_tender = *every > 0};
}

/* That there is a tender, for whoever asks from elsewhere. Nobody waits for it
 * where the store is down. */
static void
give_sign(struct exchange *exchange)
{
	int64_t now_ms = clock_now_ms(exchange->api->clock);
	struct store_query query = {.kind = STORE_ORDER,
		.about = held_order_tender(
			exchange->arena, exchange_host(exchange)),
		.containment = {.by = SLICE("forwarden held --tend"),
			.why = SLICE("it looks after held mail"),
			.at_ms = now_ms,
			.until_ms = now_ms + HELD_TENDER_MS}};

	if (held_seen_is_due(exchange->api->held, now_ms))
		(void)store_query(
			exchange->api->store, exchange->arena, &query, NULL);
}

/* What is asked of one host, or of all: host absent. */
static struct json *
json_of_asks(const struct store_orders *orders, struct slice host)
{
	struct json *list = json_list();

	for (size_t i = 0; i < orders->count; i++) {
		struct held_order order;

		if (held_order_parse(&orders->at[i], &order) &&
			(slice_is_absent(host) ||
				slice_equal_fold(order.host, host)))
			json_add_take(list, held_order_json(&order));
	}
	return list;
}

void
api_held_seen(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_ORDERS};
	uint64_t every;
	struct held_look look = read_look(exchange, &every);
	struct json *json, *asks = NULL;
	bool has;

	has = held_seen_note(exchange->api->held, &look);
	if (look.is_tender) {
		give_sign(exchange);
		if (!exchange_query(exchange, &query))
			return;
		asks = json_of_asks(
			&query.answer.orders, exchange_host(exchange));
	}
	json = json_map();
	json_set_bool(json, "wants", !has && look.list.len > 0);
	if (asks != NULL)
		json_set_take(json, "asks", asks);
	exchange_json_take(exchange, json);
}

void
api_held_part(struct exchange *exchange)
{
	struct json *rows =
		json_parse(api_held_parameter(exchange, "rows"), NULL);
	bool good = held_seen_add(exchange->api->held,
		api_held_parameter(exchange, "list"), rows,
		exchange_number(exchange, "first", 0, 1) == 1,
		exchange_number(exchange, "last", 0, 1) == 1);

	json_free(rows);
	if (good) {
		exchange_json_take(exchange, json_map());
	} else {
		exchange_error(exchange, 400,
			"that is no part of a list of at most 1000 rows");
	}
}

static struct json *
json_of_host(struct slice name, const struct store_orders *orders)
{
	struct json *json = json_map();

	json_set_text(json, "host", name);
	for (size_t i = 0; i < orders->count; i++) {
		struct slice host;

		if (held_order_parse_tender(&orders->at[i], &host) &&
			slice_equal_fold(host, name))
			json_set_time(json, "tender", orders->at[i].word.at_ms);
	}
	return json;
}

/* This one, by the last look. */
static struct json *
json_of_own(struct exchange *exchange, const struct store_orders *orders)
{
	struct held_look look = held_seen_get(exchange->api->held);
	struct json *json = json_of_host(exchange_host(exchange), orders);

	json_set_bool(json, "own", true);
	json_set_text(json, "by", SLICE("queue"));
	json_set_time(json, "seen", look.at_ms);
	json_set_time(json, "tended", look.tended_ms);
	if (look.at_ms > 0) {
		json_set_number(json, "count", (long long)look.count);
		json_set_time(json, "oldest", look.oldest_ms);
	}
	json_set_take(json, "held", held_seen_rows(exchange->api->held));
	return json;
}

static struct json *
find_host(struct json *hosts, struct slice name)
{
	for (size_t i = 0; i < json_count(hosts); i++) {
		if (slice_equal_fold(
			    json_text(json_at(hosts, i), "host"), name))
			return json_at(hosts, i);
	}
	return NULL;
}

/* A row as `forwarden held` makes one of a message in the queue. */
static struct json *
row_of_event(const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *rules = json_find(event, "rule");
	struct json *row = json_map(), *names = json_list();

	json_set_text(
		row, "id", json_text(json_find(event, "email"), "local_id"));
	json_set_text(row, "since", json_text(event, "@timestamp"));
	json_set_text(row, "event", json_text(json_find(event, "event"), "id"));
	json_set_text(row, "mailbox", json_text(own, "mailbox"));
	json_set_text(row, "destination", json_text(own, "destination"));
	json_set_text(row, "kind", json_text(own, "kind"));
	json_set_text(row, "words", json_text(own, "words"));
	json_set_text(row, "subject",
		json_text(json_find(event, "email"), "subject"));
	for (size_t i = 0; i < json_count(rules); i++)
		json_add_text(names, json_text(json_at(rules, i), "name"));
	json_set_take(row, "policies", names);
	return row;
}

/* Others, by the events that no event ended: what an administrator let go with
 * the MTA's own commands is still among them. */
static void
add_others(struct exchange *exchange, struct json *hosts,
	const struct store_orders *orders, const struct json *open)
{
	struct slice own = exchange_host(exchange);

	for (size_t i = 0; i < json_count(open); i++) {
		const struct json *event = json_at(open, i);
		struct slice name =
			json_text(json_find(event, "forwarden"), "host");
		struct json *host;

		if (name.len == 0 || slice_equal_fold(name, own))
			continue;
		host = find_host(hosts, name);
		if (host == NULL) {
			host = json_of_host(name, orders);
			json_set_bool(host, "own", false);
			json_set_text(host, "by", SLICE("events"));
			json_set_take(host, "held", json_list());
			json_add_take(hosts, host);
		}
		if (json_count(json_find(host, "held")) < HELD_ROWS_MAX)
			json_add_take(
				json_find(host, "held"), row_of_event(event));
	}
}

void
api_held_list(struct exchange *exchange)
{
	const struct slice all = {NULL, 0};
	struct store_query query = {.kind = STORE_ORDERS};
	struct json *json, *hosts, *open;

	if (!exchange_query(exchange, &query))
		return;
	open = api_held_open(exchange);
	if (open == NULL)
		return;
	json = json_map();
	hosts = json_list();
	json_add_take(hosts, json_of_own(exchange, &query.answer.orders));
	add_others(exchange, hosts, &query.answer.orders, open);
	json_set_take(json, "hosts", hosts);
	json_set_take(json, "asks", json_of_asks(&query.answer.orders, all));
	json_free(open);
	exchange_json_take(exchange, json);
}
