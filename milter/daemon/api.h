/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon answers to its own subcommands, to Prometheus and to
 * probes. Knows nothing of HTTP's wire: a request in, an answer out.
 *
 *   GET  /healthz                 the worker lives
 *   GET  /readyz                  ... and its store answers
 *   GET  /metrics                 Prometheus text
 *   GET  /v1/status
 *   GET  /v1/top?limit=N&at=MS    mailboxes by flows of that UTC day
 *   GET  /v1/mailbox/ADDRESS
 *   GET  /v1/routes?since=MS&new=MS&mailbox=ADDRESS
 *   GET  /v1/destination/ADDRESS
 *   GET  /v1/events?after=ID&limit=N&wait=MS
 *   POST /v1/forget/ADDRESS
 *
 * The first three are public; the others tell who forwards to whom and are
 * for the control socket, whose permissions say who may ask.
 */
#ifndef DAEMON_API_H
#define DAEMON_API_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "daemon/snapshot.h"
#include "store/store.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct metrics;

struct api {
	struct snapshot_slot *slot;
	struct store *store;
	struct metrics *metrics;
	struct clock clock;
	int64_t started_ms;
	atomic_ullong reloads, reloads_refused;
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

/* Fills the answer; the caller frees its body. Thread-safe. May wait, for
 * events, as long as the request asks for, at most half a minute. */
void api_answer(struct api *, const struct api_request *, struct api_answer *);

#endif
