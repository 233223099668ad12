/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An operator contains a mailbox, or lets it go: an order to the store, that
 * all mail servers on it obey with their next message, an event and a line of
 * the log. Who may give it is whoever may open the control socket.
 */
#include "base/clock.h"
#include "base/log.h"
#include "daemon/exchange.h"
#include "forward/mailbox.h"
#include "mail/path.h"

#define FOR_LEAST_MS ((int64_t)60 * 1000)
#define FOR_MOST_MS (366 * STORE_DAY_MS)
#define WHY_BYTES_MAX 300
#define BY_BYTES_MAX 64

/* A mailbox of ours in its one form, which is what facts are kept of. False
 * after answering why not. */
static bool
find_mailbox(struct exchange *exchange, struct slice *mailbox)
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

static struct slice
parameter(const struct exchange *exchange, const char *name)
{
	const struct api_request *request = exchange->request;

	return slice_trim(request->query(request->ctx, name));
}

static bool
read_order(struct exchange *exchange, struct store_containment *order)
{
	uint64_t duration_ms =
		exchange_number(exchange, "for", 0, (uint64_t)INT64_MAX);

	order->why = parameter(exchange, "why");
	order->by = parameter(exchange, "by");
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
			exchange, 400, "contain for 1m to 366d: --for 24h");
		return false;
	}
	order->at_ms = clock_now_ms(exchange->api->clock);
	order->until_ms = order->at_ms + (int64_t)duration_ms;
	return true;
}

/* Has the store do it. Where it is down, this machine may have it alone, and
 * who asked must not believe that the others do. */
static bool
carry_out(struct exchange *exchange, struct store_query *query)
{
	struct err err = {0};

	if (store_query(exchange->api->store, exchange->arena, query, &err))
		return true;
	(void)err_wrap(&err,
		"at most this mail server obeys, so order it again when the "
		"store is back");
	log_write(LOG_LEVEL_WARNING, "%.*s was to be contained, or let go: %s",
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
static void
tell(struct exchange *exchange, const char *action, struct slice mailbox,
	const struct store_containment *order)
{
	struct store *store = exchange->api->store;
	struct store_op op = {.verb = STORE_APPEND};
	struct store_batch batch = {
		.ops = &op, .count = 1, .arena = exchange->arena};
	struct json *json = json_of_event(
			    action, clock_now_ms(exchange->api->clock)),
		    *own = json_map();
	struct buf text = {0};

	json_set_text(
		own, "mailbox", store_name(store, exchange->arena, mailbox));
	json_set_text(own, "action", slice_of(action));
	json_set_text(own, "by", order->by);
	json_set_text(own, "why", order->why);
	json_set_time(own, "until", order->until_ms);
	json_set_take(json, "forwarden", own);
	if (json_write(json, &text) && buf_ok(&text)) {
		op.append.json = buf_slice(&text);
		store_tell(store, &batch);
	}
	json_free(json);
	buf_fini(&text);
	log_write(LOG_LEVEL_WARNING, "%s %.*s, by %.*s: %.*s", action,
		SLICE_ARG(mailbox), SLICE_ARG(order->by),
		SLICE_ARG(order->why));
}

static void
answer(struct exchange *exchange, struct slice mailbox,
	const struct store_containment *order)
{
	struct json *json = json_map();

	json_set_text(json, "mailbox", mailbox);
	json_set_time(json, "until", order->until_ms);
	exchange_json_take(exchange, json);
}

void
api_contain(struct exchange *exchange)
{
	struct store_query query = {.kind = STORE_CONTAIN};

	if (!find_mailbox(exchange, &query.about) ||
		!read_order(exchange, &query.containment) ||
		!carry_out(exchange, &query))
		return;
	tell(exchange, "contain", query.about, &query.containment);
	answer(exchange, query.about, &query.containment);
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

	if (!find_mailbox(exchange, &query.about))
		return;
	was.about = query.about;
	if (!exchange_query(exchange, &was))
		return;
	if (was.answer.containment.until_ms == 0) {
		tell_not_contained(exchange);
		return;
	}
	if (!carry_out(exchange, &query))
		return;
	query.containment.by = parameter(exchange, "by");
	query.containment.why = SLICE("let go");
	tell(exchange, "uncontain", query.about, &query.containment);
	answer(exchange, query.about, &query.containment);
}
