/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue id is the MTA's own word, which no sender chooses, but it is used
 * again: so an event holds a message if the id is its own and it came soon
 * after the message did. The tag in the message proves nothing: whoever gets a
 * copy can write it. A hold that was ended by us is over: if the message is
 * held all the same, somebody else does it.
 */
#include "cli/held_join.h"

#include "base/date.h"
#include "base/map.h"

#include <stdlib.h>

/* Of the MTA's clock, which tells whole seconds; and the longest that a message
 * may take to come in. */
#define BEFORE_MS 5000
#define AFTER_MS ((int64_t)24 * 3600 * 1000)

struct held_join {
	const struct json *events;
	struct map *over; /* ids of events whose hold was ended */
};

static int mark;

struct held_join *
held_join_new(const struct json *events)
{
	struct held_join *join = calloc(1, sizeof(*join));

	if (join == NULL)
		return NULL;
	join->events = events;
	join->over = map_new();
	for (size_t i = 0; join->over != NULL && i < json_count(events); i++) {
		struct slice id = json_text(
			json_find(json_at(events, i), "forwarden"), "held_by");

		if (!slice_is_absent(id))
			(void)map_put(join->over, id, &mark, NULL);
	}
	if (join->over == NULL) {
		free(join);
		return NULL;
	}
	return join;
}

void
held_join_free(struct held_join *join)
{
	if (join == NULL)
		return;
	map_free(join->over, NULL);
	free(join);
}

static bool
holds(const struct json *event, const struct held *held)
{
	int64_t at_ms;

	return slice_equal(json_text(json_find(event, "email"), "local_id"),
		       slice_of(held->id)) &&
		slice_equal(json_text(json_find(event, "event"), "action"),
			SLICE("quarantine")) &&
		date_parse_stamp(json_text(event, "@timestamp"), &at_ms) &&
		at_ms >= held->at_ms - BEFORE_MS &&
		at_ms <= held->at_ms + AFTER_MS;
}

const struct json *
held_join_find(const struct held_join *join, const struct held *held)
{
	for (size_t i = json_count(join->events); i > 0; i--) {
		const struct json *event = json_at(join->events, i - 1);

		if (holds(event, held)) {
			struct slice id =
				json_text(json_find(event, "event"), "id");

			return map_find(join->over, id) == NULL ? event : NULL;
		}
	}
	return NULL;
}
