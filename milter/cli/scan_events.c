/* SPDX-License-Identifier: BSD-2-Clause */
/* From the JSON of an event to what it says of a queue id. */
#include "cli/scan_events.h"

#include "base/clock.h"
#include "base/date.h"
#include "base/input.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_ASKED "100000"
#define COUNTED_MS ((int64_t)47 * 3600 * 1000) /* it keeps two days */
#define FILE_SCHEME "file:"

struct reading {
	struct scan *scan;
	bool failed;
};

static enum judged_act
act_of(const struct json *event, const struct json *own)
{
	static const struct {
		struct slice action;
		enum judged_act act;
	} acts[] = {
		{{"quarantine", 10}, JUDGED_HELD},
		{{"reject", 6}, JUDGED_REFUSED},
		{{"discard", 7}, JUDGED_REFUSED},
		{{"release", 7}, JUDGED_RELEASED},
	};
	struct slice action = json_text(json_find(event, "event"), "action");

	if (slice_equal(json_text(own, "source"), SLICE("log")))
		return JUDGED_BY_LOG;
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		if (slice_equal(action, acts[i].action))
			return acts[i].act;
	}
	return JUDGED_TOLD;
}

static void
hear(struct reading *reading, const struct judged_event *said)
{
	if (!scan_hear(reading->scan, said))
		reading->failed = true;
}

/* The others of its destinations. */
static void
hear_flows(struct reading *reading, const struct json *own,
	const struct judged_event *said)
{
	const struct json *flows = json_find(own, "flows");

	for (size_t i = 0; i < json_count(flows); i++) {
		struct judged_event also = *said;

		also.destination = json_text(json_at(flows, i), "destination");
		if (also.destination.len > 0)
			hear(reading, &also);
	}
}

/* False: it is no event of a message. */
static bool
take(struct reading *reading, const struct json *event)
{
	const struct json *own = json_find(event, "forwarden"),
			  *email = json_find(event, "email"),
			  *rules = json_find(event, "rule");
	struct judged_event said = {.queue_id = json_text(email, "local_id"),
		.message_id = json_text(email, "message_id"),
		.destination = json_text(own, "destination"),
		.event_id = json_text(json_find(event, "event"), "id"),
		.policy = json_text(json_at(rules, 0), "name")};

	if (own == NULL ||
		!date_parse_stamp(json_text(event, "@timestamp"), &said.at_ms))
		return false;
	said.act = act_of(event, own);
	judged_set_since(scan_judged(reading->scan), said.at_ms);
	if (said.queue_id.len == 0)
		return true;
	hear(reading, &said);
	if (said.act == JUDGED_HELD || said.act == JUDGED_REFUSED)
		hear_flows(reading, own, &said);
	return true;
}

/* A line of a log may have its own head before the event. */
static bool
take_line(struct reading *reading, struct slice line)
{
	size_t brace = slice_find_byte(line, '{', 0);
	struct json *json;
	bool good;

	if (brace == SLICE_NONE)
		return true;
	json = json_parse(slice_sub(line, brace, line.len), NULL);
	good = take(reading, json);
	json_free(json);
	return good;
}

bool
scan_events_read(
	struct scan *scan, const char *path, uint64_t *odd, struct err *err)
{
	struct reading reading = {.scan = scan};
	struct input *input = input_open(path, err);
	struct slice line;

	if (input == NULL)
		return false;
	while (!reading.failed && input_next(input, &line, err))
		*odd += !take_line(&reading, line);
	*odd += input_cut(input);
	input_close(input);
	if (reading.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	return err->code == ERR_NONE || err_wrap(err, "%s", path);
}

bool
scan_events_ask(struct scan *scan, struct ask *ask, struct err *err)
{
	struct reading reading = {.scan = scan};
	struct json *answer =
		ask_json(ask, ASK_GET, "/v1/events?limit=" EVENTS_ASKED, err);
	const struct json *list = json_find(answer, "events");

	for (size_t i = 0; i < json_count(list); i++)
		(void)take(&reading, json_at(list, i));
	json_free(answer);
	if (reading.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	return answer != NULL;
}

struct counting {
	struct ask *ask;
	struct err *err;
	int64_t since_ms; /* what was before it does not know any more */
	bool failed;
};

static void
ask_of(void *ctx, struct judged_silent *silent)
{
	struct counting *counting = ctx;
	struct buf path = {0};
	struct json *answer;
	char *escaped;

	if (counting->failed || silent->by_log ||
		silent->at_ms < counting->since_ms)
		return;
	escaped = ask_escape(counting->ask, silent->destination);
	buf_printf(&path, "/v1/counted?id=%s&destination=%s", silent->id,
		escaped != NULL ? escaped : "");
	free(escaped);
	answer = buf_ok(&path)
		? ask_json(counting->ask, ASK_GET, path.p, counting->err)
		: NULL;
	if (json_bool(answer, "sure"))
		silent->known = json_bool(answer, "counted")
			? JUDGED_COUNTED
			: JUDGED_NOT_COUNTED;
	counting->failed = answer == NULL;
	json_free(answer);
	buf_fini(&path);
}

bool
scan_events_count(struct scan *scan, struct ask *ask, struct err *err)
{
	struct counting counting = {.ask = ask,
		.err = err,
		.since_ms = clock_now_ms(clock_real()) - COUNTED_MS};

	judged_each_silent(
		scan_judged(scan), scan_ours(scan), ask_of, &counting);
	return !counting.failed;
}

const char *
scan_events_file(const char *events, const char *log_target)
{
	const char *place = strcmp(events, "log") == 0 ? log_target : events;
	size_t scheme = strlen(FILE_SCHEME);

	return strncmp(place, FILE_SCHEME, scheme) == 0 ? place + scheme : NULL;
}
