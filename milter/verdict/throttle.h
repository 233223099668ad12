/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many alerts go out. Two bounds hold, and what either holds back is not
 * silent: it is counted, and told of in one summary.
 *
 * A pair, a policy and a mailbox, is told of once; what it does within the
 * window after that is summed up when the window ends, and a new window
 * begins. Of all pairs together no more than so many alerts go out in a
 * minute; what would be more is summed up once a minute, with whom it was
 * about. So a campaign of 10,000 mailboxes is a minute's alerts and a line.
 *
 * Pure: time is handed in. Memory is bounded by what goes out, not by what
 * comes in. Not thread-safe.
 */
#ifndef VERDICT_THROTTLE_H
#define VERDICT_THROTTLE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names that a summary has of those that differ. */
#define THROTTLE_NAMES 5

struct throttle_options {
	int64_t window_ms; /* of a pair; 0: no pair is held back */
	unsigned per_minute; /* alerts of all pairs, at least 1 */
	size_t pairs; /* that are remembered */
	size_t distinct; /* names that are told apart, all together */
};

/* What an alert is about; any may be absent. */
struct throttle_subject {
	struct slice policy, mailbox, destination;
	int64_t at_ms; /* the wall clock: for people */
	bool urgent; /* a few have room past a campaign */
};

/* Names that differ: how many, and the first of them, each with a NUL. */
struct throttle_names {
	size_t count;
	const char *first[THROTTLE_NAMES]; /* borrowed from the throttle */
};

struct throttle_summary {
	bool campaign; /* of many pairs; else of the one pair that is named */
	uint64_t count;
	int64_t first_ms, last_ms; /* the wall clock */
	struct throttle_names policies, mailboxes, destinations;
	bool more; /* there are more names than were told apart */
};

struct throttle;

/* NULL when out of memory. */
struct throttle *throttle_new(const struct throttle_options *);
void throttle_free(struct throttle *);
/* Other bounds from now on; what is held stays held. */
void throttle_change(struct throttle *, const struct throttle_options *);

/* May it go out now? now_ms is monotonic. False: it is counted for a summary.
 * Summaries that are due are to be taken before. */
bool throttle_pass(
	struct throttle *, int64_t now_ms, const struct throttle_subject *);
/* The next summary that is due, valid until the next call; false: none is. */
bool throttle_due(struct throttle *, int64_t now_ms, struct throttle_summary *);
/* All that is held, as one summary, and nothing is held any more. */
bool throttle_flush(struct throttle *, struct throttle_summary *);
/* When the next summary may be due; INT64_MAX: nothing is held. */
int64_t throttle_next_ms(const struct throttle *);

#endif
