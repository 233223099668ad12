/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events into a case. The text of an event is foreign: it is copied, bounded
 * by the arena, and shown by the writers, each of which escapes it in its own
 * way.
 */
#include "cli/incident.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MESSAGES_MAX 5000
#define COUNTS_MAX 1000 /* distinct values of one aspect */
#define GAP_BYTES 512

const struct incident_aspect_row incident_aspects[INCIDENT_ASPECTS] = {
	[INCIDENT_LOGIN] = {"logins", "login", "the mail server (SMTP AUTH)",
		{"smtp", "auth", "user"}, false},
	[INCIDENT_CLIENT] = {"clients", "client address", "the mail server",
		{"source", "ip"}, false},
	[INCIDENT_CLIENT_NAME] = {"client_names", "client name",
		"DNS: who holds the address", {"source", "name"}, false},
	[INCIDENT_HELO] = {"helo", "name in EHLO", "the client itself",
		{"smtp", "helo"}, false},
	[INCIDENT_SENDER] = {"senders", "envelope sender", "the client itself",
		{"smtp", "mail_from", "address"}, false},
	[INCIDENT_AUTHOR] = {"authors", "author (From)",
		"whoever wrote the message", {"email", "from", "address"},
		false},
	[INCIDENT_MAILER] = {"mailers", "mailer (X-Mailer)",
		"whoever wrote the message", {"email", "x_mailer"}, false},
	[INCIDENT_PLATFORM] = {"platforms", "what forwards",
		"the evidence below", {"platform"}, true},
	[INCIDENT_KIND] = {"kinds", "how it moves on", "the evidence below",
		{"kind"}, true},
	[INCIDENT_HOST] = {"hosts", "mail server", "Forwarden there",
		{"forwarden", "host"}, false},
	[INCIDENT_LISTENER] = {"listeners", "listener", "the mail server",
		{"smtp", "listener"}, false},
	[INCIDENT_POLICY] = {"policies", "policy", "Forwarden",
		{"forwarden", "policies"}, false},
	[INCIDENT_ALLOWED] = {"allowed_by", "allowed by",
		"Forwarden: an operator's order",
		{"forwarden", "allowed", "by"}, false},
	[INCIDENT_EXCUSE] = {"excused_by", "excused as",
		"Forwarden; an excuse is a claim", {"excused_by"}, true},
	[INCIDENT_UNSEEN] = {"unseen", "not seen", "Forwarden",
		{"forwarden", "gaps"}, false},
};

static struct slice
keep(struct incident *incident, struct slice text)
{
	return slice_is_absent(text) ? text : arena_copy(incident->arena, text);
}

/* The earlier, or the one there is. */
static struct slice
earlier(struct slice a, struct slice b)
{
	if (slice_is_absent(a) || slice_is_absent(b))
		return slice_is_absent(a) ? b : a;
	return slice_compare(a, b) <= 0 ? a : b;
}

static struct slice
later(struct slice a, struct slice b)
{
	if (slice_is_absent(a) || slice_is_absent(b))
		return slice_is_absent(a) ? b : a;
	return slice_compare(a, b) >= 0 ? a : b;
}

/* Room for one more; false when the arena is full, which is a gap. */
static bool
grow(struct incident *incident, void *list, size_t count, size_t *room,
	size_t size)
{
	void *at =
		arena_grow(incident->arena, *(void **)list, count, room, size);

	if (at == NULL) {
		incident->cut = true;
		return false;
	}
	*(void **)list = at;
	return true;
}

bool
incident_is(const struct incident *incident, struct slice name)
{
	return name.len > 0 &&
		(slice_equal_fold(name, incident->address) ||
			(incident->hashed.len > 0 &&
				slice_equal(name, incident->hashed)));
}

