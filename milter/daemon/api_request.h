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

struct held_seen;
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
	struct held_seen *held; /* the last look at the MTA's queue */
	atomic_ullong follower[FOLLOWER_NUMBERS], follower_seen_ms;
	atomic_ullong wrong_tokens; /* of the page */
	atomic_bool ending; /* whoever waits for events goes home */
};

enum api_method {
	API_GET,
	API_POST
};

#define API_COOKIE_BYTES 192
#define API_BY_BYTES 64

/* What whoever asks may: each may what those before it may. */
enum api_right {
	API_RIGHT_NONE, /* what is public */
	API_RIGHT_LOOK, /* see who forwards to whom: on the page */
	API_RIGHT_ACT, /* give orders: on the page, with a token */
	API_RIGHT_OWN /* everything: on the control socket */
};

struct api_request {
	enum api_method method;
	struct slice path; /* decoded */
	enum api_right right;
	bool on_page; /* came on the port, and there is a page */
	struct slice body; /* of a POST on the port, if it is short */
	/* A parameter of the query, decoded, a header field and a cookie;
	 * absent if there is none. */
	struct slice (*query)(const void *ctx, const char *name);
	struct slice (*field)(const void *ctx, const char *name);
	struct slice (*cookie)(const void *ctx, const char *name);
	const void *ctx;
	/* Who is logged in on the page, for parameters called by: nobody
	 * orders in another's name there. Empty elsewhere. */
	char by[API_BY_BYTES];
};

struct page_stream; /* page_stream.h */
struct api_answer {
	unsigned status; /* of HTTP (RFC 9110 section 15) */
	const char *type; /* media type */
	struct buf body;
	/* Of the page alone: a text that lives as long as the program, and
	 * goes out instead of the body; its ETag; the cookie to set; what goes
	 * on; how many seconds to wait before another try. */
	const char *text, *etag;
	char cookie[API_COOKIE_BYTES];
	struct page_stream *stream;
	unsigned retry_after;
};

#endif
