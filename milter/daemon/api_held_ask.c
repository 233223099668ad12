/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked of held mail from elsewhere: an order in the store, which the
 * tender of the host that holds it carries out within seconds, and takes back.
 * Nothing is done before it says so by an event.
 */
#include "base/date.h"
#include "base/log.h"
#include "daemon/api_held.h"
#include "daemon/order.h"

static bool
read_order(struct exchange *exchange, struct held_order *order)
{
	*order = (struct held_order){.id = exchange->argument,
		.host = api_held_parameter(exchange, "host"),
		.event = api_held_parameter(exchange, "event"),
		.act = api_held_parameter(exchange, "act"),
		.word = {.by = api_held_parameter(exchange, "by"),
			.why = api_held_parameter(exchange, "why"),
			.at_ms = clock_now_ms(exchange->api->clock)}};
	if (order->host.len == 0)
		order->host = exchange_host(exchange);
	/* The store keeps them longer, so that a tender that comes too late
	 * can say so. */
	order->word.until_ms = order->word.at_ms + STORE_DAY_MS;
	if (!api_held_is_act(order->act)) {
		exchange_error(exchange, 400, "act is release or delete");
	} else if (!held_order_is_name(order->id, HELD_ID_BYTES_MAX) ||
		!held_order_is_name(order->host, HELD_HOST_BYTES_MAX) ||
		(order->event.len > 0 &&
			!held_order_is_name(order->event, HELD_ID_BYTES_MAX))) {
		exchange_error(exchange, 400,
			"that is no queue id, no event's id or no host");
	} else if (order->word.by.len > HELD_BY_BYTES_MAX ||
		order->word.why.len > HELD_WHY_BYTES_MAX) {
		exchange_error(exchange, 400,
			"who asks has at most 64 bytes, why 300");
	} else {
		return true;
	}
	return false;
}

static bool
is_meant(const struct json *event, const struct held_order *order)
{
	const struct json *own = json_find(event, "forwarden");
	struct slice id = json_text(json_find(event, "event"), "id");

	return slice_equal(json_text(json_find(event, "email"), "local_id"),
		       order->id) &&
		slice_equal_fold(json_text(own, "host"), order->host) &&
		(order->event.len == 0 || slice_equal(id, order->event));
}

/* The newest event by which the message is held there. False after answering
 * that there is none. */
static bool
find_event(struct exchange *exchange, struct held_order *order)
{
	struct json *open = api_held_open(exchange);
	bool found = false;

	if (open == NULL)
		return false;
	for (size_t i = json_count(open); i > 0 && !found; i--) {
		const struct json *event = json_at(open, i - 1);

		found = is_meant(event, order);
		if (found) {
			order->event = arena_copy(exchange->arena,
				json_text(json_find(event, "event"), "id"));
		}
	}
	json_free(open);
	if (!found) {
		exchange_error(exchange, 404,
			"no event tells that Forwarden holds it there: it was "
			"let go, or never was held by it");
	}
	return found;
}

/* Is there somebody who would hear it? False after answering that not. */
static bool
check_tender(struct exchange *exchange, const struct store_orders *orders,
	const struct held_order *order)
{
	char at[DATE_TEXT_BYTES];
	struct slice host;
	struct err err = {0};

	for (size_t i = 0; i < orders->count; i++) {
		const struct store_containment *word = &orders->at[i].word;

		if (!held_order_parse_tender(&orders->at[i], &host) ||
			!slice_equal_fold(host, order->host))
			continue;
		if (order->word.at_ms - word->at_ms <= HELD_SILENCE_MS)
			return true;
		date_print(word->at_ms, at);
		(void)err_set(&err, ERR_DOWN,
			"forwarden-held on %.*s was heard last at %s: is it "
			"running?",
			SLICE_ARG(order->host), at);
		exchange_error(exchange, 503, err.text);
		return false;
	}
	(void)err_set(&err, ERR_DOWN,
		"nobody looks after held mail on %.*s: start forwarden-held "
		"there, or release it there by forwarden held",
		SLICE_ARG(order->host));
	exchange_error(exchange, 503, err.text);
	return false;
}

/* False after answering that something else is asked already, or too much. */
static bool
check_others(struct exchange *exchange, const struct store_orders *orders,
	const struct held_order *order)
{
	struct held_order other;
	size_t count = 0;

	for (size_t i = 0; i < orders->count; i++) {
		if (!held_order_parse(&orders->at[i], &other))
			continue;
		count++;
		if (slice_equal_fold(other.host, order->host) &&
			slice_equal(other.id, order->id) &&
			slice_equal(other.event, order->event) &&
			!slice_equal(other.act, order->act)) {
			exchange_error(exchange, 409,
				"somebody asked for the opposite of it "
				"already");
			return false;
		}
	}
	if (count >= HELD_ASKS_MAX) {
		exchange_error(exchange, 503,
			"1000 are asked for already: wait until some are done");
		return false;
	}
	return true;
}

void
api_held_ask(struct exchange *exchange)
{
	struct store_query given = {.kind = STORE_ORDERS};
	struct store_query query = {.kind = STORE_ORDER};
	const struct store_orders *orders = &given.answer.orders;
	struct held_order order;
	struct json *json;

	if (!read_order(exchange, &order) || !find_event(exchange, &order) ||
		!exchange_query(exchange, &given) ||
		!check_tender(exchange, orders, &order) ||
		!check_others(exchange, orders, &order))
		return;
	query.about = held_order_about(exchange->arena, &order);
	query.containment = order.word;
	if (!order_carry_out(exchange, &query))
		return;
	log_write(LOG_LEVEL_NOTICE,
		"%.*s: %.*s is asked of %.*s, event=%.*s, by %.*s",
		SLICE_ARG(order.id), SLICE_ARG(order.act),
		SLICE_ARG(order.host), SLICE_ARG(order.event),
		SLICE_ARG(order.word.by));
	json = held_order_json(&order);
	json_set_bool(json, "asked", true);
	exchange_json_take(exchange, json);
}

void
api_held_done(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_ORDER};
	struct held_order order;

	if (!read_order(exchange, &order))
		return;
	query.about = held_order_about(exchange->arena, &order);
	if (order_carry_out(exchange, &query))
		exchange_json_take(exchange, json_map());
}