void
incident_count(struct incident *incident, struct incident_counts *counts,
	const struct incident_count *one)
{
	struct incident_count *found;
	size_t i;

	if (one->text.len == 0)
		return;
	for (i = 0; i < counts->count; i++) {
		found = &counts->at[i];
		if (slice_equal(found->text, one->text) &&
			slice_equal(found->more, one->more)) {
			found->count += one->count;
			found->first = earlier(found->first, one->first);
			found->last = later(found->last, one->last);
			return;
		}
	}
	if (i == COUNTS_MAX ||
		!grow(incident, &counts->at, i, &counts->room,
			sizeof(*counts->at))) {
		incident->cut = true;
		return;
	}
	counts->at[counts->count++] =
		(struct incident_count){.text = keep(incident, one->text),
			.more = keep(incident, one->more),
			.first = one->first,
			.last = one->last,
			.count = one->count};
}

void
incident_gap(struct incident *incident, const char *fmt, ...)
{
	char text[GAP_BYTES];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	incident_count(incident, &incident->gaps,
		&(struct incident_count){.text = slice_of(text), .count = 1});
}

static void
put_route(struct incident *incident, struct incident_routes *routes,
	const struct incident_route *one)
{
	for (size_t i = 0; i < routes->count; i++) {
		struct incident_route *found = &routes->at[i];

		if (!slice_equal(found->mailbox, one->mailbox) ||
			!slice_equal(found->destination, one->destination))
			continue;
		/* The store counts each message once, and remembers longer. */
		if (found->logged)
			found->count += one->count;
		found->first = earlier(found->first, one->first);
		found->last = later(found->last, one->last);
		return;
	}
	if (!grow(incident, &routes->at, routes->count, &routes->room,
		    sizeof(*routes->at)))
		return;
	routes->at[routes->count++] =
		(struct incident_route){.mailbox = keep(incident, one->mailbox),
			.destination = keep(incident, one->destination),
			.first = one->first,
			.last = one->last,
			.count = one->count,
			.logged = one->logged};
}

static bool
is_place(const struct incident *incident, struct slice destination)
{
	for (size_t i = 0; i < incident->routes.count; i++) {
		if (slice_equal(
			    incident->routes.at[i].destination, destination))
			return true;
	}
	return false;
}

void
incident_take_route(
	struct incident *incident, const struct incident_route *route)
{
	if (incident_is(incident, route->mailbox)) {
		incident->as_mailbox = true;
	} else if (incident_is(incident, route->destination)) {
		incident->as_destination = true;
	} else {
		put_route(incident, &incident->others, route);
		return;
	}
	put_route(incident, &incident->routes, route);
}

/* A text, or each of a list of texts. */
static void
count_value(struct incident *incident, enum incident_aspect aspect,
	const struct json *value, struct slice at)
{
	struct incident_count one = {.first = at, .last = at, .count = 1};

	if (!json_is_list(value)) {
		one.text = json_own_text(value);
		incident_count(incident, &incident->aspects[aspect], &one);
		return;
	}
	for (size_t i = 0; i < json_count(value); i++) {
		one.text = json_own_text(json_at(value, i));
		incident_count(incident, &incident->aspects[aspect], &one);
	}
}

static void
count_aspects(struct incident *incident, const struct json *event,
	const struct json *flow, struct slice at)
{
	for (unsigned i = 0; i < INCIDENT_ASPECTS; i++) {
		const struct incident_aspect_row *row = &incident_aspects[i];
		const struct json *value = row->of_flow ? flow : event;

		for (size_t step = 0; row->path[step] != NULL; step++)
			value = json_find(value, row->path[step]);
		count_value(incident, (enum incident_aspect)i, value, at);
	}
}

static void
count_evidence(
	struct incident *incident, const struct json *flow, struct slice at)
{
	const struct json *list = json_find(flow, "evidence");

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		incident_count(incident, &incident->evidence,
			&(struct incident_count){.text = json_text(row, "name"),
				.more = json_text(row, "speaker"),
				.first = at,
				.last = at,
				.count = 1});
	}
}

