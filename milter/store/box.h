/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mailbox' record in memory: totals, the last hours, the last days, and its
 * routes, packed into one entry of the table.
 */
#ifndef STORE_BOX_H
#define STORE_BOX_H

#include "store/store.h"
#include "store/table.h"

#define BOX_HOURS 24
#define BOX_DAYS 8
#define BOX_HOUR_MS ((int64_t)3600000)
#define BOX_DAY_MS (24 * BOX_HOUR_MS)

/* One hour's counts: received and forwarded, all and with a keyword. */
struct box_hour {
	uint32_t hour; /* since 1970 */
	uint32_t received, forwarded;
	uint32_t keyword_received, keyword_forwarded;
};

/* A route as it is read out: the slice lives in the entry. */
struct box_route {
	struct slice destination;
	int64_t first_ms, last_ms;
	uint32_t count;
};

struct box_limits {
	uint32_t routes;
	int64_t ttl_ms;
};

/* Counts; takes the shard's lock, and counts an identity once. */
void box_tally(struct table *, const struct box_limits *, int64_t at_ms,
	const struct store_tally *);
/* Fills the answers in, but contained. Takes the shard's lock. */
void box_facts(struct table *, int64_t at_ms, struct store_facts *);

/* A route that is known elsewhere: kept unless it is known better here. */
void box_learn(struct table *, const struct box_limits *, int64_t at_ms,
	const struct store_facts *);

/* Another process' record of the mailbox: of each count the greater stays. */
void box_merge(struct table *, const struct box_limits *, struct box *other);

/* These need the shard's lock. */
const struct box_hour *box_hours(struct box *);
uint32_t box_day_flows(struct box *, uint32_t day);
/* The route after the one at *cursor (0 at the start); false at the end. */
bool box_next_route(struct box *, uint32_t *cursor, struct box_route *);
/* Takes the route out; false when it was not there. */
bool box_drop_route(struct box *, struct slice destination);
/* Is what came from a file a record that can be used? */
bool box_is_sound(struct box *);

#endif
