/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Held mail. The queue is the MTA's, and this process may not read it: whoever
 * may (`forwarden held`, run by root) asks here which events held what, and
 * tells here what he let go or deleted, and how much is held. An act is an
 * event, and the mailboxes' counts follow, each event once.
 */
#include "daemon/api_held.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "daemon/alerts.h"
#include "daemon/report.h"
#include "forward/evidence.h"
#include "forward/flow.h"

#define EVENTS_SEARCHED 1000000
#define FLOWS_MAX 17 /* of one event */
#define FAILED_BYTES_MAX 500

static struct slice
action_of(const struct json *event)
{
	return json_text(json_find(event, "event"), "action");
}

static bool
is_about_held(const struct json *event)
{
	struct slice action = action_of(event);

	return slice_equal(action, SLICE("quarantine")) ||
		!slice_is_absent(
			json_text(json_find(event, "forwarden"), "held_by"));
}

/* A look at the text spares taking apart the many that are not. */
static struct json *
parse_if_held(struct slice text)
{
	struct json *event = NULL;

	if (slice_find(text, SLICE("quarantine")) != SLICE_NONE ||
		slice_find(text, SLICE("held_by")) != SLICE_NONE)
		event = json_parse(text, NULL);
	if (event != NULL && !is_about_held(event)) {
		json_free(event);
		event = NULL;
	}
	return event;
}

/* Every event that held something, or ended a hold, that is still kept: after
 * that id. */
static struct json *
find_events(struct exchange *exchange, struct slice after, struct slice *last)
{
	struct store_query query = {.kind = STORE_EVENTS,
		.after = after.len > 0 ? after : (struct slice){NULL, 0},
		.limit = EVENTS_SEARCHED};
	const struct store_events *events = &query.answer.events;
	struct json *list;

	if (!exchange_query(exchange, &query))
		return NULL;
	*last = events->last_id;
	list = json_list();
	for (size_t i = 0; i < events->count; i++) {
		struct json *event = parse_if_held(events->at[i]);

		if (event != NULL)
			json_add_take(list, event);
	}
	return list;
}

struct slice
api_held_parameter(const struct exchange *exchange, const char *name)
{
	const struct api_request *request = exchange->request;

	return slice_trim(request->query(request->ctx, name));
}

void
api_held(struct exchange *exchange)
{
	struct slice last, after = api_held_parameter(exchange, "after");
	struct json *list = find_events(exchange, after, &last), *json;

	if (list == NULL)
		return;
	json = json_map();
	json_set_take(json, "events", list);
	json_set_text(json, "last", last);
	json_set_text(json, "host", exchange_host(exchange));
	exchange_json_take(exchange, json);
}

bool
api_held_is_act(struct slice action)
{
	return slice_equal(action, SLICE("release")) ||
		slice_equal(action, SLICE("delete"));
}

static bool
is_hold(const struct json *event)
{
	return slice_equal(action_of(event), SLICE("quarantine"));
}

static const struct json *
find_event(const struct json *list, struct slice id)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *event = json_at(list, i);

		if (is_hold(event) &&
			slice_equal(
				json_text(json_find(event, "event"), "id"), id))
			return event;
	}
	return NULL;
}

static bool
is_forward(const struct json *flow)
{
	return !slice_equal(json_text(flow, "kind"),
		       slice_of(evidence_kind_name(KIND_NONE))) &&
		json_number(flow, "confidence") >= FLOW_CONFIDENCE_LIKELY;
}

/* An act as the caller tells it. */
struct act {
	struct slice queue_id, action, event, by, why, failed;
};

static void
add_tally(struct store_batch *batch, const struct json *flow,
	const struct act *act)
{
	struct slice mailbox = json_text(flow, "mailbox");

	if (mailbox.len == 0 || !is_forward(flow) || batch->count == FLOWS_MAX)
		return;
	batch->ops[batch->count++] = (struct store_op){.verb = STORE_TALLY,
		.tally = {.mailbox = mailbox,
			.what = TALLY_LET_GO,
			.identity = act->event}};
}

static bool
read_act(struct exchange *exchange, struct act *act)
{
	*act = (struct act){.queue_id = exchange->argument,
		.action = api_held_parameter(exchange, "act"),
		.event = api_held_parameter(exchange, "event"),
		.by = api_held_parameter(exchange, "by"),
		.why = api_held_parameter(exchange, "why"),
		.failed = api_held_parameter(exchange, "failed")};
	if (!api_held_is_act(act->action) &&
		!slice_equal(act->action, SLICE(HELD_EXPIRE))) {
		exchange_error(exchange, 400, "act is release or delete");
		return false;
	}
	if (act->queue_id.len > HELD_ID_BYTES_MAX ||
		act->event.len > HELD_ID_BYTES_MAX ||
		act->by.len > HELD_BY_BYTES_MAX ||
		act->why.len > HELD_WHY_BYTES_MAX ||
		act->failed.len > FAILED_BYTES_MAX) {
		exchange_error(exchange, 400,
			"ids and who asks have at most 64 bytes, why 300");
		return false;
	}
	return true;
}

