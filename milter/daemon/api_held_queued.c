/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message that `contain --queued` found in a queue and held: an event like
 * that of one that is held as it comes in, and counted like it.
 */
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "daemon/order.h"
#include "daemon/report.h"
#include "forward/evidence.h"
#include "forward/flow.h"
#include "verdict/action.h"

#define EVENT_ID_BYTES 8
#define ID_BYTES_MAX 64
#define WORD_BYTES_MAX 512

/* As the caller tells it, in the order of the table below. */
enum word {
	WORD_MAILBOX,
	WORD_DESTINATION,
	WORD_CONTAINED,
	WORD_KIND,
	WORD_BY,
	WORD_WHY,
	WORDS
};
static const char *const names[WORDS] = {
	"mailbox", "destination", "contained", "kind", "by", "why"};

struct told {
	struct slice queue_id, id, word[WORDS];
	uint64_t confidence;
	int64_t at_ms;
};

static bool
read_told(struct exchange *exchange, struct told *told)
{
	struct slice parts[2];

	*told = (struct told){.queue_id = exchange->argument,
		.confidence = exchange_number(exchange, "confidence", 0, 100),
		.at_ms = clock_now_ms(exchange->api->clock)};
	for (int i = 0; i < WORDS; i++) {
		told->word[i] = order_parameter(exchange, names[i]);
		if (told->word[i].len > WORD_BYTES_MAX) {
			exchange_error(exchange, 400, "a word is too long");
			return false;
		}
	}
	if (told->queue_id.len == 0 || told->queue_id.len > ID_BYTES_MAX) {
		exchange_error(exchange, 400, "a queue id has 1 to 64 bytes");
		return false;
	}
	parts[0] = told->queue_id;
	parts[1] =
		(struct slice){(const char *)&told->at_ms, sizeof(told->at_ms)};
	told->id = digest_text(exchange->arena, parts, 2, EVENT_ID_BYTES);
	return true;
}

static struct json *
json_of_event(const struct told *told)
{
	struct json *event = json_map(), *category = json_list(),
		    *json = json_map(), *email = json_map();
	struct slice action = slice_of(action_name(ACTION_QUARANTINE));

	json_add_text(category, SLICE("email"));
	json_set_text(event, "kind", SLICE("event"));
	json_set_take(event, "category", category);
	json_set_text(event, "action", action);
	json_set_text(event, "outcome", SLICE("denied"));
	json_set_text(event, "module", SLICE("forwarden"));
	json_set_text(event, "id", told->id);
	json_set_time(json, "@timestamp", told->at_ms);
	json_set_take(json, "event", event);
	json_set_text(email, "local_id", told->queue_id);
	json_set_take(json, "email", email);
	return json;
}

static struct json *
json_of_own(struct exchange *exchange, const struct told *told)
{
	struct json *own = json_map();
	struct slice action = slice_of(action_name(ACTION_QUARANTINE));

	for (int i = 0; i < WORDS; i++) {
		if (told->word[i].len > 0) {
			json_set_text(own, names[i],
				store_name(exchange->api->store,
					exchange->arena, told->word[i]));
		}
	}
	json_set_number(own, "confidence", (long long)told->confidence);
	json_set_text(own, "action", action);
	json_set_text(own, "would", action);
	json_set_bool(own, "queued", true);
	json_set_text(own, "host", exchange_host(exchange));
	return own;
}

/* As one that is held as it comes in is counted: forwards, of their mailbox. */
static bool
is_counted(const struct told *told)
{
	return told->word[WORD_MAILBOX].len > 0 &&
		told->confidence >= FLOW_CONFIDENCE_LIKELY &&
		!slice_equal(told->word[WORD_KIND],
			slice_of(evidence_kind_name(KIND_NONE)));
}

void
api_held_queued(struct exchange *exchange)
{
	struct store_op ops[2];
	struct store_batch batch = {.ops = ops, .arena = exchange->arena};
	struct buf text = {0};
	struct json *json;
	struct told told;

	if (!read_told(exchange, &told))
		return;
	json = json_of_event(&told);
	json_set_take(json, "forwarden", json_of_own(exchange, &told));
	if (is_counted(&told)) {
		ops[batch.count++] = (struct store_op){.verb = STORE_TALLY,
			.tally = {.mailbox = told.word[WORD_MAILBOX],
				.what = TALLY_QUARANTINED,
				.identity = told.id}};
	}
	if (json_write(json, &text) && buf_ok(&text)) {
		ops[batch.count++] = (struct store_op){.verb = STORE_APPEND,
			.append = {.json = buf_slice(&text)}};
		report_event(exchange->api->report, buf_slice(&text));
	}
	store_tell(exchange->api->store, &batch);
	log_write(LOG_LEVEL_WARNING,
		"%.*s: held in the queue, contained=%.*s, event=%.*s, by %.*s",
		SLICE_ARG(told.queue_id), SLICE_ARG(told.word[WORD_CONTAINED]),
		SLICE_ARG(told.id), SLICE_ARG(told.word[WORD_BY]));
	json_free(json);
	buf_fini(&text);
	exchange_json_take(exchange, json_map());
}
