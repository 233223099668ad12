/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests to answers, by a table of paths. */
#include "daemon/api.h"

#include "base/clock.h"
#include "daemon/json.h"
#include "daemon/milter.h"
#include "verdict/metrics.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_BYTES (512UL * 1024 * 1024)
#define LIMIT_DEFAULT 50
#define LIMIT_MOST 100000
#define WAIT_MOST_MS 30000
#define WAIT_LOOK_MS 200
#define MAILBOX_EVENTS 10
#define MAILBOX_EVENTS_SEARCHED 2000
#define TYPE_JSON "application/json"
#define TYPE_TEXT "text/plain; charset=utf-8"
#define TYPE_METRICS "text/plain; version=0.0.4; charset=utf-8"

/* One request on its way. */
struct exchange {
	struct api *api;
	const struct api_request *request;
	struct slice argument; /* what follows the path in the table */
	struct arena *arena;
	struct api_answer *answer;
};

static void
answer_text(struct exchange *exchange, unsigned status, const char *text)
{
	exchange->answer->status = status;
	exchange->answer->type = TYPE_TEXT;
	buf_puts(&exchange->answer->body, text);
}

static void
answer_error(struct exchange *exchange, unsigned status, const char *text)
{
	struct json *json = json_map();

	exchange->answer->status = status;
	exchange->answer->type = TYPE_JSON;
	json_set_text(json, "error", slice_of(text));
	(void)json_write(json, &exchange->answer->body);
	json_free(json);
}

static void
answer_json_take(struct exchange *exchange, struct json *json)
{
	exchange->answer->status = 200;
	exchange->answer->type = TYPE_JSON;
	if (!json_write(json, &exchange->answer->body)) {
		buf_reset(&exchange->answer->body);
		answer_error(exchange, 500, "out of memory");
	}
	json_free(json);
}

static uint64_t
query_number(const struct exchange *exchange, const char *name,
	uint64_t otherwise, uint64_t most)
{
	const struct api_request *request = exchange->request;
	uint64_t number;

	if (!slice_to_u64(request->query(request->ctx, name), &number))
		return otherwise;
	return number < most ? number : most;
}

/* An address as people write it, as the store knows it. */
static bool
find_address(struct exchange *exchange, struct slice text, struct slice *key)
{
	struct address address;

	if (!address_parse_path(exchange->arena, text, &address) ||
		!address_is_mailbox(&address)) {
		answer_error(exchange, 400, "that is no address");
		return false;
	}
	*key = address.text;
	return true;
}

static void
on_healthz(struct exchange *exchange)
{
	answer_text(exchange, 200, "ok\n");
}

static void
on_readyz(struct exchange *exchange)
{
	struct store_health health = {0};

	store_health(exchange->api->store, &health);
	if (health.up) {
		answer_text(exchange, 200, "ok\n");
		return;
	}
	/* Mail is judged all the same, by what memory knows. */
	answer_text(exchange, 503, "store down: ");
	buf_add_visible(&exchange->answer->body, slice_of(health.reason));
	buf_puts(&exchange->answer->body, "\n");
}

static void
write_own_metrics(struct exchange *exchange)
{
	struct buf *out = &exchange->answer->body;
	struct milter_load load = milter_load();
	const struct {
		const char *name, *type, *help;
		unsigned long long value;
	} rows[] = {
		{"forwarden_sessions", "gauge", "Connections from MTAs.",
			load.sessions},
		{"forwarden_sessions_total", "counter",
			"Connections from MTAs since the start.",
			load.sessions_total},
		{"forwarden_messages_under_way", "gauge",
			"Messages being taken in.", load.messages},
		{"forwarden_start_time_seconds", "gauge",
			"When this worker began, in seconds since 1970.",
			(unsigned long long)(exchange->api->started_ms / 1000)},
		{"forwarden_reloads_total", "counter", "Reloads carried out.",
			exchange->api->reloads},
		{"forwarden_reloads_refused_total", "counter",
			"Reloads refused for errors in files.",
			exchange->api->reloads_refused},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n",
			rows[i].name, rows[i].help, rows[i].name, rows[i].type,
			rows[i].name, rows[i].value);
}