static void
take_message(struct incident *incident, const struct json *event,
	const struct json *flow)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *email = json_find(event, "email");
	const struct json *from =
		json_find(json_find(email, "from"), "address");
	struct incident_message *message;

	if (incident->message_count == MESSAGES_MAX) {
		incident->cut = true;
		return;
	}
	if (!grow(incident, &incident->messages, incident->message_count,
		    &incident->message_room, sizeof(*message)))
		return;
	message = &incident->messages[incident->message_count++];
	*message = (struct incident_message){
		.at = keep(incident, json_text(event, "@timestamp")),
		.event = keep(
			incident, json_text(json_find(event, "event"), "id")),
		.mailbox = keep(incident, json_text(flow, "mailbox")),
		.destination = keep(incident, json_text(flow, "destination")),
		.message_id = keep(incident, json_text(email, "message_id")),
		.queue_id = keep(incident, json_text(email, "local_id")),
		.subject = keep(incident, json_text(email, "subject")),
		.author = keep(incident, json_own_text(json_at(from, 0))),
		.kind = keep(incident, json_text(flow, "kind")),
		.action = keep(incident, json_text(own, "action")),
		.would = keep(incident, json_text(own, "would")),
		.words = keep(incident, json_text(flow, "words")),
		.confidence = json_number(flow, "confidence"),
		.excused = json_count(json_find(flow, "excused_by")) > 0};
}

/* Is it told for the first time? The stream and the log have the same. */
static bool
is_new(struct incident *incident, struct map *ids, const struct json *event)
{
	struct slice id = json_text(json_find(event, "event"), "id");

	if (id.len == 0)
		return true;
	if (map_find(ids, id) != NULL)
		return false;
	if (!map_put(ids, id, incident, NULL))
		incident->cut = true;
	return true;
}

static bool
is_about(const struct incident *incident, const struct json *flow)
{
	return incident_is(incident, json_text(flow, "mailbox")) ||
		incident_is(incident, json_text(flow, "mailbox_original")) ||
		incident_is(incident, json_text(flow, "destination"));
}

static struct incident_route
route_of(const struct json *flow, struct slice at)
{
	return (struct incident_route){.mailbox = json_text(flow, "mailbox"),
		.destination = json_text(flow, "destination"),
		.first = at,
		.last = at,
		.count = 1,
		.logged = true};
}

static void
take_flow(struct incident *incident, const struct json *event,
	const struct json *flow)
{
	struct slice at = json_text(event, "@timestamp");
	struct incident_route route;

	if (!is_about(incident, flow))
		return;
	at = keep(incident, at);
	route = route_of(flow, at);
	take_message(incident, event, flow);
	count_aspects(incident, event, flow, at);
	count_evidence(incident, flow, at);
	/* A flow that is excused, or none, made no route. */
	if (!slice_equal(json_text(flow, "kind"), SLICE("none")))
		incident_take_route(incident, &route);
	if (incident_is(incident, route.destination)) {
		incident->as_destination = true;
	} else {
		incident->as_mailbox = true;
	}
}

/* An operator's order, or a rule of an audit: about no message. */
static void
take_act(struct incident *incident, const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *what = json_find(event, "event");
	struct incident_act act = {.at = json_text(event, "@timestamp"),
		.what = json_text(what, "action"),
		.by = json_text(own, "by"),
		.why = json_text(own, "why")};

	if (slice_is_absent(act.by))
		act.by = json_text(own, "mechanism");
	if (slice_is_absent(act.why))
		act.why = json_text(json_find(event, "file"), "path");
	for (size_t i = 0; i < incident->act_count; i++) {
		if (slice_equal(incident->acts[i].at, act.at) &&
			slice_equal(incident->acts[i].what, act.what) &&
			slice_equal(incident->acts[i].why, act.why))
			return;
	}
	if (!grow(incident, &incident->acts, incident->act_count,
		    &incident->act_room, sizeof(act)))
		return;
	incident->acts[incident->act_count++] = (struct incident_act){
		keep(incident, act.at), keep(incident, act.what),
		keep(incident, act.by), keep(incident, act.why)};
	incident->as_mailbox = true;
}

