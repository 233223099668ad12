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

/* A mailbox of ours in its one form, which is what facts are kept of. False
 * after answering why not. */
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

/* Has the store do it. Where it is down, this machine may have it alone, and
 * who asked must not believe that the others do. */
bool
order_carry_out(struct exchange *exchange, struct store_query *query)
{
	struct err err = {0};

	if (store_query(exchange->api->store, exchange->arena, query, &err))
		return true;
	(void)err_wrap(&err,
		"at most this mail server obeys, so order it again when the "
		"store is back");
	log_write(LOG_LEVEL_WARNING, "an order about %.*s was not heard: %s",
		SLICE_ARG(query->about), err.text);
	exchange_error(exchange, 503, err.text);
	return false;
}

static struct json *
json_of_event(const char *action, int64_t now_ms)
{
	struct json *event = json_map(), *category = json_list(),
		    *json = json_map();

	json_add_text(category, SLICE("configuration"));
	json_set_text(event, "kind", SLICE("event"));
	json_set_take(event, "category", category);
	json_set_text(event, "action", slice_of(action));
	json_set_text(event, "outcome", SLICE("success"));
	json_set_text(event, "module", SLICE("forwarden"));
	json_set_time(json, "@timestamp", now_ms);
	json_set_take(json, "event", event);
	return json;
}

/* To the stream and the log. Where addresses are hashed, the stream gets the
 * hash, as it does of every event. */
void
order_tell(struct exchange *exchange, const char *action,
	const struct order *order)
{
	struct store *store = exchange->api->store;
	struct arena *arena = exchange->arena;
	struct store_op op = {.verb = STORE_APPEND};
	struct store_batch batch = {.ops = &op, .count = 1, .arena = arena};
	struct json *json = json_of_event(
			    action, clock_now_ms(exchange->api->clock)),
		    *own = json_map();
	struct buf text = {0};

	json_set_text(own, "mailbox", store_name(store, arena, order->mailbox));
	if (order->destination.len > 0) {
		json_set_text(own, "destination",
			store_name(store, arena, order->destination));
	}
	json_set_text(own, "action", slice_of(action));
	json_set_text(own, "by", order->word.by);
	json_set_text(own, "why", order->word.why);
	json_set_time(own, "until", order->word.until_ms);
	json_set_take(json, "forwarden", own);
	if (json_write(json, &text) && buf_ok(&text)) {
		op.append.json = buf_slice(&text);
		store_tell(store, &batch);
	}
	json_free(json);
	buf_fini(&text);
	log_write(LOG_LEVEL_WARNING, "%s %.*s%s%.*s, by %.*s: %.*s", action,
		SLICE_ARG(order->mailbox),
		order->destination.len > 0 ? " to " : "",
		SLICE_ARG(order->destination), SLICE_ARG(order->word.by),
		SLICE_ARG(order->word.why));
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
		if (key_names(orders->at[i].about, name))
			json_add_take(list, order_row(&orders->at[i]));
	}
	return list;
}
