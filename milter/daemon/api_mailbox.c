/* SPDX-License-Identifier: BSD-2-Clause */
/* All that is known of one mailbox. */
#include "daemon/order.h"
#include "verdict/contained.h"

#define MAILBOX_EVENTS 10
#define MAILBOX_EVENTS_SEARCHED 2000

static struct json *
json_of_numbers(const uint64_t *at, size_t count)
{
	struct json *list = json_list();

	for (size_t i = 0; i < count; i++)
		json_add_number(list, (long long)at[i]);
	return list;
}

static const struct sigma_rule *
find_rule(const struct sigma_program *program, struct slice id)
{
	for (size_t i = 0; i < sigma_program_rules(program); i++) {
		const struct sigma_rule *rule = sigma_program_rule(program, i);

		if (slice_equal(rule->id, id) || slice_equal(rule->name, id))
			return rule;
	}
	return NULL;
}

static struct json *
json_of_window(
	const struct store_window *window, const struct sigma_program *program)
{
	const struct sigma_rule *rule = find_rule(program, window->policy);
	struct json *json = json_map();

	json_set_text(json, "policy", window->policy);
	json_set_number(json, "count", (long long)window->count);
	json_set_time(json, "oldest", window->oldest_ms);
	json_set_time(json, "newest", window->newest_ms);
	if (rule != NULL) {
		json_set_text(json, "title", rule->title);
		json_set_number(json, "threshold", (long long)rule->threshold);
		json_set_number(json, "timespan_ms", rule->timespan_ms);
	}
	return json;
}

static struct json *
json_of_windows(const struct store_windows *windows,
	const struct sigma_program *program)
{
	struct json *list = json_list();

	for (size_t i = 0; i < windows->count; i++)
		json_add_take(list, json_of_window(&windows->at[i], program));
	return list;
}

/* Of one flow, or of one of several. */
static bool
is_about(const struct json *event, struct slice name)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *flows = json_find(own, "flows");
	bool is = slice_equal(json_text(own, "mailbox"), name);

	for (size_t i = 0; i < json_count(flows) && !is; i++)
		is = slice_equal(json_text(json_at(flows, i), "mailbox"), name);
	return is;
}

/* The newest events of one mailbox among the newest of all, where it has the
 * name that the store has for it. */
static struct json *
json_of_mailbox_events(struct exchange *exchange, struct slice mailbox)
{
	struct store_query query = {
		.kind = STORE_EVENTS, .limit = MAILBOX_EVENTS_SEARCHED};
	const struct store_events *events = &query.answer.events;
	struct json *list = json_list();
	struct slice name =
		store_name(exchange->api->store, exchange->arena, mailbox);
	size_t found = 0, i;

	if (!store_query(exchange->api->store, exchange->arena, &query, NULL))
		return list;
	for (i = events->count; i > 0 && found < MAILBOX_EVENTS; i--) {
		struct json *event = json_parse(events->at[i - 1], NULL);

		if (is_about(event, name)) {
			json_add_take(list, event);
			found++;
		} else {
			json_free(event);
		}
	}
	return list;
}

/* The order that holds most, if there is one. */
static void
set_containment(
	struct exchange *exchange, struct json *json, struct slice mailbox)
{
	struct json *found = exchange_contained(
		exchange, CONTAINED_WRITER, CONTAINED_MAILBOX, mailbox);

	if (found != NULL)
		json_set_take(json, "contained", found);
}

/* What is asked about one mailbox, one after the other. */
enum {
	RECORD,
	HOURS,
	ROUTES,
	WINDOWS,
	QUERIES
};

void
api_mailbox(struct exchange *exchange)
{
	struct store_query queries[QUERIES] = {
		[RECORD] = {.kind = STORE_MAILBOX},
		[HOURS] = {.kind = STORE_HOURS},
		[ROUTES] = {.kind = STORE_ROUTES},
		[WINDOWS] = {.kind = STORE_WINDOWS},
	};
	const struct store_mailboxes *mailboxes =
		&queries[RECORD].answer.mailboxes;
	const struct store_hours *hours = &queries[HOURS].answer.hours;
	const struct generation *generation;
	struct slice mailbox;
	struct json *json;

	if (!exchange_address(exchange, exchange->argument, &mailbox))
		return;
	for (size_t i = 0; i < QUERIES; i++) {
		queries[i].about = mailbox;
		if (!exchange_query(exchange, &queries[i]))
			return;
	}
	json = mailboxes->count > 0 ? exchange_mailbox(&mailboxes->at[0])
				    : json_map();
	generation = generation_slot_get(exchange->api->slot);
	json_set_text(json, "mailbox", mailbox);
	json_set_bool(json, "known", mailboxes->count > 0);
	json_set_take(json, "received_by_hour",
		json_of_numbers(hours->received, STORE_DAY_HOURS));
	json_set_take(json, "forwarded_by_hour",
		json_of_numbers(hours->forwarded, STORE_DAY_HOURS));
	json_set_take(json, "routes",
		exchange_routes(exchange, &queries[ROUTES].answer.routes));
	json_set_take(json, "windows",
		json_of_windows(
			&queries[WINDOWS].answer.windows, generation->program));
	set_containment(exchange, json, mailbox);
	json_set_take(json, "allowed", order_allowed(exchange, mailbox));
	json_set_take(
		json, "events", json_of_mailbox_events(exchange, mailbox));
	generation_unref(generation);
	exchange_json_take(exchange, json);
}
