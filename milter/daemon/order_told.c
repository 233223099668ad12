/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An order is an event, and so is that it is over. Of the latter every mail
 * server knows by itself: all of them tell it in the same words, to the last
 * byte, and the store keeps one of them.
 */
#include "base/clock.h"
#include "base/log.h"
#include "daemon/alerts.h"
#include "daemon/order.h"
#include "store/key.h"
#include "verdict/allowed.h"
#include "verdict/contained.h"

/* A machine that was off as long would tell what was told long ago. */
#define OVER_MOST_MS STORE_DAY_MS
#define OVER_BYTES ((size_t)64 << 20)

/* In what words the stream and the log have it. */
struct telling {
	struct store *store;
	struct arena *arena;
	const char *action;
	int64_t at_ms;
	struct slice about;
	const struct store_containment *word;
};

static struct json *
json_of_event(const struct telling *telling)
{
	struct json *event = json_map(), *category = json_list(),
		    *json = json_map();

	json_add_text(category, SLICE("configuration"));
	json_set_text(event, "kind", SLICE("event"));
	json_set_take(event, "category", category);
	json_set_text(event, "action", slice_of(telling->action));
	json_set_text(event, "outcome", SLICE("success"));
	json_set_text(event, "module", SLICE("forwarden"));
	json_set_time(json, "@timestamp", telling->at_ms);
	json_set_take(json, "event", event);
	return json;
}

/* Where addresses are hashed, the stream gets the hash, as it does of every
 * event. */
static void
set_name(const struct telling *telling, struct json *json, const char *name,
	struct slice text)
{
	json_set_text(
		json, name, store_name(telling->store, telling->arena, text));
}

static void
set_about(const struct telling *telling, struct json *own)
{
	struct slice about = telling->about, name;
	size_t begin = key_field_end(about, 0) + 1, end;
	enum contained_what what;

	if (contained_read(telling->arena, about, &what, &name)) {
		const char *kind = contained_kind(what, name);
		bool is_mailbox = slice_equal(slice_of(kind), SLICE("mailbox"));

		set_name(telling, own, is_mailbox ? "mailbox" : "destination",
			name);
		json_set_text(own, "what", slice_of(kind));
		json_set_bool(own, "all_outgoing", contained_is_all(what));
		return;
	}
	end = key_field_end(about, begin);
	set_name(telling, own, "mailbox", slice_sub(about, begin, end));
	set_name(telling, own, "destination",
		slice_sub(about, end + 1, about.len));
}

/* Of the end of an order by itself each mail server alerts: mail goes on by
 * each of them from then on, and whoever is alerted by one need not be by
 * another. */
static void
append(const struct telling *telling)
{
	struct store_op op = {.verb = STORE_APPEND};
	struct store_batch batch = {
		.ops = &op, .count = 1, .arena = telling->arena};
	struct json *json = json_of_event(telling), *own = json_map();
	struct buf text = {0};

	set_about(telling, own);
	json_set_text(own, "action", slice_of(telling->action));
	json_set_text(own, "by", telling->word->by);
	json_set_text(own, "why", telling->word->why);
	json_set_time(own, "until", telling->word->until_ms);
	json_set_take(json, "forwarden", own);
	if (json_write(json, &text) && buf_ok(&text)) {
		op.append.json = buf_slice(&text);
		store_tell(telling->store, &batch);
		alerts_event(ALERT_ORDER, buf_slice(&text));
	}
	json_free(json);
	buf_fini(&text);
}

static void
log_it(const struct telling *telling)
{
	enum contained_what what;
	struct slice name;

	if (contained_read(telling->arena, telling->about, &what, &name)) {
		log_write(LOG_LEVEL_WARNING, "%s %s%.*s%s, by %.*s: %.*s",
			telling->action,
			what == CONTAINED_TO || what == CONTAINED_ALL_TO ? "to "
									 : "",
			SLICE_ARG(name),
			contained_is_all(what) ? " with all that is written"
					       : "",
			SLICE_ARG(telling->word->by),
			SLICE_ARG(telling->word->why));
	} else {
		size_t begin = key_field_end(telling->about, 0) + 1;
		size_t end = key_field_end(telling->about, begin);

		log_write(LOG_LEVEL_WARNING, "%s %.*s to %.*s, by %.*s: %.*s",
			telling->action,
			SLICE_ARG(slice_sub(telling->about, begin, end)),
			SLICE_ARG(slice_sub(
				telling->about, end + 1, telling->about.len)),
			SLICE_ARG(telling->word->by),
			SLICE_ARG(telling->word->why));
	}
}

void
order_tell(struct exchange *exchange, const char *action, struct slice about,
	const struct store_containment *word)
{
	const struct telling telling = {.store = exchange->api->store,
		.arena = exchange->arena,
		.action = action,
		.at_ms = clock_now_ms(exchange->api->clock),
		.about = about,
		.word = word};

	append(&telling);
	log_it(&telling);
}

const char *
order_kind_name(size_t kind)
{
	static const char *const names[ORDER_KINDS] = {
		"mailbox", "destination", "domain"};

	return names[kind];
}

void
order_count(struct exchange *exchange, struct order_counts *counts)
{
	struct store_query query = {.kind = STORE_ORDERS_HEARD};
	const struct store_orders *orders = &query.answer.orders;

	*counts = (struct order_counts){0};
	if (!store_query(exchange->api->store, exchange->arena, &query, NULL))
		return;
	for (size_t i = 0; i < orders->count; i++) {
		struct slice name;
		enum contained_what what;

		if (!contained_read(exchange->arena, orders->at[i].about, &what,
			    &name)) {
			counts->allowed += allowed_is(orders->at[i].about);
			continue;
		}
		for (size_t kind = 0; kind < ORDER_KINDS; kind++) {
			counts->contained[kind] +=
				slice_equal(slice_of(order_kind_name(kind)),
					slice_of(contained_kind(what, name)));
		}
	}
}

void
order_tell_over(struct api *api)
{
	struct store_query query = {.kind = STORE_OVER};
	const struct store_orders *over = &query.answer.orders;
	struct arena *arena = arena_new(OVER_BYTES);
	int64_t now_ms = clock_now_ms(api->clock);

	if (arena == NULL)
		return;
	if (!store_query(api->store, arena, &query, NULL)) {
		arena_free(arena);
		return;
	}
	for (size_t i = 0; i < over->count; i++) {
		const struct store_order *order = &over->at[i];
		struct slice name;
		enum contained_what what;
		bool contains =
			contained_read(arena, order->about, &what, &name);
		const struct telling telling = {.store = api->store,
			.arena = arena,
			.action = contains ? "contain-over" : "allow-over",
			.at_ms = order->word.until_ms,
			.about = order->about,
			.word = &order->word};

		if ((!contains && !allowed_is(order->about)) ||
			order->word.until_ms < now_ms - OVER_MOST_MS)
			continue;
		append(&telling);
		log_it(&telling);
	}
	arena_free(arena);
}
