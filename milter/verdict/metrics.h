/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters of what was judged, and their text for Prometheus (exposition
 * format 0.0.4). Counting is a few relaxed additions; only a policy that
 * matched takes a lock. All functions may be called by any thread.
 */
#ifndef VERDICT_METRICS_H
#define VERDICT_METRICS_H

#include "base/buf.h"
#include "verdict/verdict.h"

struct metrics;

struct metrics *metrics_new(void);
/* For tests: a daemon's go with the process. */
void metrics_free(struct metrics *);

/* Makes the program's policies known, so that one that never matched shows
 * as 0. Counts of policies that were there before go on. False when out of
 * memory. */
bool metrics_bind(struct metrics *, const struct sigma_program *);
/* Once for each judged message. */
void metrics_count(struct metrics *, const struct verdict *, enum action taken);
/* Appends the text; health may be NULL. */
void metrics_write(
	struct metrics *, const struct store_health *health, struct buf *);

#endif
