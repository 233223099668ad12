/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One loop: lines are read, what they show is told, and where it is is kept.
 * As long as the daemon cannot be reached nothing more is read: the log keeps
 * it better than we do. What was read after the last time that the state was
 * kept is read again after a crash, and then the daemon knows it.
 */
#include "cli/follow.h"

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/follow_report.h"
#include "cli/follow_state.h"
#include "cli/scan_places.h"
#include "daemon/notify.h"
#include "daemon/signals.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define LOOK_MS 250 /* at a file that may have grown */
#define RETRY_MS 2000 /* to reach the daemon */
#define KEEP_MS 10000
#define ALIVE_MS 60000 /* its file shows that it lives */
#define REPORT_MS ((int64_t)60 * 60 * 1000)
#define LINES_AT_ONCE 1000U

struct follow {
	const struct follow_options *options;
	struct follow_state state;
	struct scan_places places;
	const char *logs[FOLLOW_SOURCES_MOST];
	size_t log_count;
	struct ask *ask;
	bool down; /* the daemon cannot be reached */
	bool troubled[FOLLOW_SOURCES_MOST]; /* said already */
	bool unsaved; /* said already */
	bool changed; /* since the state was kept */
	int64_t kept_ms, reported_ms; /* monotonic */
	struct scan_sum sum; /* as of the last report */
	struct follow_told_count count;
	uint64_t lost; /* parts of logs */
};

/* The site's own log, or the journal. */
static void
find_logs(struct follow *follow)
{
	char **given = follow->options->logs;

	if (given[0] == NULL) {
		if (!follow->options->journal)
			scan_places_find_live(&follow->places);
		if (follow->places.count == 0)
			follow->log_count = 1;
		for (size_t i = 0; i < follow->places.count; i++)
			follow->logs[follow->log_count++] =
				follow->places.paths[i];
	}
	for (size_t i = 0;
		given[i] != NULL && follow->log_count < FOLLOW_SOURCES_MOST;
		i++)
		follow->logs[follow->log_count++] = given[i];
}

static bool
make_scan(struct follow *follow, struct err *err)
{
	const struct scan_options options = {.realm = follow->options->realm,
		.egress = follow->options->egress,
		.tell = follow_told_add,
		.ctx = follow->state.told};

	scan_free(follow->state.scan);
	follow->state.scan = scan_new(&options, err);
	if (follow->state.scan == NULL)
		return false;
	scan_begin_file(follow->state.scan, clock_now_ms(clock_real()), 0);
	return true;
}

static void
forget(struct follow *follow)
{
	for (size_t i = 0; i < FOLLOW_SOURCES_MOST; i++) {
		follow_source_free(follow->state.sources[i]);
		follow->state.sources[i] = NULL;
	}
	follow_told_free(follow->state.told);
	follow->state.told = follow_told_new();
}

/* A state that cannot be read is put aside, and it begins anew. */
static bool
read_state(struct follow *follow, struct err *err)
{
	const char *path = follow->options->state;
	enum follow_state_result result;
	struct buf name = {0};

	follow->state.told = follow_told_new();
	if (follow->state.told == NULL || !make_scan(follow, err) ||
		!follow_state_read(&follow->state, path, follow->logs,
			follow->log_count, &result, err))
		return false;
	if (result == FOLLOW_STATE_ABSENT)
		log_write(LOG_LEVEL_NOTICE,
			"nothing is kept in %s: it begins with what is written "
			"from now on; `forwarden scan` tells of what was "
			"before",
			path);
	if (result != FOLLOW_STATE_BROKEN)
		return true;
	if (!atomic_file_set_aside(path, &name, err))
		return false;
	log_write(LOG_LEVEL_WARNING,
		"%s; it is kept as %s, and it begins with what is written from "
		"now on",
		err->text, name.p != NULL ? name.p : "");
	buf_fini(&name);
	forget(follow);
	return follow->state.told != NULL && make_scan(follow, err) &&
		follow_state_read(&follow->state, path, follow->logs,
			follow->log_count, &result, err);
}

