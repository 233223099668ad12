/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue id is the MTA's own word, which no sender chooses, but it is used
 * again: so an event holds a message if the id is its own, on its own host, and
 * it came soon after the message did. One that took long to come in must have
 * the sender of the event, too, where that tells one; a short time is enough
 * alone, for an MTA may rewrite senders between the milter and the queue. The
 * tag in the message proves nothing: whoever gets a copy can write it. A hold
 * that was ended by us is over: if the message is held all the same, somebody
 * else does it.
 */
#include "cli/held_join.h"

#include "base/date.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* Of the MTA's clock, which tells whole seconds; the longest that a message
 * usually takes to come in, and the longest that it may take. */
#define BEFORE_MS 5000
#define SOON_MS ((int64_t)10 * 60 * 1000)
#define AFTER_MS ((int64_t)24 * 3600 * 1000)
#define HOST_BYTES 256

/* One that held something; those of the same queue id are a list, the newest
 * first. */
struct hold {
	const struct json *event;
	struct hold *older;
};

struct held_join {
	char host[HOST_BYTES]; /* "": any */
	struct json **answers;
	size_t answer_count;
	struct map *holds; /* queue id -> the newest struct hold */
	struct map *over, *told; /* ids of events */
	size_t count;
};

static int mark;

struct held_join *
held_join_new(void)
{
	struct held_join *join = calloc(1, sizeof(*join));

	if (join == NULL)
		return NULL;
	join->holds = map_new();
	join->over = map_new();
	join->told = map_new();
	if (join->holds != NULL && join->over != NULL && join->told != NULL)
		return join;
	held_join_free(join);
	return NULL;
}

static void
drop_holds(void *value)
{
	for (struct hold *hold = value, *older; hold != NULL; hold = older) {
		older = hold->older;
		free(hold);
	}
}

void
held_join_free(struct held_join *join)
{
	if (join == NULL)
		return;
	map_free(join->holds, drop_holds);
	map_free(join->over, NULL);
	map_free(join->told, NULL);
	for (size_t i = 0; i < join->answer_count; i++)
		json_free(join->answers[i]);
	free(join->answers);
	free(join);
}

void
held_join_set_host(struct held_join *join, struct slice host)
{
	size_t len = host.len < HOST_BYTES ? host.len : HOST_BYTES - 1;

	if (len > 0)
		memcpy(join->host, host.p, len);
	join->host[len] = '\0';
}

size_t
held_join_count(const struct held_join *join)
{
	return join->count;
}

struct slice
held_join_id(const struct json *event)
{
	return json_text(json_find(event, "event"), "id");
}

struct slice
held_join_mailbox(const struct json *event)
{
	return json_text(json_find(event, "forwarden"), "mailbox");
}

static bool
is_action(const struct json *event, const char *action)
{
	return slice_equal(json_text(json_find(event, "event"), "action"),
		slice_of(action));
}

static bool
add_hold(struct held_join *join, const struct json *event)
{
	struct slice id = json_text(json_find(event, "email"), "local_id");
	struct hold *hold;

	if (id.len == 0)
		return true;
	hold = malloc(sizeof(*hold));
	if (hold == NULL)
		return false;
	hold->event = event;
	hold->older = map_find(join->holds, id);
	if (!map_put(join->holds, id, hold, NULL)) {
		free(hold);
		return false;
	}
	join->count++;
	return true;
}

/* What could not be done has ended nothing. */
static bool
add_event(struct held_join *join, const struct json *event)
{
	struct slice by = json_text(json_find(event, "forwarden"), "held_by");
	struct slice outcome = json_text(json_find(event, "event"), "outcome");

	if (is_action(event, "quarantine"))
		return add_hold(join, event);
	if (slice_is_absent(by) || !slice_equal(outcome, SLICE("success")))
		return true;
	if (is_action(event, "expire"))
		return map_put(join->told, by, &mark, NULL);
	return map_put(join->over, by, &mark, NULL);
}

bool
held_join_add_take(struct held_join *join, struct json *answer)
{
	const struct json *events = json_find(answer, "events");
	struct json **answers = realloc(join->answers,
		(join->answer_count + 1) * sizeof(struct json *));

	if (answers == NULL) {
		json_free(answer);
		return false;
	}
	join->answers = answers;
	answers[join->answer_count++] = answer;
	for (size_t i = 0; i < json_count(events); i++) {
		if (!add_event(join, json_at(events, i)))
			return false;
	}
	return true;
}

static bool
is_of_host(const struct held_join *join, const struct json *event)
{
	struct slice host = json_text(json_find(event, "forwarden"), "host");

	return host.len == 0 || join->host[0] == '\0' ||
		slice_equal_fold(host, slice_of(join->host));
}

/* What is kept private, or not told, contradicts nobody. */
static bool
contradicts(const struct json *event, const struct held *held)
{
	struct slice sender = json_text(
		json_find(json_find(event, "smtp"), "mail_from"), "address");

	return slice_find_byte(sender, '@', 0) != SLICE_NONE &&
		!slice_equal_fold(sender, held->sender);
}

static bool
holds(const struct json *event, const struct held *held)
{
	int64_t at_ms;

	if (!date_parse_stamp(json_text(event, "@timestamp"), &at_ms) ||
		at_ms < held->at_ms - BEFORE_MS)
		return false;
	/* It was found waiting, however long it had been. */
	if (json_bool(json_find(event, "forwarden"), "queued"))
		return true;
	if (at_ms > held->at_ms + AFTER_MS)
		return false;
	return at_ms <= held->at_ms + SOON_MS || !contradicts(event, held);
}

const struct json *
held_join_find(const struct held_join *join, const struct held *held)
{
	const struct hold *hold = map_find(join->holds, slice_of(held->id));

	for (; hold != NULL; hold = hold->older) {
		if (is_of_host(join, hold->event) && holds(hold->event, held)) {
			return held_join_is_over(
				       join, held_join_id(hold->event))
				? NULL
				: hold->event;
		}
	}
	return NULL;
}

bool
held_join_is_over(const struct held_join *join, struct slice event)
{
	return map_find(join->over, event) != NULL;
}

bool
held_join_is_told(const struct held_join *join, struct slice event)
{
	return map_find(join->told, event) != NULL;
}
