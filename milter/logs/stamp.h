/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The times of log lines. The traditional ones say neither year nor zone: the
 * zone is this machine's, the year is counted from the time at which the file
 * was last written.
 */
#ifndef LOGS_STAMP_H
#define LOGS_STAMP_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define STAMP_TRADITIONAL_BYTES 15 /* "Nov 26 18:03:28" */
#define STAMP_TEXT_MAX 40

/* Of one file; begin with zeros and stamp_begin(). */
struct stamps {
	int64_t written_ms; /* of the file */
	int year; /* of the last traditional stamp; 0: none yet */
	bool year_given;
	unsigned month;
	char hour[STAMP_TEXT_MAX]; /* of which hour_ms is known */
	int64_t hour_ms;
	char last[STAMP_TEXT_MAX];
	int64_t last_ms;
};

/* year: of the first line; 0: to be found. */
void stamp_begin(struct stamps *, int64_t written_ms, int year);
/* "Nov  6 18:03:28", the first bytes of text. */
bool stamp_traditional(struct stamps *, struct slice text, int64_t *at_ms);
/* "2026-11-26T18:03:28.308862+00:00": a whole word. */
bool stamp_rfc3339(struct stamps *, struct slice word, int64_t *at_ms);
/* "2026-11-26 18:11:48", of this machine's zone unless one follows; *len is
 * how long it is, fraction and zone included. */
bool stamp_exim(
	struct stamps *, struct slice text, int64_t *at_ms, size_t *len);

#endif
