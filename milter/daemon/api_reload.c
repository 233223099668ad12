/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reload that is asked for, and what came of it. Each question has a number,
 * which goes with the supervisor's checker and comes back with the files that
 * it read: a reload that had begun before the question is not its answer.
 */
#include "base/clock.h"
#include "daemon/exchange.h"
#include "daemon/trouble.h"

#include <time.h>

#define WAIT_MS 50000
#define LOOK_MS 10

static bool
wait_for_answer(const struct api *api, unsigned number)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + WAIT_MS;

	while (api->reload_answered < number && !api->ending &&
		clock_monotonic_ms() < until)
		(void)nanosleep(&pause, NULL);
	return api->reload_answered >= number;
}

/* Of what keeps a reload from being done; false where nothing does. */
static bool
is_in_trouble(struct exchange *exchange)
{
	static const enum trouble troubles[] = {TROUBLE_RELOAD, TROUBLE_FILES};
	char text[TROUBLE_TEXT_BYTES];
	int64_t since_ms;

	for (size_t i = 0; i < sizeof(troubles) / sizeof(*troubles); i++) {
		if (trouble_get(troubles[i], &since_ms, text)) {
			exchange_error(exchange, 409, text);
			return true;
		}
	}
	return false;
}

void
api_reload(struct exchange *exchange)
{
	struct api *api = exchange->api;
	unsigned number = atomic_fetch_add(&api->reload_asked, 1) + 1;
	const struct generation *generation;
	struct json *json;

	if (!api->ask_reload(api->ask_ctx, number) ||
		!wait_for_answer(api, number)) {
		exchange_error(exchange, 503,
			"it ends, or has nothing to say of it yet: the log "
			"will");
		return;
	}
	if (is_in_trouble(exchange))
		return;
	generation = generation_slot_get(api->slot);
	json = json_map();
	json_set_number(json, "policies",
		(long long)sigma_program_rules(generation->program));
	json_set_number(json, "local_domains",
		(long long)realm_domains(generation->realm));
	generation_unref(generation);
	exchange_json_take(exchange, json);
}
