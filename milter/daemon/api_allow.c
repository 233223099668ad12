/* SPDX-License-Identifier: BSD-2-Clause */
/* An operator allows what one mailbox forwards to one destination, takes it
 * back, and sees what is allowed. */
#include "daemon/order.h"
#include "store/key.h"
#include "verdict/allowed.h"

static bool
find_destination(struct exchange *exchange, struct order *order)
{
	if (!order_find_destination(exchange, order_parameter(exchange, "to"),
		    "what stays here needs no leave", &order->destination))
		return false;
	if (key_is_address(order->destination) ||
		!slice_equal(order->mailbox, SLICE(ALLOWED_ANY)))
		return true;
	exchange_error(exchange, 400,
		"any mailbox to a whole domain is too wide: name the mailbox "
		"or the address, or write a filter");
	return false;
}

/* Which order, and what it is called. */
static bool
find_order(struct exchange *exchange, struct order *order, struct slice *about)
{
	if (slice_equal(exchange->argument, SLICE(ALLOWED_ANY))) {
		order->mailbox = exchange->argument;
	} else if (!order_find_mailbox(exchange, &order->mailbox)) {
		return false;
	}
	if (!find_destination(exchange, order))
		return false;
	*about = allowed_about(
		exchange->arena, order->mailbox, order->destination);
	if (about->p == NULL) {
		exchange_error(exchange, 400,
			"an address with | or \\ in it cannot be allowed");
		return false;
	}
	return true;
}

static void
answer(struct exchange *exchange, const struct order *order)
{
	struct json *json = json_map();

	json_set_text(json, "mailbox", order->mailbox);
	json_set_text(json, "destination", order->destination);
	json_set_time(json, "until", order->word.until_ms);
	exchange_json_take(exchange, json);
}

void
api_allow(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_ORDER};
	struct order order = {0};

	if (!find_order(exchange, &order, &query.about) ||
		!order_read(exchange, &order.word) ||
		!order_has_room(exchange, query.about))
		return;
	query.containment = order.word;
	if (!order_carry_out(exchange, &query))
		return;
	order_tell(exchange, "allow", query.about, &order.word);
	answer(exchange, &order);
}

void
api_disallow(struct exchange *exchange)
{
	struct store_query given = {.kind = STORE_ORDERS};
	struct store_query query = {.kind = STORE_ORDER};
	struct order order = {0};

	if (!find_order(exchange, &order, &query.about) ||
		!exchange_query(exchange, &given))
		return;
	if (order_find(exchange, &given.answer.orders, query.about) == NULL) {
		if (slice_is_absent(exchange->alone)) {
			exchange_error(exchange, 404, "it is not allowed");
		} else {
			exchange_error(exchange, 503,
				"Redis is down: whether it is allowed is not "
				"known");
		}
		return;
	}
	if (!order_carry_out(exchange, &query))
		return;
	order.word.by = order_parameter(exchange, "by");
	order.word.why = SLICE("taken back");
	order_tell(exchange, "disallow", query.about, &order.word);
	answer(exchange, &order);
}

void
api_allowed(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_ORDERS};
	const struct store_orders *orders = &query.answer.orders;
	struct json *json, *list;

	if (!exchange_query(exchange, &query))
		return;
	json = json_map();
	list = json_list();
	for (size_t i = 0; i < orders->count; i++) {
		if (allowed_is(orders->at[i].about))
			json_add_take(list, order_row(&orders->at[i]));
	}
	json_set_take(json, "allowed", list);
	exchange_json_take(exchange, json);
}
