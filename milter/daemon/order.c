/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/order.h"

#include "base/clock.h"
#include "base/log.h"
#include "forward/mailbox.h"
#include "mail/path.h"
#include "store/key.h"
#include "verdict/allowed.h"

#define FOR_LEAST_MS ((int64_t)60 * 1000)
#define FOR_MOST_MS (366 * STORE_DAY_MS)
#define WHY_BYTES_MAX 300
#define BY_BYTES_MAX 64

bool
order_find_mailbox(struct exchange *exchange, struct slice *mailbox)
{
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);
	const struct realm *realm = generation->realm;
	struct address written, found;
	bool ours = false, is;

	is = path_parse(exchange->arena, exchange->argument, &written) &&
		address_is_mailbox(&written) &&
		mailbox_find(realm, exchange->arena, &written, &found);
	if (is) {
		ours = realm_has_domain(realm, found.domain);
		*mailbox = found.text;
	}
	generation_unref(generation);
	if (!is) {
		exchange_error(exchange, 400, "that is not a mailbox");
	} else if (!ours) {
		exchange_error(exchange, 400,
			"its domain is not in local.domains: name the mailbox "
			"whose mail is forwarded, not where it goes");
	}
	return ours;
}

struct slice
order_parameter(const struct exchange *exchange, const char *name)
{
	const struct api_request *request = exchange->request;

	return slice_trim(request->query(request->ctx, name));
}

bool
order_read(struct exchange *exchange, struct store_containment *order)
{
	uint64_t duration_ms =
		exchange_number(exchange, "for", 0, (uint64_t)INT64_MAX);

	order->why = order_parameter(exchange, "why");
	order->by = order_parameter(exchange, "by");
	if (order->why.len == 0 || order->why.len > WHY_BYTES_MAX) {
		exchange_error(exchange, 400,
			"say why in 1 to 300 bytes: --why \"ticket 4711\"");
		return false;
	}
	if (order->by.len == 0 || order->by.len > BY_BYTES_MAX) {
		exchange_error(exchange, 400, "who asks has 1 to 64 bytes");
		return false;
	}
	if (duration_ms < (uint64_t)FOR_LEAST_MS ||
		duration_ms > (uint64_t)FOR_MOST_MS) {
		exchange_error(
			exchange, 400, "it is given for 1m to 366d: --for 24h");
		return false;
	}
	order->at_ms = clock_now_ms(exchange->api->clock);
	order->until_ms = order->at_ms + (int64_t)duration_ms;
	return true;
}

bool
order_carry_out(struct exchange *exchange, struct store_query *query)
{
	struct err err = {0};

	if (store_query(exchange->api->store, exchange->arena, query, &err))
		return true;
	(void)err_wrap(&err,
		"this mail server obeys, and tells the others when the store "
		"is back");
	log_write(LOG_LEVEL_WARNING, "an order about %.*s was not heard: %s",
		SLICE_ARG(query->about), err.text);
	exchange_error(exchange, 503, err.text);
	return false;
}

bool
order_forget(struct exchange *exchange, struct slice name)
{
	struct store *store = exchange->api->store;
	struct store_query given = {.kind = STORE_ORDERS};
	const struct store_orders *orders = &given.answer.orders;
	struct slice known = store_name(store, exchange->arena, name);

	if (!exchange_query(exchange, &given))
		return false;
	for (size_t i = 0; i < orders->count; i++) {
		struct store_query query = {
			.kind = STORE_ORDER, .about = orders->at[i].about};

		if (key_names(query.about, known) &&
			!order_carry_out(exchange, &query))
			return false;
	}
	return true;
}

struct json *
order_row(const struct store_order *order)
{
	size_t begin = sizeof(ALLOWED_WHAT);
	size_t end = key_field_end(order->about, begin);
	struct json *row = json_map();

	json_set_text(row, "mailbox", slice_sub(order->about, begin, end));
	json_set_text(row, "destination",
		slice_sub(order->about, end + 1, order->about.len));
	json_set_text(row, "by", order->word.by);
	json_set_text(row, "why", order->word.why);
	json_set_time(row, "at", order->word.at_ms);
	json_set_time(row, "until", order->word.until_ms);
	return row;
}

struct json *
order_allowed(struct exchange *exchange, struct slice mailbox)
{
	struct store *store = exchange->api->store;
	struct store_query query = {.kind = STORE_ORDERS};
	const struct store_orders *orders = &query.answer.orders;
	struct json *list = json_list();
	struct slice name = store_name(store, exchange->arena, mailbox);

	if (!store_query(store, exchange->arena, &query, NULL))
		return list;
	for (size_t i = 0; i < orders->count; i++) {
		if (allowed_is(orders->at[i].about) &&
			key_names(orders->at[i].about, name))
			json_add_take(list, order_row(&orders->at[i]));
	}
	return list;
}

bool
order_find_destination(struct exchange *exchange, struct slice text,
	const char *stays, struct slice *destination)
{
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);
	bool domain = slice_find_byte(text, '@', 0) == SLICE_NONE;
	const struct slice parts[] = {SLICE("any@"), text};
	struct address address;
	bool is, ours = false;
	struct err err;

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
		(void)err_set(&err, ERR_INVALID,
			"the destination is in local.domains: %s", stays);
		exchange_error(exchange, 400, err.text);
	}
	return is && !ours;
}

/* The order as the store calls it. */
static struct slice
name_in_store(struct exchange *exchange, struct slice about)
{
	struct store *store = exchange->api->store;
	struct buf named = {0};
	struct slice out = {NULL, 0};
	size_t at = 0;

	while (at <= about.len) {
		size_t end = key_field_end(about, at);
		struct slice field =
			key_field(exchange->arena, slice_sub(about, at, end));

		key_add_field(
			&named, store_name(store, exchange->arena, field));
		at = end + 1;
	}
	if (buf_ok(&named))
		out = arena_copy(exchange->arena, buf_slice(&named));
	buf_fini(&named);
	return out;
}

const struct store_order *
order_find(struct exchange *exchange, const struct store_orders *orders,
	struct slice about)
{
	struct slice named = name_in_store(exchange, about);

	for (size_t i = 0; i < orders->count; i++) {
		if (slice_equal(orders->at[i].about, named))
			return &orders->at[i];
	}
	return NULL;
}

bool
order_has_room(struct exchange *exchange, struct slice about)
{
	struct store_query given = {.kind = STORE_ORDERS_HEARD};

	if (!exchange_query(exchange, &given))
		return false;
	if (given.answer.orders.count < STORE_ORDERS_MAX ||
		order_find(exchange, &given.answer.orders, about) != NULL)
		return true;
	exchange_error(exchange, 400,
		"10000 orders are given already: take some back, or write a "
		"filter");
	return false;
}
