/* SPDX-License-Identifier: BSD-2-Clause */
/* One event, with what each piece of its evidence means. */
#include "daemon/exchange.h"
#include "forward/evidence.h"

#define EVENTS_SEARCHED 100000
#define EVENT_ID_BYTES 64

static struct slice
id_of(const struct json *event)
{
	return json_text(json_find(event, "event"), "id");
}

/* A look at the text spares taking apart the many that are others. */
static struct json *
find_event(const struct store_events *events, struct slice id)
{
	for (size_t i = events->count; i > 0; i--) {
		struct slice text = events->at[i - 1];
		struct json *event;

		if (slice_find(text, id) == SLICE_NONE)
			continue;
		event = json_parse(text, NULL);
		if (slice_equal(id_of(event), id))
			return event;
		json_free(event);
	}
	return NULL;
}

static const struct evidence_row *
find_row(struct slice name)
{
	for (int i = 0; i < EVIDENCE_COUNT; i++) {
		const struct evidence_row *row = evidence_row((enum evidence)i);

		if (slice_equal(name, slice_of(row->name)))
			return row;
	}
	return NULL;
}

/* Each piece's name to its sentence. */
static void
add_words(struct json *words, const struct json *evidence)
{
	for (size_t i = 0; i < json_count(evidence); i++) {
		const struct evidence_row *row =
			find_row(json_text(json_at(evidence, i), "name"));

		if (row == NULL)
			continue;
		json_set_text(words, row->name, slice_of(row->sentence));
	}
}

static struct json *
words_of(const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *flows = json_find(own, "flows");
	struct json *words = json_map();

	add_words(words, json_find(own, "evidence"));
	for (size_t i = 0; i < json_count(flows); i++)
		add_words(words, json_find(json_at(flows, i), "evidence"));
	return words;
}

void
api_event(struct exchange *exchange)
{
	struct store_query query = {
		.kind = STORE_EVENTS, .limit = EVENTS_SEARCHED};
	struct slice id = exchange->argument;
	struct json *json, *event, *words;

	if (id.len > EVENT_ID_BYTES) {
		exchange_error(exchange, 400, "an id has at most 64 bytes");
		return;
	}
	if (!exchange_query(exchange, &query))
		return;
	event = find_event(&query.answer.events, id);
	if (event == NULL) {
		exchange_error(exchange, 404,
			"there is no such event, or it is kept no longer");
		return;
	}
	words = words_of(event);
	json = json_map();
	json_set_take(json, "event", event);
	json_set_take(json, "words", words);
	exchange_json_take(exchange, json);
}
