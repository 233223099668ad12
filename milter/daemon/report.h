/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes known of a verdict: one line in the log for people, the event
 * as JSON for machines (log or file, and the store's stream), the counters.
 * Thread-safe.
 */
#ifndef DAEMON_REPORT_H
#define DAEMON_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "verdict/judge.h"

struct metrics;
struct report;

struct report_options {
	const char *events; /* "log", "none" or "file:/path" */
	int fd; /* of that file, opened by others; -1 where it cannot be */
	bool all; /* also verdicts of none; never to the store's stream */
};

/* Is it a place that events can go to, as far as its spelling tells? */
bool report_check(const char *events, struct err *);
/* NULL with err. metrics is borrowed and may be NULL. */
struct report *report_new(
	const struct report_options *, struct metrics *, struct err *);
void report_free(struct report *);
/* Other options, or the same file opened anew after a rotation; the
 * descriptor stays the caller's. Without one for a file the old one stays. */
bool report_open(struct report *, const struct report_options *, struct err *);

/* After the verdict was carried out, for every message. */
void report_verdict(struct report *, struct store *, const struct verdict *,
	enum action taken);

/* An event that is no verdict: a line of JSON, to where events go. */
void report_event(struct report *, struct slice json);

#endif