static struct json *
json_of_event(const struct exchange *exchange, const struct act *act)
{
	struct json *event = json_map(), *category = json_list(),
		    *json = json_map();

	json_add_text(category, SLICE("email"));
	json_set_text(event, "kind", SLICE("event"));
	json_set_take(event, "category", category);
	json_set_text(event, "action", act->action);
	json_set_text(event, "outcome",
		act->failed.len > 0 ? SLICE("failure") : SLICE("success"));
	json_set_text(event, "module", SLICE("forwarden"));
	json_set_time(json, "@timestamp", clock_now_ms(exchange->api->clock));
	json_set_take(json, "event", event);
	return json;
}

static struct json *
json_of_act(const struct exchange *exchange, const struct act *act,
	const struct json *held)
{
	const struct json *was = json_find(held, "forwarden");
	struct json *json = json_of_event(exchange, act), *own = json_map(),
		    *email = json_map();

	json_set_text(email, "local_id", act->queue_id);
	json_set_take(json, "email", email);
	json_set_text(own, "action", act->action);
	json_set_text(own, "mailbox", json_text(was, "mailbox"));
	json_set_text(own, "destination", json_text(was, "destination"));
	json_set_text(own, "kind", json_text(was, "kind"));
	json_set_text(own, "host", exchange_host(exchange));
	json_set_text(own, "by", act->by);
	if (act->failed.len > 0)
		json_set_text(own, "failed", act->failed);
	json_set_text(own, "why",
		act->why.len > 0 ? act->why : SLICE("no reason was given"));
	json_set_text(own, "held_by",
		held != NULL ? act->event : SLICE("somebody else"));
	json_set_take(json, "forwarden", own);
	return json;
}

/* Is the message not held any more? */
static bool
ends_hold(const struct act *act)
{
	return act->failed.len == 0 && api_held_is_act(act->action);
}

/* The event, and what it counts for the mailboxes it was about. */
static void
tell(struct exchange *exchange, const struct act *act, const struct json *held)
{
	const struct json *was = json_find(held, "forwarden");
	const struct json *flows = json_find(was, "flows");
	struct store_op ops[FLOWS_MAX + 1];
	struct store_batch batch = {.ops = ops, .arena = exchange->arena};
	struct json *json = json_of_act(exchange, act, held);
	struct buf text = {0};

	if (ends_hold(act)) {
		add_tally(&batch, was, act);
		for (size_t i = 0; i < json_count(flows); i++)
			add_tally(&batch, json_at(flows, i), act);
	}
	if (json_write(json, &text) && buf_ok(&text)) {
		ops[batch.count++] = (struct store_op){.verb = STORE_APPEND,
			.append = {.json = buf_slice(&text)}};
		report_event(exchange->api->report, buf_slice(&text));
		alerts_event(ALERT_ORDER, buf_slice(&text));
	}
	store_tell(exchange->api->store, &batch);
	log_write(act->failed.len > 0 ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
		"%.*s: %.*s of held mail, event=%.*s, by %.*s%s%.*s",
		SLICE_ARG(act->queue_id), SLICE_ARG(act->action),
		SLICE_ARG(act->event), SLICE_ARG(act->by),
		act->failed.len > 0 ? ": it failed: " : "",
		SLICE_ARG(act->failed));
	json_free(json);
	buf_fini(&text);
}

void
api_held_act(struct exchange *exchange)
{
	const struct slice all = {NULL, 0};
	const struct json *held;
	struct slice last;
	struct json *list;
	struct act act;

	if (!read_act(exchange, &act))
		return;
	list = find_events(exchange, all, &last);
	if (list == NULL)
		return;
	held = find_event(list, act.event);
	if (held == NULL && act.event.len > 0) {
		exchange_error(exchange, 404, "there is no such event");
	} else {
		tell(exchange, &act, held);
		exchange_json_take(exchange, json_map());
	}
	json_free(list);
}

static bool
is_end(const struct json *event)
{
	return api_held_is_act(action_of(event)) &&
		slice_equal(json_text(json_find(event, "event"), "outcome"),
			SLICE("success"));
}

/* Events of holds that no event ended. */
struct json *
api_held_open(struct exchange *exchange)
{
	const struct slice all = {NULL, 0};
	struct map *over = map_new();
	struct slice last;
	struct json *list = find_events(exchange, all, &last);
	struct json *open = list != NULL ? json_list() : NULL;

	for (size_t i = 0; over != NULL && i < json_count(list); i++) {
		const struct json *event = json_at(list, i);

		if (is_end(event)) {
			(void)map_put(over,
				json_text(json_find(event, "forwarden"),
					"held_by"),
				over, NULL);
		}
	}
	for (size_t i = 0; over != NULL && i < json_count(list); i++) {
		const struct json *event = json_at(list, i);

		if (is_hold(event) &&
			map_find(over,
				json_text(json_find(event, "event"), "id")) ==
				NULL)
			json_add_take(open, json_duplicate(event));
	}
	map_free(over, NULL);
	json_free(list);
	return open;
}
