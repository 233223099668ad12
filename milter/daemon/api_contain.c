/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An operator contains a mailbox, a destination or a domain, or lets it go, and
 * all mail servers obey within a second: those that share the store hear of it
 * as of any order.
 *
 *   as=destination  what it names is one, or a domain
 *   outgoing=1      what people write, too
 */
#include "daemon/order.h"
#include "store/key.h"
#include "verdict/contained.h"

struct target {
	struct slice name;
	bool is_mailbox;
	enum contained_what forwards, all;
};

static bool
find_target(struct exchange *exchange, struct target *target)
{
	struct slice as = order_parameter(exchange, "as");

	*target = (struct target){.is_mailbox = true,
		.forwards = CONTAINED_MAILBOX,
		.all = CONTAINED_WRITER};
	if (as.len == 0 || slice_equal(as, SLICE("mailbox")))
		return order_find_mailbox(exchange, &target->name);
	*target = (struct target){
		.forwards = CONTAINED_TO, .all = CONTAINED_ALL_TO};
	if (slice_equal(as, SLICE("destination"))) {
		return order_find_destination(exchange, exchange->argument,
			"contain the mailbox itself", &target->name);
	}
	exchange_error(exchange, 400, "as is mailbox or destination");
	return false;
}

/* What is ordered of something that no mail was seen of is told so: it may be
 * written otherwise, or be an alias. */
static bool
is_known(struct exchange *exchange, const struct target *target)
{
	struct store_query query = {
		.kind = target->is_mailbox ? STORE_MAILBOX : STORE_SENDERS,
		.about = target->name,
		.limit = 1};

	if (!target->is_mailbox && !key_is_address(target->name))
		return true;
	return !store_query(
		       exchange->api->store, exchange->arena, &query, NULL) ||
		query.answer.mailboxes.count > 0 ||
		query.answer.routes.count > 0;
}

static bool
is_over_ceiling(struct exchange *exchange)
{
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);
	bool is = generation->judge.respond.ceiling < ACTION_QUARANTINE;

	generation_unref(generation);
	return is;
}

static void
answer(struct exchange *exchange, const struct target *target,
	enum contained_what what, const struct store_containment *word)
{
	struct json *json = json_map();

	json_set_text(
		json, "what", slice_of(contained_kind(what, target->name)));
	json_set_text(json, "name", target->name);
	if (target->is_mailbox)
		json_set_text(json, "mailbox", target->name);
	json_set_bool(json, "all_outgoing", contained_is_all(what));
	json_set_bool(json, "known", is_known(exchange, target));
	json_set_bool(json, "over_ceiling", is_over_ceiling(exchange));
	if (word->until_ms > 0)
		json_set_time(json, "until", word->until_ms);
	exchange_json_take(exchange, json);
}

void
api_contain(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_ORDER};
	struct target target;
	enum contained_what what;

	if (!find_target(exchange, &target) ||
		!order_read(exchange, &query.containment))
		return;
	what = exchange_number(exchange, "outgoing", 0, 1) != 0
		? target.all
		: target.forwards;
	query.about = contained_about(exchange->arena, what, target.name);
	if (!order_has_room(exchange, query.about) ||
		!order_carry_out(exchange, &query))
		return;
	order_tell(exchange, "contain", query.about, &query.containment);
	answer(exchange, &target, what, &query.containment);
}

/* What this machine's memory knows of is not all. */
static void
tell_not_contained(struct exchange *exchange)
{
	struct err err = {0};

	if (slice_is_absent(exchange->alone)) {
		exchange_error(exchange, 404, "it is not contained");
		return;
	}
	(void)err_set(&err, ERR_DOWN,
		"it is not contained by this mail server, and of the others "
		"nothing is known: %.*s",
		SLICE_ARG(exchange->alone));
	exchange_error(exchange, 503, err.text);
}

/* Takes one of its two orders back, if it is given. False after answering. */
static bool
let_go(struct exchange *exchange, const struct store_orders *given,
	struct slice about, size_t *count)
{
	struct store_query query = {.kind = STORE_ORDER, .about = about};
	const struct store_containment word = {
		.by = order_parameter(exchange, "by"), .why = SLICE("let go")};

	if (order_find(exchange, given, about) == NULL)
		return true;
	if (!order_carry_out(exchange, &query))
		return false;
	order_tell(exchange, "uncontain", about, &word);
	(*count)++;
	return true;
}

void
api_uncontain(struct exchange *exchange)
{
	struct store_query given = {.kind = STORE_ORDERS};
	const struct store_orders *orders = &given.answer.orders;
	const struct store_containment none = {0};
	struct target target;
	size_t count = 0;

	if (!find_target(exchange, &target) ||
		!exchange_query(exchange, &given) ||
		!let_go(exchange, orders,
			contained_about(
				exchange->arena, target.forwards, target.name),
			&count) ||
		!let_go(exchange, orders,
			contained_about(
				exchange->arena, target.all, target.name),
			&count))
		return;
	if (count == 0) {
		tell_not_contained(exchange);
	} else {
		answer(exchange, &target, target.forwards, &none);
	}
}

static struct json *
row_of(const struct store_order *order, enum contained_what what,
	struct slice name)
{
	struct json *row = json_map();

	json_set_text(row, "what", slice_of(contained_kind(what, name)));
	json_set_text(row, "name", name);
	json_set_bool(row, "all_outgoing", contained_is_all(what));
	json_set_text(row, "by", order->word.by);
	json_set_text(row, "why", order->word.why);
	json_set_time(row, "since", order->word.at_ms);
	json_set_time(row, "until", order->word.until_ms);
	return row;
}

void
api_contained(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_ORDERS};
	const struct store_orders *orders = &query.answer.orders;
	struct json *json, *list;

	if (!exchange_query(exchange, &query))
		return;
	json = json_map();
	list = json_list();
	for (size_t i = 0; i < orders->count; i++) {
		enum contained_what what;
		struct slice name;

		if (contained_read(
			    exchange->arena, orders->at[i].about, &what, &name))
			json_add_take(list, row_of(&orders->at[i], what, name));
	}
	json_set_take(json, "contained", list);
	exchange_json_take(exchange, json);
}
