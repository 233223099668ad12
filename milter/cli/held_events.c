/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose hold it is: the daemon has the events of its stream, and where
 * log.events is a file, that has those which the stream has lost, and tells
 * when the daemon does not.
 */
#include "base/clock.h"
#include "base/slice.h"
#include "cli/event_files.h"
#include "cli/held_run.h"
#include "daemon/config.h"

#include <stdio.h>
#include <stdlib.h>

struct filling {
	struct held_join *join;
	struct json *events;
	size_t count;
};

static bool
is_about_held(const struct json *event)
{
	return slice_equal(json_text(json_find(event, "event"), "action"),
		       SLICE("quarantine")) ||
		!slice_is_absent(
			json_text(json_find(event, "forwarden"), "held_by"));
}

static bool
take(void *ctx, struct json *event)
{
	struct filling *filling = ctx;

	if (is_about_held(event)) {
		json_add_take(filling->events, event);
		filling->count++;
	} else {
		json_free(event);
	}
	return true;
}

bool
held_events_of_files(struct held_run *run, size_t *count, struct err *err)
{
	struct filling filling = {.join = run->join, .events = json_list()};
	char *path = event_files_find(run->options->ask.file);
	char **files = path != NULL ? event_files_list(path) : NULL;
	struct json *whole = json_map();
	size_t odd = 0;
	bool good = true;

	for (char **file = files; file != NULL && *file != NULL; file++)
		good = event_files_read(*file, take, &filling, &odd, err) &&
			good;
	*count = filling.count;
	json_set_take(whole, "events", filling.events);
	if (!held_join_add_take(run->join, whole))
		good = err_set(err, ERR_MEMORY, "out of memory");
	if (good && files == NULL) {
		good = err_set(err, ERR_INVALID,
			"log.events is no file that would tell");
	}
	event_files_free(files);
	free(path);
	return good;
}

static size_t
count_unknown(const struct held_run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->list.count; i++)
		count += held_join_find(run->join, &run->list.at[i]) == NULL;
	return count;
}

/* What is held was let go by nobody: so an old file has it, or it is not ours.
 */
static void
look_further(struct held_run *run)
{
	size_t before = count_unknown(run), count, after;
	struct err err = {0};

	if (before == 0 || !held_events_of_files(run, &count, &err))
		return;
	after = count_unknown(run);
	if (after < before) {
		(void)fprintf(stderr,
			"forwarden held: of %zu messages the daemon's stream "
			"has lost the event (keep.events), and the files of "
			"log.events have it\n",
			before - after);
	}
}

static bool
do_without_daemon(struct held_run *run, const struct err *why)
{
	struct err err = {0};
	size_t count;

	run->alone = true;
	if (!held_events_of_files(run, &count, &err)) {
		(void)fprintf(stderr,
			"forwarden held: whose hold it is only the daemon can "
			"tell: %s; and its files do not: %s\n",
			why->text, err.text);
		return false;
	}
	(void)fprintf(stderr,
		"forwarden held: %s; by the files of log.events, which tell "
		"what they were told\n",
		why->text);
	return true;
}

bool
held_events_read(struct held_run *run)
{
	struct err err = {0};
	struct json *answer;

	/* First, so that of what is listed the event is there, too. */
	if (!held_read_anew(run, &err)) {
		(void)fprintf(stderr, "forwarden held: %s\n", err.text);
		return false;
	}
	answer = ask_json(run->ask, ASK_GET, "/v1/held", &err);
	if (answer == NULL) {
		if (!do_without_daemon(run, &err))
			return false;
	} else {
		held_join_set_host(run->join, json_text(answer, "host"));
		if (!held_join_add_take(run->join, answer)) {
			(void)fputs("forwarden held: out of memory\n", stderr);
			return false;
		}
	}
	if (!run->alone)
		look_further(run);
	return true;
}

bool
held_read_anew(struct held_run *run, struct err *err)
{
	struct arena *arena = run->list.arena;

	arena_reset(arena);
	run->list = (struct held_list){.arena = arena};
	run->now_ms = clock_now_ms(clock_real());
	return held_read(&run->list, &run->options->where, err);
}

void
held_report(struct held_run *run)
{
	struct buf path = {0};
	size_t count = 0;
	int64_t oldest_ms = 0;
	struct err err = {0};

	for (size_t i = 0; i < run->list.count; i++) {
		const struct held *held = &run->list.at[i];

		if (held_join_find(run->join, held) == NULL)
			continue;
		count++;
		if (oldest_ms == 0 || held->at_ms < oldest_ms)
			oldest_ms = held->at_ms;
	}
	buf_printf(&path, "/v1/held-seen?count=%zu&oldest=%lld", count,
		(long long)oldest_ms);
	json_free(ask_json(run->ask, ASK_POST, buf_slice(&path).p, &err));
	buf_fini(&path);
}