static void
on_metrics(struct exchange *exchange)
{
	struct store_health health = {0};

	store_health(exchange->api->store, &health);
	exchange->answer->status = 200;
	exchange->answer->type = TYPE_METRICS;
	metrics_write(exchange->api->metrics, &health, &exchange->answer->body);
	write_own_metrics(exchange);
}

static struct json *
json_of_health(struct store *store)
{
	struct store_health health = {0};
	struct json *json = json_map();

	store_health(store, &health);
	if (health.backend != NULL)
		json_set_text(json, "backend", slice_of(health.backend));
	json_set_bool(json, "up", health.up);
	json_set_time(json, "since", health.since_ms);
	if (health.reason[0] != '\0')
		json_set_text(json, "reason", slice_of(health.reason));
	json_set_number(json, "round_trips", (long long)health.round_trips);
	json_set_number(json, "failures", (long long)health.failures);
	json_set_number(json, "journal", (long long)health.journal);
	json_set_number(json, "bytes", (long long)health.bytes);
	return json;
}

static void
on_status(struct exchange *exchange)
{
	const struct snapshot *snapshot =
		snapshot_slot_get(exchange->api->slot);
	struct milter_load load = milter_load();
	struct json *json = json_map();

	json_set_text(json, "version", slice_of(PACKAGE_VERSION));
	json_set_number(json, "pid", getpid());
	json_set_time(json, "started", exchange->api->started_ms);
	json_set_text(json, "config", slice_of(snapshot->config->file));
	json_set_text(json, "listen", slice_of(snapshot->config->listen));
	json_set_text(json, "mode",
		slice_of(mode_name(snapshot->judge.respond.mode)));
	json_set_number(json, "policies",
		(long long)sigma_program_rules(snapshot->program));
	json_set_number(json, "local_domains",
		(long long)realm_domains(snapshot->realm));
	json_set_number(json, "sessions", (long long)load.sessions);
	json_set_number(json, "messages", (long long)load.messages_total);
	json_set_number(json, "reloads", (long long)exchange->api->reloads);
	json_set_take(json, "store", json_of_health(exchange->api->store));
	snapshot_unref(snapshot);
	answer_json_take(exchange, json);
}

static struct json *
json_of_box(const struct store_box *box)
{
	static const char *const names[TALLY_COUNT] = {
		[TALLY_RECEIVED] = "received",
		[TALLY_FORWARDED] = "forwarded",
		[TALLY_TAGGED] = "tagged",
		[TALLY_QUARANTINED] = "quarantined",
	};
	struct json *json = json_map();
	size_t i;

	json_set_text(json, "mailbox", box->mailbox);
	json_set_number(json, "flows", (long long)box->flows);
	for (i = 0; i < TALLY_COUNT; i++)
		json_set_number(json, names[i], (long long)box->tally[i]);
	json_set_number(json, "destinations", (long long)box->destinations);
	json_set_time(json, "first", box->first_forward_ms);
	json_set_time(json, "last", box->last_forward_ms);
	return json;
}

