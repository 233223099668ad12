/* SPDX-License-Identifier: BSD-2-Clause */
/* An operator allows what one mailbox forwards to one destination, takes it
 * back, and sees what is allowed. */
#include "daemon/order.h"
#include "mail/path.h"
#include "store/key.h"
#include "verdict/allowed.h"

/* An address outside or, where the mailbox is named, a domain outside. */
static bool
find_destination(struct exchange *exchange, const struct order *order,
	struct slice *destination)
{
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);
	struct slice text = order_parameter(exchange, "to");
	bool domain = slice_find_byte(text, '@', 0) == SLICE_NONE;
	const struct slice parts[] = {SLICE("any@"), text};
	struct address address;
	bool is, ours = false;

	if (domain)
		text = arena_join(exchange->arena, parts, 2);
	is = path_parse(exchange->arena, text, &address) &&
		address_is_mailbox(&address);
	if (is) {
		ours = realm_has_domain(generation->realm, address.domain);
		*destination = domain ? address.domain : address.text;
	}
	generation_unref(generation);
	if (!is) {
		exchange_error(exchange, 400,
			"the destination is neither an address nor a domain: "
			"name one, as bob@partner.example");
	} else if (ours) {
		exchange_error(exchange, 400,
			"the destination is in local.domains: what stays here "
			"needs no leave");
	} else if (domain && slice_equal(order->mailbox, SLICE(ALLOWED_ANY))) {
		exchange_error(exchange, 400,
			"any mailbox to a whole domain is too wide: name the "
			"mailbox or the address, or write a filter");
	} else {
		return true;
	}
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
	if (!find_destination(exchange, order, &order->destination))
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

static const struct store_order *
find_given(struct exchange *exchange, const struct store_orders *orders,
	struct slice about)
{
	size_t end = key_field_end(about, sizeof(ALLOWED_WHAT));
	struct slice mailbox = slice_sub(about, sizeof(ALLOWED_WHAT), end);
	struct slice destination = slice_sub(about, end + 1, about.len);
	struct slice named = allowed_about(exchange->arena,
		store_name(exchange->api->store, exchange->arena, mailbox),
		store_name(exchange->api->store, exchange->arena, destination));

	for (size_t i = 0; i < orders->count; i++) {
		if (slice_equal(orders->at[i].about, named))
			return &orders->at[i];
	}
	return NULL;
}

void
api_allow(struct exchange *exchange)
{
	struct store_query given = {.kind = STORE_ORDERS};
	struct store_query query = {.kind = STORE_ORDER};
	struct order order = {0};

	if (!find_order(exchange, &order, &query.about) ||
		!order_read(exchange, &order.word) ||
		!exchange_query(exchange, &given))
		return;
	if (given.answer.orders.count >= STORE_ORDERS_MAX &&
		find_given(exchange, &given.answer.orders, query.about) ==
			NULL) {
		exchange_error(exchange, 400,
			"10000 are allowed already: take some back, or write a "
			"filter");
		return;
	}
	query.containment = order.word;
	if (!order_carry_out(exchange, &query))
		return;
	order_tell(exchange, "allow", &order);
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
	if (find_given(exchange, &given.answer.orders, query.about) == NULL) {
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
	order_tell(exchange, "disallow", &order);
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
	for (size_t i = 0; i < orders->count; i++)
		json_add_take(list, order_row(&orders->at[i]));
	json_set_take(json, "allowed", list);
	exchange_json_take(exchange, json);
}
