/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What became of alerts, in memory that the alerter writes and workers read:
 * it outlives both, and neither waits for the other. Numbers alone, no texts:
 * nothing in it can be half written, and no secret gets into it.
 */
#ifndef DAEMON_ALERT_BOARD_H
#define DAEMON_ALERT_BOARD_H

#include "base/err.h"

#include <stdatomic.h>
#include <stdint.h>

enum alert_way {
	ALERT_COMMAND,
	ALERT_SYSLOG,
	ALERT_WEBHOOK,
	ALERT_WAY_COUNT
};
/* "command", "syslog", "webhook". */
const char *alert_way_name(enum alert_way);

enum alert_result {
	ALERT_SENT,
	ALERT_FAILED, /* for good: what is tried again is not */
	ALERT_HELD_BACK, /* told of in a summary */
	ALERT_DROPPED, /* there was no room, or no time at the end */
	ALERT_RESULT_COUNT
};
const char *alert_result_name(enum alert_result);

/* Why one failed: a cause and a number of its own. 0: it did not. */
enum alert_cause {
	ALERT_CAUSE_NONE,
	ALERT_CAUSE_EXIT, /* the command's exit status */
	ALERT_CAUSE_SIGNAL, /* that ended it */
	ALERT_CAUSE_LATE, /* it was killed at its deadline */
	ALERT_CAUSE_SYSTEM, /* an errno */
	ALERT_CAUSE_HTTP, /* the status of an answer */
	ALERT_CAUSE_CURL, /* libcurl's code */
	ALERT_CAUSE_SOON, /* a test just after another */
	ALERT_CAUSE_NO_ROOM,
	ALERT_CAUSE_COUNT
};
#define ALERT_CAUSE_BITS 16
unsigned alert_why(enum alert_cause, unsigned number);
#define ALERT_WHY_BYTES 160
/* In words; "" for 0. */
void alert_why_text(unsigned why, char text[ALERT_WHY_BYTES]);

struct alert_board {
	struct alert_board_way {
		atomic_ullong results[ALERT_RESULT_COUNT];
		atomic_uint queued; /* waiting or under way */
		atomic_uint why; /* the last one failed; 0: it was sent */
		atomic_llong failing_ms; /* since when, the wall clock */
		atomic_uint tested; /* the last test that came to an end */
		atomic_uint test_why; /* how */
	} ways[ALERT_WAY_COUNT];
	atomic_uint pid; /* of the alerter; 0: there is none */
	atomic_uint tests; /* asked for */
};

/* A descriptor of a new one, all zero; -1 with err. */
int alert_board_make(struct err *);
/* Maps it for as long as this process lives; NULL with err. */
struct alert_board *alert_board_map(int fd, struct err *);

#endif