static void
on_top(struct exchange *exchange)
{
	struct store_boxes boxes = {0};
	struct json *json, *list;
	struct err err = {0};
	uint64_t at = query_number(exchange, "at",
		(uint64_t)clock_now_ms(exchange->api->clock), INT64_MAX);
	size_t i;

	if (!store_top(exchange->api->store, exchange->arena, (int64_t)at,
		    query_number(exchange, "limit", LIMIT_DEFAULT, LIMIT_MOST),
		    &boxes, &err)) {
		answer_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	list = json_list();
	for (i = 0; i < boxes.count; i++)
		json_add_take(list, json_of_box(&boxes.at[i]));
	json_set_time(json, "at", (int64_t)at);
	json_set_take(json, "mailboxes", list);
	answer_json_take(exchange, json);
}

static struct json *
json_of_route(const struct store_route *route)
{
	struct json *json = json_map();

	json_set_text(json, "mailbox", route->mailbox);
	json_set_text(json, "destination", route->destination);
	json_set_number(json, "count", (long long)route->count);
	json_set_time(json, "first", route->first_ms);
	json_set_time(json, "last", route->last_ms);
	return json;
}

static struct json *
json_of_routes(const struct store_routes *routes, int64_t first_since_ms)
{
	struct json *list = json_list();
	size_t i;

	for (i = 0; i < routes->count; i++)
		if (routes->at[i].first_ms >= first_since_ms)
			json_add_take(list, json_of_route(&routes->at[i]));
	return list;
}

static void
on_routes(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;
	struct slice mailbox = request->query(request->ctx, "mailbox");
	struct store_routes routes = {0};
	struct err err = {0};
	struct json *json;

	if (!slice_is_absent(mailbox) &&
		!find_address(exchange, mailbox, &mailbox))
		return;
	if (!store_routes(exchange->api->store, exchange->arena, mailbox,
		    (int64_t)query_number(exchange, "since", 0, INT64_MAX),
		    &routes, &err)) {
		answer_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	json_set_take(json, "routes",
		json_of_routes(&routes,
			(int64_t)query_number(exchange, "new", 0, INT64_MAX)));
	answer_json_take(exchange, json);
}

static void
on_destination(struct exchange *exchange)
{
	struct store_routes routes = {0};
	struct slice destination;
	struct err err = {0};
	struct json *json;

	if (!find_address(exchange, exchange->argument, &destination))
		return;
	if (!store_senders(exchange->api->store, exchange->arena, destination,
		    &routes, &err)) {
		answer_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	json_set_text(json, "destination", destination);
	json_set_take(json, "mailboxes", json_of_routes(&routes, 0));
	answer_json_take(exchange, json);
}

static struct json *
json_of_numbers(const uint64_t *at, size_t count)
{
	struct json *list = json_list();
	size_t i;

	for (i = 0; i < count; i++)
		json_add_number(list, (long long)at[i]);
	return list;
}

static const struct sigma_rule *
find_rule(const struct sigma_program *program, struct slice id)
{
	size_t i;

	for (i = 0; i < sigma_program_rules(program); i++) {
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
	size_t i;

	for (i = 0; i < windows->count; i++)
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
	struct store_boxes boxes;
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

	return store_box(store, arena, mailbox, &facts->boxes, err) &&
		store_hours(store, arena, mailbox, &facts->hours, err) &&
		store_routes(store, arena, mailbox, 0, &facts->routes, err) &&
		store_windows(store, arena, mailbox, &facts->windows, err);
}

static void
on_mailbox(struct exchange *exchange)
{
	struct mailbox_facts facts = {0};
	const struct snapshot *snapshot;
	struct slice mailbox;
	struct err err = {0};
	struct json *json;

	if (!find_address(exchange, exchange->argument, &mailbox))
		return;
	if (!fetch_mailbox(exchange, mailbox, &facts, &err)) {
		answer_error(exchange, 503, err.text);
		return;
	}
	json = facts.boxes.count > 0 ? json_of_box(&facts.boxes.at[0])
				     : json_map();
	snapshot = snapshot_slot_get(exchange->api->slot);
	json_set_text(json, "mailbox", mailbox);
	json_set_bool(json, "known", facts.boxes.count > 0);
	json_set_take(json, "received_by_hour",
		json_of_numbers(facts.hours.received, 24));
	json_set_take(json, "forwarded_by_hour",
		json_of_numbers(facts.hours.forwarded, 24));
	json_set_take(json, "routes", json_of_routes(&facts.routes, 0));
	json_set_take(json, "windows",
		json_of_windows(&facts.windows, snapshot->program));
	set_containment(exchange, json, mailbox);
	json_set_take(
		json, "events", json_of_mailbox_events(exchange, mailbox));
	snapshot_unref(snapshot);
	answer_json_take(exchange, json);
}

static void
sleep_ms(long ms)
{
	const struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};

	(void)nanosleep(&pause, NULL);
}

/* The stream may be another daemon's as well: it is looked at, not waited
 * for. */
static bool
wait_for_events(
	struct exchange *exchange, struct store_events *events, struct err *err)
{
	const struct api_request *request = exchange->request;
	struct slice after = request->query(request->ctx, "after");
	int64_t until = clock_monotonic_ms() +
		(int64_t)query_number(exchange, "wait", 0, WAIT_MOST_MS);
	size_t limit =
		query_number(exchange, "limit", LIMIT_DEFAULT, LIMIT_MOST);

	for (;;) {
		if (!store_events(exchange->api->store, exchange->arena, after,
			    limit, events, err))
			return false;
		if (events->count > 0 || exchange->api->ending ||
			clock_monotonic_ms() >= until)
			return true;
		arena_reset(exchange->arena);
		sleep_ms(WAIT_LOOK_MS);
	}
}

static void
on_events(struct exchange *exchange)
{
	struct store_events events = {0};
	struct json *json, *list;
	struct err err = {0};
	size_t i;

	if (!wait_for_events(exchange, &events, &err)) {
		answer_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	list = json_list();
	for (i = 0; i < events.count; i++)
		json_add_take(list, json_parse(events.at[i], NULL));
	json_set_take(json, "events", list);
	json_set_text(json, "last", events.last_id);
	answer_json_take(exchange, json);
}

static void
on_forget(struct exchange *exchange)
{
	struct slice mailbox;
	struct err err = {0};
	struct json *json;
	uint64_t wiped = 0;

	if (!find_address(exchange, exchange->argument, &mailbox))
		return;
	if (!store_forget(exchange->api->store, mailbox, &wiped, &err)) {
		answer_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	json_set_text(json, "mailbox", mailbox);
	json_set_number(json, "wiped", (long long)wiped);
	answer_json_take(exchange, json);
}

static const struct {
	const char *path; /* one that ends in '/' takes an argument */
	enum api_method method;
	bool is_public;
	void (*answer)(struct exchange *);
} paths[] = {
	{"/healthz", API_GET, true, on_healthz},
	{"/readyz", API_GET, true, on_readyz},
	{"/metrics", API_GET, true, on_metrics},
	{"/v1/status", API_GET, false, on_status},
	{"/v1/top", API_GET, false, on_top},
	{"/v1/mailbox/", API_GET, false, on_mailbox},
	{"/v1/routes", API_GET, false, on_routes},
	{"/v1/destination/", API_GET, false, on_destination},
	{"/v1/events", API_GET, false, on_events},
	{"/v1/forget/", API_POST, false, on_forget},
};

static bool
path_matches(const char *path, struct slice given, struct slice *argument)
{
	size_t len = strlen(path);

	if (path[len - 1] != '/')
		return slice_equal(given, slice_of(path));
	if (given.len <= len || memcmp(given.p, path, len) != 0)
		return false;
	*argument = slice_sub(given, len, given.len);
	return true;
}

static void
dispatch(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;
	size_t i;

	for (i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (!path_matches(
			    paths[i].path, request->path, &exchange->argument))
			continue;
		if (!paths[i].is_public && !request->trusted)
			answer_error(
				exchange, 403, "ask on the control socket");
		else if (paths[i].method != request->method)
			answer_error(exchange, 405, "another method is needed");
		else
			paths[i].answer(exchange);
		return;
	}
	answer_error(exchange, 404, "there is no such path");
}

void
api_answer(struct api *api, const struct api_request *request,
	struct api_answer *answer)
{
	struct exchange exchange = {
		.api = api,
		.request = request,
		.answer = answer,
		.arena = arena_new(ANSWER_BYTES),
	};

	*answer = (struct api_answer){0};
	if (exchange.arena == NULL)
		answer_error(&exchange, 500, "out of memory");
	else
		dispatch(&exchange);
	arena_free(exchange.arena);
}
