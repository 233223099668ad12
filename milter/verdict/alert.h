/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An alert: an event that somebody is to see now. What is worth one is
 * decided here, and how it is said: as the event's own JSON, which is all that
 * a command and a webhook get, and as one line for syslog.
 *
 * Events that are no verdicts have "dataset": "forwarden.alert": the daemon's
 * own troubles, summaries of what was held back, and tests.
 */
#ifndef VERDICT_ALERT_H
#define VERDICT_ALERT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "verdict/throttle.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stdint.h>

/* A line for syslog (RFC 3164 section 4.1: 1024 bytes with its head). */
#define ALERT_LINE_BYTES 900

/* What an event tells of. */
enum alert_origin {
	ALERT_MAIL, /* a verdict about a message */
	ALERT_LOG, /* a flow that a log told of */
	ALERT_RULE, /* a rule at rest */
	ALERT_ORDER, /* what an operator did, or what of it ended */
	ALERT_DAEMON, /* the daemon's own troubles */
	ALERT_ORIGIN_COUNT
};

/* Which are wanted. */
struct alert_choice {
	enum action from; /* alerts from this action on */
	int level; /* or from this enum sigma_level on; SIGMA_LEVEL_COUNT: by
		      the action alone */
	bool observe; /* also of what would have been done */
	bool wanted[ALERT_ORIGIN_COUNT];
};

/* Is this verdict to alert somebody? */
bool alert_wants(
	const struct alert_choice *, const struct verdict *, enum action taken);

enum alert_weight {
	ALERT_NOTICE,
	ALERT_WARNING,
	ALERT_CRITICAL
};

/* One that was read. All texts are of json and live as long as it. */
struct alert {
	struct json *json;
	struct slice policy, mailbox, destination; /* absent: it has none */
	struct slice action, would, id;
	struct slice words; /* of one that is no verdict */
	enum alert_weight weight;
	bool urgent; /* of the daemon itself */
	bool test;
};

/* From an event's text; false with err when it is none. */
bool alert_read(struct slice text, struct alert *, struct err *);
void alert_fini(struct alert *);
/* What the throttle is told of it. */
struct throttle_subject alert_subject(const struct alert *, int64_t at_ms);
/* One line of printable ASCII, at most ALERT_LINE_BYTES. */
void alert_line(const struct alert *, struct buf *out);

/* A trouble of the daemon: what it is called, in what words, and is it over?
 */
struct alert_trouble {
	const char *what;
	struct slice text;
	bool over;
};

/* Each appends an event's JSON; host is this machine's name. */
bool alert_write_trouble(const struct alert_trouble *, const char *host,
	int64_t now_ms, struct buf *);
bool alert_write_summary(const struct throttle_summary *, const char *host,
	int64_t now_ms, struct buf *);
bool alert_write_test(
	unsigned number, const char *host, int64_t now_ms, struct buf *);
/* The number of a test; 0: it is none. */
unsigned alert_test_number(const struct alert *);

#endif
