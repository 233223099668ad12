/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rounds of a tender. A look at a large queue costs something, and may cost
 * no more than a twentieth of the time: the longer it takes, the rarer it is.
 */
#include "cli/held_tend.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "cli/held_tend_state.h"
#include "cli/held_untold.h"
#include "daemon/held_seen.h"
#include "daemon/notify.h"
#include "daemon/signals.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARE 20
#define MS_A_SECOND 1000
/* So often all events are read, so that what went from the stream goes here,
 * too, and a store that was away is believed again. */
#define WHOLE_MS ((int64_t)10 * 60 * 1000)
#define PART_BYTES 2500 /* of JSON; three times that in a path at worst */
#define LIST_DIGEST_BYTES 8

/* Says it once, until it is over. */
static bool
say_once(bool *said, bool good, const struct err *err, const char *over)
{
	if (!good && !*said)
		log_write(LOG_LEVEL_WARNING, "%s", err->text);
	if (good && *said)
		log_write(LOG_LEVEL_NOTICE, "%s", over);
	*said = !good;
	return good;
}

/* What held.* says now; of a file that is wrong what was said before. */
static void
read_settings(struct held_tender *tender)
{
	struct diags *diags = diags_new();
	struct config *config = diags != NULL
		? config_load(tender->run->options->ask.file, diags)
		: NULL;

	if (config != NULL && diags_count(diags, DIAG_ERROR) == 0) {
		tender->expire_ms = config->held_expire;
		tender->expiry = (enum config_expiry)config->held_expire_action;
	} else {
		log_write(LOG_LEVEL_WARNING,
			"%s cannot be used: held.expire stays as it was",
			tender->run->options->ask.file);
	}
	config_free(config);
	diags_free(diags);
}

