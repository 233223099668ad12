/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rule at rest that an audit found to be new or changed: an event like any
 * other, to the log or the file of events and to the stream, known before the
 * first message goes by it. The audit writes it; what is not its event is
 * refused, and what it says is written anew.
 */
#include "base/clock.h"
#include "base/log.h"
#include "daemon/alerts.h"
#include "daemon/exchange.h"
#include "daemon/report.h"

#define EVENT_BYTES_MOST 16384

static struct json *
read_event(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;
	struct slice text = request->query(request->ctx, "event");
	struct json *json =
		text.len <= EVENT_BYTES_MOST ? json_parse(text, NULL) : NULL;

	if (slice_equal(json_text(json_find(json, "event"), "dataset"),
		    SLICE("forwarden.rule")))
		return json;
	json_free(json);
	exchange_error(exchange, 400,
		"that is no event of a rule: `forwarden audit --events` "
		"writes them");
	return NULL;
}

/* Where addresses are hashed, these are. */
static void
name(struct exchange *exchange, struct json *own, const char *key)
{
	struct slice address = json_text(own, key);

	if (address.len > 0) {
		json_set_text(own, key,
			store_name(exchange->api->store, exchange->arena,
				arena_copy(exchange->arena, address)));
	}
}

static void
tell(struct exchange *exchange, struct json *json)
{
	struct store_op op = {.verb = STORE_APPEND};
	struct store_batch batch = {
		.ops = &op, .count = 1, .arena = exchange->arena};
	const struct json *own = json_find(json, "forwarden");
	struct buf text = {0};

	log_write(LOG_LEVEL_WARNING, "%.*s: %.*s sends to %.*s by %.*s",
		SLICE_ARG(json_text(json_find(json, "event"), "action")),
		SLICE_ARG(json_text(own, "mailbox")),
		SLICE_ARG(json_text(own, "destination")),
		SLICE_ARG(json_text(json_find(json, "file"), "path")));
	if (json_write(json, &text) && buf_ok(&text)) {
		op.append.json = buf_slice(&text);
		report_event(exchange->api->report, buf_slice(&text));
		alerts_event(ALERT_RULE, buf_slice(&text));
		store_tell(exchange->api->store, &batch);
		exchange_json_take(exchange, json_map());
	} else {
		exchange_error(exchange, 500, "out of memory");
	}
	buf_fini(&text);
}

void
api_rule(struct exchange *exchange)
{
	struct json *json = read_event(exchange), *own;

	if (json == NULL)
		return;
	own = json_find(json, "forwarden");
	name(exchange, own, "mailbox");
	name(exchange, own, "destination");
	tell(exchange, json);
	json_free(json);
}