static bool
open_all(struct follow *follow, struct err *err)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

	follow->ask = ask_open(follow->options->socket, err);
	find_logs(follow);
	return follow->ask != NULL &&
		signals_open(
			numbers, sizeof(numbers) / sizeof(*numbers), err) &&
		read_state(follow, err);
}

static void
keep(struct follow *follow)
{
	struct err err = {0};

	follow->kept_ms = clock_monotonic_ms();
	follow->changed = false;
	if (follow_state_write(&follow->state, follow->options->state,
		    clock_now_ms(clock_real()), &err)) {
		if (follow->unsaved)
			log_write(LOG_LEVEL_NOTICE, "the state is kept again");
		follow->unsaved = false;
	} else if (!follow->unsaved) {
		log_write(LOG_LEVEL_ERROR,
			"%s: after a restart it is not known how far it was",
			err.text);
		follow->unsaved = true;
	}
}

/* What happened in an hour, if anything did. */
static void
report(struct follow *follow)
{
	struct scan_sum sum = scan_sum(follow->state.scan);
	struct follow_told_count count = follow_told_count(follow->state.told);
	uint64_t cut = 0;

	for (size_t i = 0; i < follow->state.count; i++)
		cut += follow_source_cut(follow->state.sources[i]);
	follow->reported_ms = clock_monotonic_ms();
	if (sum.mail_lines > follow->sum.mail_lines) {
		log_write(LOG_LEVEL_INFO,
			"%llu lines of mail servers, %llu forwards told, %llu "
			"known already, %llu of no mailbox of ours; not seen: "
			"%llu repeated or unclear lines, %llu of users, %llu "
			"cut, %llu queue ids, %llu new routes past the limit, "
			"%llu refused",
			(unsigned long long)(sum.mail_lines -
				follow->sum.mail_lines),
			(unsigned long long)(count.told - follow->count.told),
			(unsigned long long)(count.known - follow->count.known),
			(unsigned long long)(count.foreign -
				follow->count.foreign),
			(unsigned long long)(sum.repeated + sum.unclear -
				follow->sum.repeated - follow->sum.unclear),
			(unsigned long long)(sum.of_persons -
				follow->sum.of_persons),
			(unsigned long long)(cut - follow->sum.cut),
			(unsigned long long)(sum.evicted - follow->sum.evicted),
			(unsigned long long)(count.left_out -
				follow->count.left_out),
			(unsigned long long)(count.refused -
				follow->count.refused));
	}
	sum.cut = cut;
	follow->sum = sum;
	follow->count = count;
}

static bool
tell(struct follow *follow)
{
	struct err refusal = {0}, err = {0};
	bool was_down = follow->down;

	if (follow_told_is_empty(follow->state.told))
		return true;
	follow->changed = true;
	follow->down = !follow_told_send(
		follow->state.told, follow->ask, &refusal, &err);
	if (refusal.code != ERR_NONE)
		log_write(LOG_LEVEL_WARNING, "a forward was not taken: %s",
			refusal.text);
	if (follow->down && !was_down)
		log_write(LOG_LEVEL_ERROR, "%s; it waits, and reads no further",
			err.text);
	if (was_down && !follow->down)
		log_write(LOG_LEVEL_NOTICE, "the daemon answers again");
	return !follow->down;
}

static void
say_trouble(struct follow *follow, size_t i, enum tail_result result,
	const struct err *err)
{
	if (result == TAIL_FAILED && follow->troubled[i])
		return;
	follow->lost += result == TAIL_LOST;
	if (result == TAIL_FAILED || result == TAIL_LOST)
		log_write(LOG_LEVEL_WARNING, "%s", err->text);
	follow->troubled[i] = result == TAIL_FAILED;
}

