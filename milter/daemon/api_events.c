/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream of events, and waiting for more. */
#include "base/clock.h"
#include "daemon/event_brief.h"
#include "daemon/exchange.h"

#include <time.h>

#define WAIT_MOST_MS 30000
#define WAIT_LOOK_MS 200

static void
sleep_ms(long ms)
{
	const struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};

	(void)nanosleep(&pause, NULL);
}

/* On the port nobody waits: that would hold a thread there. */
static int64_t
longest_wait_ms(const struct exchange *exchange)
{
	uint64_t most =
		exchange->request->right == API_RIGHT_OWN ? WAIT_MOST_MS : 0;

	return (int64_t)exchange_number(exchange, "wait", 0, most);
}

/* The stream may be another daemon's as well: it is looked at, not waited
 * for. */
static bool
wait_for_events(struct exchange *exchange, struct store_query *query)
{
	int64_t until = clock_monotonic_ms() + longest_wait_ms(exchange);

	for (;;) {
		if (!exchange_query(exchange, query))
			return false;
		if (query->answer.events.count > 0 || exchange->api->ending ||
			clock_monotonic_ms() >= until)
			return true;
		arena_reset(exchange->arena);
		sleep_ms(WAIT_LOOK_MS);
	}
}

static struct json *
row_of(struct slice text, bool brief)
{
	struct json *event = json_parse(text, NULL), *row;

	if (!brief || event == NULL)
		return event;
	row = event_brief(event);
	json_free(event);
	return row;
}

void
api_events(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;
	struct store_query query = {
		.kind = STORE_EVENTS,
		.after = request->query(request->ctx, "after"),
		.limit = exchange_limit(exchange, API_LIMIT_DEFAULT),
	};
	const struct store_events *events = &query.answer.events;
	bool brief = exchange_number(exchange, "brief", 0, 1) != 0;
	struct json *json, *list;

	if (!wait_for_events(exchange, &query))
		return;
	json = json_map();
	list = json_list();
	for (size_t i = 0; i < events->count; i++)
		json_add_take(list, row_of(events->at[i], brief));
	json_set_take(json, "events", list);
	json_set_text(json, "last", events->last_id);
	exchange_json_take(exchange, json);
}
