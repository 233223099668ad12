/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong with the daemon while it judges mail all the same: a file it
 * cannot write to, a reload that was refused, too few descriptors. Each is
 * said once in the log when it comes and when it goes, and stands until then
 * in `forwarden status`, in doctor and in the metrics. Thread-safe.
 */
#ifndef DAEMON_TROUBLE_H
#define DAEMON_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#define TROUBLE_TEXT_BYTES 512

enum trouble {
	TROUBLE_FILES, /* a log or a file of events cannot be opened */
	TROUBLE_LOG, /* the log cannot be written */
	TROUBLE_EVENTS, /* nor the file of events */
	TROUBLE_RELOAD, /* the files on disk were refused */
	TROUBLE_STORE_PART, /* a node of a cluster, or a slot, takes nothing */
	TROUBLE_STATE, /* snapshot or journal cannot be written */
	TROUBLE_DESCRIPTORS, /* nearly all are in use */
	TROUBLE_SESSIONS, /* more connections than allowed */
	TROUBLE_CLOCK, /* the system's is not believed */
	TROUBLE_JOURNAL, /* what is counted is lost: it is full */
	TROUBLE_STORE_CLOCK, /* the store's is not ours */
	TROUBLE_STORE_SLOW, /* it answers past the budget */
	TROUBLE_ORDERS, /* it did not have orders that were given */
	TROUBLE_ALERTS, /* somebody is not told of them */
	TROUBLE_COUNT
};

/* "files", "reload", ... */
const char *trouble_name(enum trouble);
/* There is one; an empty text: there is none any more. */
void trouble_set(enum trouble, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Is there one? Since when (the wall clock), and in what words. */
bool trouble_get(
	enum trouble, int64_t *since_ms, char text[TROUBLE_TEXT_BYTES]);

#endif
