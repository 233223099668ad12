/* SPDX-License-Identifier: BSD-2-Clause */
/* An operator contains a mailbox, or lets it go, and all mail servers obey with
 * their next message. */
#include "daemon/order.h"

static void
answer(struct exchange *exchange, const struct order *order)
{
	struct json *json = json_map();

	json_set_text(json, "mailbox", order->mailbox);
	json_set_time(json, "until", order->word.until_ms);
	exchange_json_take(exchange, json);
}

void
api_contain(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_CONTAIN};
	struct order order = {0};

	if (!order_find_mailbox(exchange, &order.mailbox) ||
		!order_read(exchange, &order.word))
		return;
	query.about = order.mailbox;
	query.containment = order.word;
	if (!order_carry_out(exchange, &query))
		return;
	order_tell(exchange, "contain", &order);
	answer(exchange, &order);
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

void
api_uncontain(struct exchange *exchange)
{
	struct store_query was = {.kind = STORE_CONTAINED};
	struct store_query query = {.kind = STORE_CONTAIN};
	struct order order = {0};

	if (!order_find_mailbox(exchange, &order.mailbox))
		return;
	was.about = query.about = order.mailbox;
	if (!exchange_query(exchange, &was))
		return;
	if (was.answer.containment.until_ms == 0) {
		tell_not_contained(exchange);
		return;
	}
	if (!order_carry_out(exchange, &query))
		return;
	order.word.by = order_parameter(exchange, "by");
	order.word.why = SLICE("let go");
	order_tell(exchange, "uncontain", &order);
	answer(exchange, &order);
}