static bool
begin_anew(struct held_tender *tender, struct err *err)
{
	struct held_join *join = held_join_new();

	if (join == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	held_join_free(tender->run->join);
	tender->run->join = join;
	tender->after[0] = '\0';
	tender->whole_ms = clock_monotonic_ms();
	return true;
}

/* Those that came since the last time. */
static bool
read_events(struct held_tender *tender, struct err *err)
{
	struct held_run *run = tender->run;
	struct json *answer;
	struct slice last;
	char path[128];

	if (clock_monotonic_ms() - tender->whole_ms >= WHOLE_MS &&
		!begin_anew(tender, err))
		return false;
	(void)snprintf(path, sizeof(path), "/v1/held?after=%s", tender->after);
	answer = ask_json(run->ask, ASK_GET, path, err);
	if (answer == NULL)
		return false;
	held_join_set_host(run->join, json_text(answer, "host"));
	last = json_text(answer, "last");
	if (last.len > 0 && last.len < sizeof(tender->after)) {
		memcpy(tender->after, last.p, last.len);
		tender->after[last.len] = '\0';
	}
	return held_join_add_take(run->join, answer) ||
		err_set(err, ERR_MEMORY, "out of memory");
}

/* Rows of what Forwarden holds, as lines, the first HELD_ROWS_MAX of them. */
struct rows {
	struct buf lines;
	size_t count; /* of all */
	int64_t oldest_ms;
};

static void
make_rows(const struct held_run *run, struct rows *rows)
{
	for (size_t i = 0; i < run->list.count; i++) {
		const struct held *held = &run->list.at[i];
		const struct json *event = held_join_find(run->join, held);
		struct json *row;

		if (event == NULL)
			continue;
		if (rows->oldest_ms == 0 || held->at_ms < rows->oldest_ms)
			rows->oldest_ms = held->at_ms;
		if (rows->count++ >= HELD_ROWS_MAX)
			continue;
		row = held_show_row(held, event);
		(void)json_write(row, &rows->lines);
		buf_add_byte(&rows->lines, '\n');
		json_free(row);
	}
}

static void
name_list(struct held_tender *tender, const struct rows *rows)
{
	const struct slice lines = buf_slice(&rows->lines);
	struct slice name = digest_text(
		tender->run->list.arena, &lines, 1, LIST_DIGEST_BYTES);

	(void)snprintf(
		tender->list, sizeof(tender->list), "%.*s", SLICE_ARG(name));
}

static bool
send_part(struct held_tender *tender, struct buf *part, bool is_first,
	bool is_last, struct err *err)
{
	struct buf path = {0};
	struct json *answer;

	buf_add_byte(part, ']');
	buf_printf(&path, "/v1/held-part?list=%s&first=%d&last=%d",
		tender->list, is_first, is_last);
	held_add_parameter(tender->run->ask, &path, "rows", buf_slice(part).p);
	answer = ask_json(tender->run->ask, ASK_POST, buf_slice(&path).p, err);
	json_free(answer);
	buf_fini(&path);
	buf_reset(part);
	return answer != NULL;
}

static bool
send_list(struct held_tender *tender, const struct rows *rows, struct err *err)
{
	struct slice rest = buf_slice(&rows->lines);
	struct buf part = {0};
	bool is_first = true, good = true;

	for (struct slice line; good && slice_next(&rest, '\n', &line);) {
		if (line.len == 0)
			continue;
		if (part.len + line.len > PART_BYTES && part.len > 0) {
			good = send_part(tender, &part, is_first, false, err);
			is_first = false;
		}
		buf_add_byte(&part, part.len > 0 ? ',' : '[');
		buf_add(&part, line);
	}
	if (part.len == 0)
		buf_add_byte(&part, '[');
	good = good && send_part(tender, &part, is_first, true, err);
	buf_fini(&part);
	return good;
}

/* Tells what is held, and hears what is asked. */
static bool
tell(struct held_tender *tender, struct err *err)
{
	struct rows rows = {0};
	struct buf path = {0};
	struct json *answer;
	bool good;

	make_rows(tender->run, &rows);
	name_list(tender, &rows);
	buf_printf(&path,
		"/v1/held-seen?count=%zu&oldest=%lld&list=%s&every=%u",
		rows.count, (long long)rows.oldest_ms, tender->list,
		tender->run->options->every);
	answer = ask_json(tender->run->ask, ASK_POST, buf_slice(&path).p, err);
	good = answer != NULL;
	if (good && json_bool(answer, "wants"))
		good = send_list(tender, &rows, err);
	json_free(tender->asks);
	tender->asks = good ? json_duplicate(json_find(answer, "asks")) : NULL;
	json_free(answer);
	buf_fini(&path);
	buf_fini(&rows.lines);
	return good;
}

/* Looks, tells, and does; after that, looks and tells once more. */
static void
go_round(struct held_tender *tender)
{
	struct err err = {0};

	for (int turn = 0; turn < 2; turn++) {
		if (!say_once(&tender->blind, held_read_anew(tender->run, &err),
			    &err, "the queue can be read again"))
			return;
		if (!say_once(&tender->down,
			    read_events(tender, &err) && tell(tender, &err),
			    &err, "the daemon answers again"))
			return;
		if (turn > 0 || !held_tend_has_work(tender))
			return;
		held_tend_work(tender);
	}
}

/* False: it is to end. */
static bool
wait_for_next(struct held_tender *tender, int64_t took_ms)
{
	int64_t every_ms = (int64_t)tender->run->options->every * MS_A_SECOND;
	struct pollfd fd = {.fd = signals_fd(), .events = POLLIN};

	if (took_ms * SHARE > every_ms)
		every_ms = took_ms * SHARE;
	(void)poll(&fd, 1, (int)every_ms);
	for (int number; (number = signals_next()) != 0;) {
		if (number != SIGHUP)
			return false;
		read_settings(tender);
	}
	return true;
}

static bool
start(struct held_tender *tender)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	struct err err = {0};

	tender->done = map_new();
	tender->failing = map_new();
	tender->told = map_new();
	if (tender->done == NULL || tender->failing == NULL ||
		tender->told == NULL || !begin_anew(tender, &err)) {
		log_write(LOG_LEVEL_ERROR, "out of memory");
		return false;
	}
	if (!signals_open(numbers, sizeof(numbers) / sizeof(*numbers), &err)) {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
		return false;
	}
	read_settings(tender);
	return true;
}

bool
held_tend(struct held_run *run)
{
	struct held_tender tender = {.run = run};
	bool good = start(&tender);
	int64_t began_ms;

	if (good) {
		do {
			began_ms = clock_monotonic_ms();
			go_round(&tender);
			notify_manager("READY=1");
			notify_watchdog();
		} while (wait_for_next(
			&tender, clock_monotonic_ms() - began_ms));
		notify_manager("STOPPING=1");
	}
	json_free(tender.asks);
	map_free(tender.done, NULL);
	map_free(tender.failing, free);
	map_free(tender.told, NULL);
	return good;
}