/* Without a judgement it is an act. */
static bool
is_judged(const struct json *own)
{
	return !slice_is_absent(json_text(own, "would"));
}

void
incident_take_event(struct incident *incident, const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *flows = json_find(own, "flows");

	if (!is_judged(own)) {
		if (is_about(incident, own))
			take_act(incident, event);
		return;
	}
	if (!is_new(incident, incident->told, event))
		return;
	take_flow(incident, event, own);
	for (size_t i = 0; i < json_count(flows); i++)
		take_flow(incident, event, json_at(flows, i));
	if (json_bool(own, "private"))
		incident->hidden = true;
}

static void
take_other_flow(struct incident *incident, const struct json *event,
	const struct json *flow)
{
	struct incident_route route =
		route_of(flow, json_text(event, "@timestamp"));

	if (route.mailbox.len > 0 && !is_about(incident, flow) &&
		is_place(incident, route.destination) &&
		!slice_equal(json_text(flow, "kind"), SLICE("none"))) {
		route.first = route.last = keep(incident, route.first);
		put_route(incident, &incident->others, &route);
	}
}

void
incident_take_other(struct incident *incident, const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *flows = json_find(own, "flows");

	if (!is_judged(own) || !is_new(incident, incident->told_others, event))
		return;
	take_other_flow(incident, event, own);
	for (size_t i = 0; i < json_count(flows); i++)
		take_other_flow(incident, event, json_at(flows, i));
}

static int
by_time(const void *a, const void *b)
{
	return slice_compare(((const struct incident_message *)a)->at,
		((const struct incident_message *)b)->at);
}

static int
by_act_time(const void *a, const void *b)
{
	return slice_compare(((const struct incident_act *)a)->at,
		((const struct incident_act *)b)->at);
}

static int
by_first(const void *a, const void *b)
{
	return slice_compare(((const struct incident_route *)a)->first,
		((const struct incident_route *)b)->first);
}

static void
sort(void *at, size_t count, size_t size,
	int (*compare)(const void *, const void *))
{
	if (count > 1)
		qsort(at, count, size, compare);
}

void
incident_settle(struct incident *incident)
{
	sort(incident->messages, incident->message_count,
		sizeof(*incident->messages), by_time);
	sort(incident->acts, incident->act_count, sizeof(*incident->acts),
		by_act_time);
	sort(incident->routes.at, incident->routes.count,
		sizeof(*incident->routes.at), by_first);
	sort(incident->others.at, incident->others.count,
		sizeof(*incident->others.at), by_first);
}

bool
incident_is_seen(const struct incident *incident)
{
	return incident->mailbox_known || incident->as_mailbox ||
		incident->as_destination;
}

struct slice
incident_first(const struct incident *incident)
{
	struct slice first = json_text(incident->mailbox, "first");

	for (size_t i = 0; i < incident->routes.count; i++)
		first = earlier(first, incident->routes.at[i].first);
	return first;
}

struct slice
incident_last(const struct incident *incident)
{
	struct slice last = json_text(incident->mailbox, "last");

	for (size_t i = 0; i < incident->routes.count; i++)
		last = later(last, incident->routes.at[i].last);
	return last;
}

bool
incident_is_held(struct slice action)
{
	return slice_equal(action, SLICE("quarantine"));
}

const struct evidence_row *
incident_evidence(struct slice name)
{
	for (int i = 0; i < EVIDENCE_COUNT; i++) {
		const struct evidence_row *row = evidence_row((enum evidence)i);

		if (slice_equal(slice_of(row->name), name))
			return row;
	}
	return NULL;
}