/* Some lines of one source; false: out of memory. */
static bool
read_some(struct follow *follow, size_t i, bool *any)
{
	struct follow_source *source = follow->state.sources[i];

	for (unsigned lines = 0; lines < LINES_AT_ONCE; lines++) {
		struct err err = {0};
		struct slice line;
		enum tail_result result =
			follow_source_next(source, &line, &err);

		if (result != TAIL_LINE && result != TAIL_NOTHING)
			say_trouble(follow, i, result, &err);
		if (result != TAIL_LINE)
			return true;
		follow->troubled[i] = false;
		*any = true;
		if (!scan_line(follow->state.scan, line))
			return false;
		if (!follow_told_is_empty(follow->state.told))
			return true;
	}
	return true;
}

/* Until there may be more, or a signal; false: it is to end. */
static bool
wait_for_more(struct follow *follow, int ms)
{
	struct pollfd fds[FOLLOW_SOURCES_MOST + 1];
	nfds_t count = 1;

	fds[0] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
	for (size_t i = 0; i < follow->state.count && !follow->down; i++) {
		fds[count++] = (struct pollfd){
			.fd = follow_source_fd(follow->state.sources[i]),
			.events = POLLIN};
	}
	(void)poll(fds, count, ms);
	for (int number; (number = signals_next()) != 0;) {
		if (number != SIGHUP)
			return false;
	}
	return true;
}

static bool
step(struct follow *follow, bool *any)
{
	int64_t now_ms = clock_now_ms(clock_real());

	*any = false;
	follow_told_set_time(follow->state.told, now_ms);
	if (!tell(follow))
		return true;
	if (!scan_pass(follow->state.scan, now_ms))
		return false;
	for (size_t i = 0; i < follow->state.count; i++) {
		if (!read_some(follow, i, any))
			return false;
	}
	*any |= !follow_told_is_empty(follow->state.told);
	follow->changed |= *any;
	return true;
}

static void
tell_of_self(const struct follow *follow, bool caught_up)
{
	const struct follow_report report = {
		.now_ms = clock_now_ms(clock_real()),
		.caught_up = caught_up && !follow->down,
		.lost = follow->lost};

	if (!follow->down)
		follow_report_send(&report, &follow->state, follow->ask);
}

static bool
follow_logs(struct follow *follow)
{
	bool any = false;

	do {
		int64_t now_ms;

		if (!step(follow, &any)) {
			log_write(LOG_LEVEL_ERROR, "out of memory");
			return false;
		}
		now_ms = clock_monotonic_ms();
		if (now_ms - follow->kept_ms >
			(follow->changed ? KEEP_MS : ALIVE_MS)) {
			keep(follow);
			tell_of_self(follow, !any);
		}
		if (now_ms - follow->reported_ms > REPORT_MS)
			report(follow);
		notify_watchdog();
	} while (wait_for_more(follow,
		any                    ? 0
			: follow->down ? RETRY_MS
				       : LOOK_MS));
	return true;
}

static void
close_all(struct follow *follow)
{
	forget(follow);
	follow_told_free(follow->state.told);
	scan_free(follow->state.scan);
	scan_places_free(&follow->places);
	ask_close(follow->ask);
}

bool
follow_run(const struct follow_options *options)
{
	struct follow follow = {.options = options};
	struct err err = {0};
	bool good = open_all(&follow, &err), any;

	if (good) {
		for (size_t i = 0; i < follow.state.count; i++)
			log_write(LOG_LEVEL_INFO, "follows %s",
				follow_source_name(follow.state.sources[i]));
		follow.reported_ms = clock_monotonic_ms();
		good = step(&follow, &any);
		keep(&follow);
		tell_of_self(&follow, !any);
		notify_manager("READY=1");
		good = good && follow_logs(&follow);
		notify_manager("STOPPING=1");
		report(&follow);
		tell_of_self(&follow, true);
		if (good)
			keep(&follow);
	} else {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	}
	close_all(&follow);
	return good;
}
