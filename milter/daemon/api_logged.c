/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow of which the MTA's log tells, and which no listener has to have
 * seen: counted, judged by the policies of service log, told. Who reads the
 * log is believed about what it says, for he may open the control socket; but
 * what is ours is what the configuration says, whatever a log line may claim.
 */
#include "daemon/exchange.h"
#include "daemon/report.h"
#include "verdict/judge.h"
#include "verdict/keep.h"
#include "verdict/logged.h"

#define SURE_MOST 100
#define ID_BYTES_MAX 64

struct telling {
	struct exchange *exchange;
	const struct generation *generation;
	struct logged_words words;
	struct logged_flow made;
};

static struct slice
parameter(const struct exchange *exchange, const char *name)
{
	const struct api_request *request = exchange->request;
	struct slice text = slice_trim(request->query(request->ctx, name));

	return arena_copy(exchange->arena, text);
}

/* why_not NULL: it counts; known: it has been counted before. */
static void
answer(struct exchange *exchange, const char *why_not, bool known)
{
	struct json *json = json_map();

	json_set_bool(json, "counted", why_not == NULL);
	json_set_bool(json, "known", known);
	if (why_not != NULL)
		json_set_text(json, "why", slice_of(why_not));
	exchange_json_take(exchange, json);
}

static bool
read_kind(struct telling *telling)
{
	struct slice word = parameter(telling->exchange, "kind");
	const char *const *names = evidence_kind_names();

	for (int kind = KIND_NONE + 1; names[kind] != NULL; kind++) {
		if (slice_equal(word, slice_of(names[kind]))) {
			telling->words.kind = (enum kind)kind;
			return true;
		}
	}
	exchange_error(telling->exchange, 400, "there is no such kind");
	return false;
}

static bool
read_words(struct telling *telling)
{
	struct exchange *exchange = telling->exchange;
	struct logged_words *words = &telling->words;

	words->id = parameter(exchange, "id");
	words->destination = parameter(exchange, "destination");
	words->mailbox = parameter(exchange, "mailbox");
	words->by = parameter(exchange, "by");
	words->sure = (unsigned)exchange_number(exchange, "sure", 0, SURE_MOST);
	words->at_ms = (int64_t)exchange_number(exchange, "at", 0, INT64_MAX);
	if (words->destination.len == 0 || words->id.len == 0 ||
		words->id.len > ID_BYTES_MAX || words->at_ms == 0) {
		exchange_error(exchange, 400,
			"a destination, a queue id and a time are needed");
		return false;
	}
	return read_kind(telling);
}

/* By a listener, or when it was told before. sure: not by memory alone. */
static bool
is_counted(struct telling *telling, struct slice key, bool *sure)
{
	struct store_op op = {
		.verb = STORE_RECALL, .recall = {.id = key, .cap = 1}};
	struct store_batch batch = {
		.ops = &op, .count = 1, .arena = telling->exchange->arena};

	*sure = store_ask(telling->exchange->api->store, &batch,
			telling->generation->judge.store_budget_ms) == STORE_OK;
	return op.recall.count > 0;
}

static void
count(struct telling *telling)
{
	struct exchange *exchange = telling->exchange;
	struct slice id = telling->made.message->queue_id,
		     rcpt = telling->made.flow.rcpt->address.text,
		     key = keep_left_key(exchange->arena, id, rcpt);
	const struct logged logged = {
		.flow = &telling->made.flow, .identity = key};
	const struct verdict *verdict;
	bool sure;

	if (is_counted(telling, key, &sure)) {
		answer(exchange, "it was counted before", true);
		return;
	}
	verdict = judge_logged(&telling->generation->judge,
		exchange->api->store, telling->made.message, &logged);
	if (verdict == NULL) {
		exchange_error(exchange, 500, "out of memory");
		return;
	}
	report_verdict(exchange->api->report, exchange->api->store, verdict,
		verdict->action);
	answer(exchange, NULL, false);
}

void
api_logged(struct exchange *exchange)
{
	struct telling telling = {.exchange = exchange,
		.generation = generation_slot_get(exchange->api->slot)};
	const char *why_not;

	if (read_words(&telling)) {
		switch (logged_make(exchange->arena, telling.generation->realm,
			&telling.words, &telling.made, &why_not)) {
		case LOGGED_MADE:
			count(&telling);
			break;
		case LOGGED_FOREIGN:
			answer(exchange, why_not, false);
			break;
		case LOGGED_BAD:
			exchange_error(exchange, 400, why_not);
			break;
		}
	}
	generation_unref(telling.generation);
}

static void
answer_counted(struct telling *telling, struct slice key)
{
	struct json *json = json_map();
	bool sure, counted = is_counted(telling, key, &sure);

	json_set_bool(json, "counted", counted);
	json_set_bool(json, "sure", sure || counted);
	exchange_json_take(telling->exchange, json);
}

/* Was a forward counted that left under that queue id? It is known for two
 * days. */
void
api_counted(struct exchange *exchange)
{
	struct telling telling = {.exchange = exchange,
		.generation = generation_slot_get(exchange->api->slot)};
	struct slice id = parameter(exchange, "id");
	const char *why_not;

	telling.words = (struct logged_words){.id = id,
		.destination = parameter(exchange, "destination"),
		.kind = KIND_REDIRECT,
		.at_ms = 1};
	if (id.len == 0 || id.len > ID_BYTES_MAX ||
		logged_make(exchange->arena, telling.generation->realm,
			&telling.words, &telling.made,
			&why_not) == LOGGED_BAD) {
		exchange_error(exchange, 400,
			"a destination and a queue id are needed");
	} else {
		answer_counted(&telling,
			keep_left_key(exchange->arena, id,
				telling.made.flow.rcpt->address.text));
	}
	generation_unref(telling.generation);
}
