/* SPDX-License-Identifier: BSD-2-Clause */
/* All that is known of one mailbox. */
#include "daemon/api_exchange.h"

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

/* The newest events of one mailbox among the newest of all. */
static struct json *
json_of_mailbox_events(struct exchange *exchange, struct slice mailbox)
{
	struct store_events events = {0};
	struct json *list = json_list();
	size_t found = 0, i;

	if (!store_events(exchange->api->store, exchange->arena, slice_of(NULL),
		    MAILBOX_EVENTS_SEARCHED, &events, NULL))
		return list;
	for (i = events.count; i > 0 && found < MAILBOX_EVENTS; i--) {
		struct json *event = json_parse(events.at[i - 1], NULL);

		if (slice_equal(
			    json_text(json_find(event, "forwarden"), "mailbox"),
			    mailbox)) {
			json_add_take(list, event);
			found++;
		} else {
			json_free(event);
		}
	}
	return list;
}

static void
set_containment(
	struct exchange *exchange, struct json *json, struct slice mailbox)
{
	struct store_containment containment = {0};
	struct json *inner;

	if (!store_contained(exchange->api->store, exchange->arena, mailbox,
		    &containment, NULL) ||
		containment.until_ms == 0)
		return;
	inner = json_map();
	json_set_text(inner, "by", containment.by);
	json_set_text(inner, "why", containment.why);
	json_set_time(inner, "at", containment.at_ms);
	json_set_time(inner, "until", containment.until_ms);
	json_set_take(json, "contained", inner);
}

/* All that is known of one mailbox. */
struct mailbox_facts {
	struct store_mailboxes boxes;
	struct store_hours hours;
	struct store_routes routes;
	struct store_windows windows;
};

static bool
fetch_mailbox(struct exchange *exchange, struct slice mailbox,
	struct mailbox_facts *facts, struct err *err)
{
	struct store *store = exchange->api->store;
	struct arena *arena = exchange->arena;

	return store_mailbox(store, arena, mailbox, &facts->boxes, err) &&
		store_hours(store, arena, mailbox, &facts->hours, err) &&
		store_routes(store, arena, mailbox, 0, &facts->routes, err) &&
		store_windows(store, arena, mailbox, &facts->windows, err);
}

void
api_mailbox(struct exchange *exchange)
{
	struct mailbox_facts facts = {0};
	const struct generation *generation;
	struct slice mailbox;
	struct err err = {0};
	struct json *json;

	if (!exchange_address(exchange, exchange->argument, &mailbox))
		return;
	if (!fetch_mailbox(exchange, mailbox, &facts, &err)) {
		exchange_error(exchange, 503, err.text);
		return;
	}
	json = facts.boxes.count > 0 ? exchange_box(&facts.boxes.at[0])
				     : json_map();
	generation = generation_slot_get(exchange->api->slot);
	json_set_text(json, "mailbox", mailbox);
	json_set_bool(json, "known", facts.boxes.count > 0);
	json_set_take(json, "received_by_hour",
		json_of_numbers(facts.hours.received, 24));
	json_set_take(json, "forwarded_by_hour",
		json_of_numbers(facts.hours.forwarded, 24));
	json_set_take(json, "routes", exchange_routes(&facts.routes, 0));
	json_set_take(json, "windows",
		json_of_windows(&facts.windows, generation->program));
	set_containment(exchange, json, mailbox);
	json_set_take(
		json, "events", json_of_mailbox_events(exchange, mailbox));
	generation_unref(generation);
	exchange_json_take(exchange, json);
}
