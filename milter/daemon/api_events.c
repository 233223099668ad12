/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream of events, and waiting for more. */
#include "base/clock.h"
#include "daemon/api_exchange.h"

#include <time.h>

#define WAIT_MOST_MS 30000
#define WAIT_LOOK_MS 200

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
		(int64_t)exchange_number(exchange, "wait", 0, WAIT_MOST_MS);
	size_t limit = exchange_number(
		exchange, "limit", API_LIMIT_DEFAULT, API_LIMIT_MOST);

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

void
api_events(struct exchange *exchange)
{
	struct store_events events = {0};
	struct json *json, *list;
	struct err err = {0};

	if (!wait_for_events(exchange, &events, &err)) {
		exchange_error(exchange, 503, err.text);
		return;
	}
	json = json_map();
	list = json_list();
	for (size_t i = 0; i < events.count; i++)
		json_add_take(list, json_parse(events.at[i], NULL));
	json_set_take(json, "events", list);
	json_set_text(json, "last", events.last_id);
	exchange_json_take(exchange, json);
}
