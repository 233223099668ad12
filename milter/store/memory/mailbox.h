/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mailbox' record in memory: totals, the last hours, the last days, and its
 * routes, packed into one entry of the table.
 */
#ifndef STORE_MEMORY_MAILBOX_H
#define STORE_MEMORY_MAILBOX_H

#include "store/memory/table.h"
#include "store/store.h"

#define MAILBOX_DAYS 8

/* One hour's counts: received and forwarded, all and with a keyword. */
struct mailbox_hour {
	uint32_t hour; /* since 1970 */
	uint32_t received, forwarded;
	uint32_t keyword_received, keyword_forwarded;
};

struct mailbox_day {
	uint32_t day; /* since 1970 */
	uint32_t flows;
};

/* A route as it is read out: the slice lives in the entry. */
struct mailbox_route {
	struct slice destination;
	int64_t first_ms, last_ms;
	uint32_t count;
};

struct mailbox_limits {
	uint32_t routes;
	int64_t ttl_ms; /* one that only receives lives a day at most */
};

/* Counts; takes the shard's lock, and counts an identity once: was it the first
 * time? */
bool mailbox_tally(struct table *, const struct mailbox_limits *, int64_t at_ms,
	const struct store_tally *);
/* Fills the answers in, but contained. Takes the shard's lock. */
void mailbox_facts(struct table *, const struct mailbox_limits *, int64_t at_ms,
	struct store_facts *);

/* A route that is known elsewhere: kept unless it is known better here. */
void mailbox_learn(struct table *, const struct mailbox_limits *, int64_t at_ms,
	const struct store_facts *);

/* Another process' record of the mailbox: of each count the greater stays. */
void mailbox_merge(
	struct table *, const struct mailbox_limits *, struct mailbox *other);

/* These need the shard's lock. */
const struct mailbox_hour *mailbox_hours(struct mailbox *);
const struct mailbox_day *mailbox_days(struct mailbox *);
uint32_t mailbox_day_flows(struct mailbox *, uint32_t day);
/* The route after the one at *cursor (0 at the start); false at the end. */
bool mailbox_next_route(
	struct mailbox *, uint32_t *cursor, struct mailbox_route *);
/* Takes the route out; false when it was not there. */
bool mailbox_drop_route(struct mailbox *, struct slice destination);
/* Is what came from a file a record that can be used? */
bool mailbox_is_sound(struct mailbox *);

#endif
