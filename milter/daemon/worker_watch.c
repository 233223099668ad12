/* SPDX-License-Identifier: BSD-2-Clause */
/* Signs of life, and what may come to be wrong without anybody's doing. */
#include "daemon/worker_watch.h"

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "daemon/alerts.h"
#include "daemon/descriptors.h"
#include "daemon/judging.h"
#include "daemon/link.h"
#include "daemon/milter.h"
#include "daemon/order.h"
#include "daemon/read_ahead.h"
#include "daemon/steady_clock.h"
#include "daemon/trouble.h"
#include "daemon/worker_alerts.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* At most so long between two signs of life, and so many in the time after
 * which a worker counts as hanging. */
#define ALIVE_MS 5000
#define ALIVE_PART 4
#define LOOK_MS 1000
#define CLOCK_MS 2000 /* two clocks that differ by no more are the same */
#define MINUTES_FROM_MS 120000
#define ORDERS_SAID_MS INT64_C(86400000)
#define CROWD_THREADS 8 /* more than at the start */

static long long
hang_time(struct worker *worker)
{
	const struct generation *generation = generation_slot_get(worker->slot);
	long long time = generation->config->hang_time;

	generation_unref(generation);
	return time;
}

size_t
worker_watch_threads(void)
{
	DIR *directory = opendir("/proc/self/task");
	size_t count = 0;

	while (directory != NULL && readdir(directory) != NULL)
		count++;
	if (directory != NULL)
		(void)closedir(directory);
	return count;
}

/* Threads that peers hold, and connections that may wait because of it. */
static void
look_at_threads(struct worker *worker)
{
	size_t usual = worker->threads;

	if (usual > 0 && worker_watch_threads() > usual + CROWD_THREADS)
		(void)link_say(worker->link, LINK_NUDGE);
}

/* What it says of itself tries whether it can be written by now. */
static void
look_at_log(void)
{
	int error = log_error();

	if (error == 0) {
		trouble_set(TROUBLE_LOG, "%s", "");
		return;
	}
	trouble_set(
		TROUBLE_LOG, "the log cannot be written: %s", strerror(error));
	log_write(LOG_LEVEL_ERROR, "lines before this one are missing: %s",
		strerror(error));
}

/* The same text as long as it is the same: a second more or less is none. */
static void
look_at_clock(int64_t ahead_ms)
{
	int64_t apart_ms = ahead_ms < 0 ? -ahead_ms : ahead_ms;
	bool minutes = apart_ms >= MINUTES_FROM_MS;

	if (apart_ms <= CLOCK_MS) {
		trouble_set(TROUBLE_STORE_CLOCK, "%s", "");
		return;
	}
	trouble_set(TROUBLE_STORE_CLOCK,
		"the clock of this machine is about %lld %s %s that of Redis: "
		"counts go by the latter; set the clock (NTP)",
		(long long)((apart_ms + (minutes ? 30000 : 500)) /
			(minutes ? 60000 : 1000)),
		minutes ? "minutes" : "seconds",
		ahead_ms < 0 ? "ahead of" : "behind");
}

/* A store that is up, but not all of it. Why may be another thing each time:
 * `forwarden status` has the last. */
static void
look_at_parts(const struct store_health *health)
{
	const char *part = "a part of Redis";
	char nodes[64];

	if (!health->up || health->reason[0] == '\0') {
		trouble_set(TROUBLE_STORE_PART, "%s", "");
		return;
	}
	if (health->nodes_down > 0) {
		(void)snprintf(nodes, sizeof(nodes), "%u of %u nodes of Redis",
			health->nodes_down, health->nodes);
		part = nodes;
	}
	trouble_set(TROUBLE_STORE_PART,
		"%s can take nothing: for what belongs there memory answers, "
		"and what is counted is kept to be replayed",
		part);
}

/* For a day: whoever looks after the store is to know that it forgot. */
static void
look_at_orders(const struct store_health *health)
{
	char at[DATE_TEXT_BYTES];

	if (health->given_back == 0 ||
		clock_now_ms(clock_real()) - health->given_back_ms >
			ORDERS_SAID_MS) {
		trouble_set(TROUBLE_ORDERS, "%s", "");
		return;
	}
	date_print(health->given_back_ms, at);
	trouble_set(TROUBLE_ORDERS,
		"Redis did not have %llu orders (contained, allowed) that this "
		"mail server knew, and was given them, last at %s: did it lose "
		"its data?",
		(unsigned long long)health->given_back, at);
}

static void
look_at_store(struct worker *worker)
{
	struct store_health health = {0};
	char since[DATE_TEXT_BYTES];

	store_health(worker->store, &health);
	trouble_set(TROUBLE_STATE, "%s", health.unsaved);
	look_at_parts(&health);
	look_at_orders(&health);
	look_at_clock(health.ahead_ms);
	trouble_set(TROUBLE_JOURNAL, "%s",
		health.full ? "the journal is full: what is counted now is "
			      "lost until the store is back (redis.journal)"
			    : "");
	date_print(health.slow_since_ms, since);
	if (health.slow_since_ms == 0)
		trouble_set(TROUBLE_STORE_SLOW, "%s", "");
	else
		trouble_set(TROUBLE_STORE_SLOW,
			"the store is slow since %s: it answers past the "
			"budget of a message (limits.store_time), and memory "
			"answers",
			since);
}

/* What is wrong may come and go without anybody's doing. */
static void
look_around(struct worker *worker)
{
	descriptors_watch();
	milter_watch();
	steady_clock_watch();
	look_at_log();
	look_at_store(worker);
	worker_alerts_look(worker);
}

/* Does every judgement end, and is every connection read? libmilter does not
 * begin the thread again that waits for connections, whatever it died of. */
static bool
is_well(struct worker *worker, int64_t now, int64_t limit)
{
	int64_t unread = read_ahead_longest_ms(now);

	if (limit == 0 || (judging_longest_ms() < limit && unread < limit))
		return true;
	if (unread >= limit && !worker->said_unread) {
		worker->said_unread = true;
		log_write(LOG_LEVEL_ERROR,
			"a connection's bytes have waited for %lld seconds and "
			"libmilter does not read them: this worker is to be "
			"replaced",
			(long long)unread / 1000);
	}
	return false;
}

/* Time until the next sign of life is due; one that is not well gives none. */
int
worker_watch(struct worker *worker)
{
	int64_t now = clock_monotonic_ms(), limit = hang_time(worker);
	int64_t every = limit / ALIVE_PART;

	if (every <= 0 || every > ALIVE_MS)
		every = ALIVE_MS;
	order_tell_over(&worker->api);
	if (worker->link < 0)
		return LOOK_MS;
	if (now >= worker->said_ms + every && is_well(worker, now, limit)) {
		worker->said_ms = now;
		look_around(worker);
		(void)link_say(worker->link, LINK_ALIVE);
	}
	look_at_threads(worker);
	(void)alerts_flush();
	return every < LOOK_MS ? (int)every : LOOK_MS;
}
