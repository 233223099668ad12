/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of the api, what it answers, and what it answers from. */
#ifndef DAEMON_API_REQUEST_H
#define DAEMON_API_REQUEST_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "daemon/generation.h"
#include "store/store.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct metrics;
struct probes;
struct report;

/* What who follows the mail log tells of itself; times in milliseconds. */
enum follower_number {
	FOLLOWER_LINE,
	FOLLOWER_BEHIND,
	FOLLOWER_LINES,
	FOLLOWER_TOLD,
	FOLLOWER_GAPS,
	FOLLOWER_LOST,
	FOLLOWER_NUMBERS
};

struct api {
	struct generation_slot *slot;
	struct store *store;
	struct metrics *metrics;
	struct probes *probes;
	struct report *report;
	struct clock clock;
	int64_t started_ms;
	unsigned restarts; /* workers that died, as it began */
	atomic_ullong reloads, reloads_refused;
	/* The last one asked for on the control socket, and the last that was
	 * begun after it was asked for, and is over. */
	atomic_uint reload_asked, reload_answered;
	bool (*ask_reload)(void *ctx, unsigned number);
	void *ask_ctx;
	/* As the last look at the MTA's queue had it; seen 0: there was none.
	 */
	atomic_ullong held, held_oldest_ms, held_seen_ms;
	atomic_ullong follower[FOLLOWER_NUMBERS], follower_seen_ms;
	atomic_bool ending; /* whoever waits for events goes home */
};

enum api_method {
	API_GET,
	API_POST
};

struct api_request {
	enum api_method method;
	struct slice path; /* decoded */
	bool trusted; /* came on the control socket */
	/* A parameter of the query, decoded; absent if there is none. */
	struct slice (*query)(const void *ctx, const char *name);
	const void *ctx;
};

struct api_answer {
	unsigned status; /* of HTTP (RFC 9110 section 15) */
	const char *type; /* media type */
	struct buf body;
};

#endif
