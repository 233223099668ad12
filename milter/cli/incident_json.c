/* SPDX-License-Identifier: BSD-2-Clause */
/* The case as one object of JSON. */
#include "base/json_writer.h"
#include "cli/incident_page.h"
#include "cli/incident_view.h"

/* What is no UTF-8 is \xHH in the value; an absent one writes nothing. */
static void
put(struct json_writer *json, const char *key, struct slice text)
{
	struct buf visible = {0};

	if (slice_is_absent(text) || slice_is_utf8(text)) {
		json_writer_text(json, key, text);
		return;
	}
	buf_add_visible(&visible, text);
	json_writer_text(json, key, buf_slice(&visible));
	buf_fini(&visible);
}

static void
put_counts(struct json_writer *json, const char *key,
	const struct incident_counts *counts)
{
	json_writer_open_list(json, key);
	for (size_t i = 0; i < counts->count; i++) {
		const struct incident_count *one = &counts->at[i];

		json_writer_open_map(json, NULL);
		put(json, "value", one->text);
		json_writer_number(json, "count", (long long)one->count);
		put(json, "first", one->first);
		put(json, "last", one->last);
		json_writer_close_map(json);
	}
	json_writer_close_list(json);
}

static void
put_routes(struct json_writer *json, const char *key,
	const struct incident_routes *routes)
{
	json_writer_open_list(json, key);
	for (size_t i = 0; i < routes->count; i++) {
		const struct incident_route *route = &routes->at[i];

		json_writer_open_map(json, NULL);
		put(json, "mailbox", route->mailbox);
		put(json, "destination", route->destination);
		json_writer_number(json, "count", route->count);
		put(json, "first", route->first);
		put(json, "last", route->last);
		put(json, "known_by",
			route->logged ? SLICE("events") : SLICE("store"));
		json_writer_close_map(json);
	}
	json_writer_close_list(json);
}

static void
put_message(struct json_writer *json, const struct incident_message *message)
{
	json_writer_open_map(json, NULL);
	put(json, "at", message->at);
	put(json, "event", message->event);
	put(json, "mailbox", message->mailbox);
	put(json, "destination", message->destination);
	put(json, "message_id", message->message_id);
	put(json, "queue_id", message->queue_id);
	put(json, "subject", message->subject);
	put(json, "author", message->author);
	put(json, "kind", message->kind);
	put(json, "action", message->action);
	put(json, "would", message->would);
	put(json, "fate", incident_view_fate(message));
	json_writer_bool(json, "held", incident_is_held(message->action));
	json_writer_bool(json, "excused", message->excused);
	json_writer_number(json, "confidence", message->confidence);
	put(json, "words", message->words);
	json_writer_close_map(json);
}

static void
put_evidence(struct json_writer *json, const struct incident *incident)
{
	json_writer_open_list(json, "evidence");
	for (size_t i = 0; i < incident->evidence.count; i++) {
		const struct incident_count *one = &incident->evidence.at[i];
		const struct evidence_row *row = incident_evidence(one->text);

		json_writer_open_map(json, NULL);
		put(json, "name", one->text);
		put(json, "speaker", one->more);
		json_writer_number(json, "count", (long long)one->count);
		if (row != NULL) {
			json_writer_number(json, "confidence", row->confidence);
			put(json, "words", slice_of(row->sentence));
		}
		put(json, "first", one->first);
		put(json, "last", one->last);
		json_writer_close_map(json);
	}
	json_writer_close_list(json);
}

static void
put_reason(void *json, const char *side, struct slice words)
{
	json_writer_open_map(json, NULL);
	put(json, "side", slice_of(side));
	put(json, "words", words);
	json_writer_close_map(json);
}

static void
put_moment(void *json, struct slice at, struct slice words)
{
	json_writer_open_map(json, NULL);
	put(json, "at", at);
	put(json, "words", words);
	json_writer_close_map(json);
}

static void
put_words(void *json, struct slice words)
{
	put(json, NULL, words);
}

static void
put_steps(struct json_writer *json, const struct incident *incident)
{
	const struct incident_step *step = incident_view_steps(incident);

	json_writer_open_list(json, "steps");
	for (; step->words != NULL; step++) {
		struct buf command = {0};

		json_writer_open_map(json, NULL);
		put(json, "mitigation", slice_of(step->mitigation));
		put(json, "name", slice_of(step->name));
		put(json, "words", slice_of(step->words));
		if (step->command != NULL) {
			incident_view_command(incident, step, &command);
			put(json, "command", buf_slice(&command));
		}
		json_writer_close_map(json);
		buf_fini(&command);
	}
	json_writer_close_list(json);
}

static void
put_rules(struct json_writer *json, const struct incident *incident)
{
	struct slice rest = incident->rules, text;

	json_writer_open_list(json, "rules_at_rest");
	while (slice_next(&rest, '\n', &text)) {
		if (slice_trim(text).len > 0)
			put(json, NULL, slice_trim(text));
	}
	json_writer_close_list(json);
}

static void
put_contained(struct json_writer *json, const struct incident *incident)
{
	const struct json *contained =
		json_find(incident->mailbox, "contained");

	if (contained == NULL)
		return;
	json_writer_open_map(json, "contained");
	put(json, "by", json_text(contained, "by"));
	put(json, "why", json_text(contained, "why"));
	put(json, "until", json_text(contained, "until"));
	json_writer_close_map(json);
}

void
incident_json(const struct incident *incident, struct buf *out)
{
	struct json_writer writer = {.out = out}, *json = &writer;

	json_writer_open_map(json, NULL);
	put(json, "address", incident->address);
	put(json, "hashed", incident->hashed);
	put(json, "made", incident->made);
	json_writer_bool(json, "is_mailbox", incident->as_mailbox);
	json_writer_bool(json, "is_destination", incident->as_destination);
	json_writer_open_list(json, "techniques");
	put(json, NULL, SLICE("T1114.003"));
	put(json, NULL, SLICE("T1114"));
	json_writer_close_list(json);
	put(json, "first", incident_first(incident));
	put(json, "last", incident_last(incident));
	put_contained(json, incident);
	json_writer_open_list(json, "expected");
	incident_view_expected(incident, put_reason, json);
	json_writer_close_list(json);
	for (int i = 0; i < INCIDENT_ASPECTS; i++) {
		put_counts(
			json, incident_aspects[i].name, &incident->aspects[i]);
	}
	put_rules(json, incident);
	put_routes(json, "routes", &incident->routes);
	put_routes(json, "others", &incident->others);
	json_writer_open_list(json, "messages");
	for (size_t i = 0; i < incident->message_count; i++)
		put_message(json, &incident->messages[i]);
	json_writer_close_list(json);
	json_writer_open_list(json, "timeline");
	incident_view_timeline(incident, put_moment, json);
	json_writer_close_list(json);
	put_evidence(json, incident);
	put_counts(json, "sources", &incident->sources);
	json_writer_open_list(json, "gaps");
	incident_view_gaps(incident, put_words, json);
	json_writer_close_list(json);
	put_steps(json, incident);
	json_writer_close_map(json);
	buf_add_byte(out, '\n');
}
