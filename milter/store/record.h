/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that people see of one mailbox, apart from any backend: what is carried
 * from one store to another, and kept as a backup. As text it is one line of
 * JSON. A record is of a mailbox that was seen, of one that is contained, or of
 * both.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/buf.h"
#include "base/err.h"
#include "store/query.h"

#define RECORD_HOURS STORE_DAY_HOURS
#define RECORD_DAYS 8
#define RECORD_COLUMNS 4 /* of an hour: received, forwarded; with keyword */
#define RECORD_ROUTES_MAX 100000
#define RECORD_LINE_MAX ((size_t)64 << 20)

struct record_hour {
	uint32_t hour; /* since 1970 */
	uint32_t count[RECORD_COLUMNS];
};
struct record_day {
	uint32_t day; /* since 1970 */
	uint32_t flows;
};
struct record {
	struct slice mailbox;
	bool seen;
	bool person;
	uint64_t tally[TALLY_COUNT];
	int64_t first_ms, last_ms; /* forwards; 0: none */
	struct record_hour hours[RECORD_HOURS]; /* the oldest first */
	struct record_day days[RECORD_DAYS];
	size_t hour_count, day_count;
	struct store_route *routes; /* without mailbox; any order */
	size_t route_count;
	struct store_containment containment;
};

/* Adds an hour or a day; false: there is no room for it. */
bool record_add_hour(struct record *, const struct record_hour *);
bool record_add_day(struct record *, const struct record_day *);

/* Appends the line, with its end; false: memory was short. */
bool record_print(const struct record *, struct buf *);
/* From a line without its end; texts live in the arena. Whatever stands there
 * is a record that any store takes, or an error in words. */
bool record_parse(
	struct arena *, struct slice line, struct record *, struct err *);
/* The same of an order. A line that is none: true, and not is_order. */
bool record_print_order(const struct store_order *, struct buf *);
bool record_parse_order(struct arena *, struct slice line, bool *is_order,
	struct store_order *, struct err *);

#endif
