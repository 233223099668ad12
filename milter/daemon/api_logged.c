/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow of which the MTA's log tells, and which no listener has to have
 * seen: counted, judged by the policies of service log, told. Who reads the
 * log is believed about what it says, for he may open the control socket; but
 * what is ours is what the configuration says, whatever a log line may claim.
 */
#include "daemon/exchange.h"
#include "daemon/report.h"
#include "forward/mailbox.h"
#include "mail/path.h"
#include "verdict/judge.h"
#include "verdict/keep.h"

#define SURE_MOST 100
#define ID_BYTES_MAX 64

struct telling {
	struct exchange *exchange;
	const struct generation *generation;
	const struct message *message;
	struct flow flow;
	struct observation seen;
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
			telling->flow.kind = (enum kind)kind;
			return true;
		}
	}
	exchange_error(telling->exchange, 400, "there is no such kind");
	return false;
}

/* The message as far as a log knows it: where it goes, and when. */
static bool
build_message(struct telling *telling)
{
	struct exchange *exchange = telling->exchange;
	struct slice id = parameter(exchange, "id"),
		     destination = parameter(exchange, "destination");
	int64_t at_ms = (int64_t)exchange_number(exchange, "at", 0, INT64_MAX);
	struct message_builder *builder = message_begin(
		exchange->arena, telling->generation->realm, NULL);

	if (destination.len == 0 || id.len == 0 || id.len > ID_BYTES_MAX ||
		at_ms == 0) {
		exchange_error(exchange, 400,
			"a destination, a queue id and a time are needed");
		return false;
	}
	if (builder != NULL) {
		message_set_queue_id(builder, id);
		message_add_recipient(builder, destination, NULL, 0);
		telling->message = message_finish(builder, at_ms);
	}
	if (builder == NULL || telling->message->rcpt_count != 1) {
		exchange_error(exchange, 400, "that is not a destination");
		return false;
	}
	return true;
}

static bool
build_flow(struct telling *telling)
{
	struct exchange *exchange = telling->exchange;
	struct flow *flow = &telling->flow;
	uint64_t sure = exchange_number(exchange, "sure", 0, SURE_MOST);

	*flow = (struct flow){.rcpt = &telling->message->rcpts[0],
		.told = true,
		.platform = "",
		.confidence = (unsigned)sure,
		.evidence = UINT64_C(1) << EVIDENCE_MTA_LOG,
		.seen = &telling->seen,
		.seen_count = 1,
		.delay_ms = -1};
	telling->seen = (struct observation){.evidence = EVIDENCE_MTA_LOG,
		.speaker = SPEAKER_MTA,
		.confidence = (unsigned char)sure,
		.inside = true,
		.value = parameter(exchange, "by"),
		.delay_ms = -1};
	return read_kind(telling);
}

/* Why it is none of ours; NULL: it is. A mailbox may be unknown. */
static const char *
bind_mailbox(struct telling *telling)
{
	const struct realm *realm = telling->generation->realm;
	struct exchange *exchange = telling->exchange;
	struct slice text = parameter(exchange, "mailbox");
	struct address written;

	if (!telling->flow.rcpt->external)
		return "its destination is of a local domain";
	if (text.len == 0)
		return NULL;
	if (!path_parse(exchange->arena, text, &written) ||
		!address_is_mailbox(&written) ||
		!mailbox_find(realm, exchange->arena, &written,
			&telling->flow.mailbox) ||
		!realm_has_domain(realm, telling->flow.mailbox.domain))
		return "its mailbox is of no local domain";
	telling->seen.mailbox = telling->flow.mailbox;
	return NULL;
}

/* By a listener, or when it was told before. */
static bool
is_counted(struct telling *telling, struct slice key)
{
	struct store_op op = {
		.verb = STORE_RECALL, .recall = {.id = key, .cap = 1}};
	struct store_batch batch = {
		.ops = &op, .count = 1, .arena = telling->exchange->arena};

	(void)store_ask(telling->exchange->api->store, &batch,
		telling->generation->judge.store_budget_ms);
	return op.recall.count > 0;
}

static void
count(struct telling *telling)
{
	struct exchange *exchange = telling->exchange;
	struct slice id = telling->message->queue_id,
		     rcpt = telling->flow.rcpt->address.text,
		     key = keep_left_key(exchange->arena, id, rcpt);
	const struct logged logged = {.flow = &telling->flow, .identity = key};
	const struct verdict *verdict;

	if (is_counted(telling, key)) {
		answer(exchange, "it was counted before", true);
		return;
	}
	verdict = judge_logged(&telling->generation->judge,
		exchange->api->store, telling->message, &logged);
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

	if (build_message(&telling) && build_flow(&telling)) {
		why_not = bind_mailbox(&telling);
		if (why_not != NULL) {
			answer(exchange, why_not, false);
		} else {
			count(&telling);
		}
	}
	generation_unref(telling.generation);
}
