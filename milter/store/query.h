/* SPDX-License-Identifier: BSD-2-Clause */
/* What people ask the store, and what it answers. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "store/batch.h"

struct store_mailbox {
	struct slice mailbox;
	uint64_t tally[TALLY_COUNT]; /* since it was first seen */
	uint64_t flows; /* STORE_TOP: on the day asked for; else today's */
	uint64_t destinations; /* routes */
	bool person; /* has logged in, or written mail */
	int64_t first_forward_ms, last_forward_ms;
};
struct store_containment {
	struct slice by, why;
	int64_t at_ms, until_ms; /* until_ms 0: not in force */
};
/* An order that is kept beside the mailboxes: about is a group (store.h) that
 * begins with what is ordered, as "allow|alice@example.com|bob@b.example". */
#define STORE_ORDER_CONTAIN SLICE("contain") /* and then a mailbox */
struct store_order {
	struct slice about;
	struct store_containment word;
};
struct store_orders {
	struct store_order *at;
	size_t count;
	/* Of stores among themselves: what was taken back and when, known by
	 * its digest (key.h), until it would have been over; and the store's
	 * time. */
	struct store_order *ended;
	size_t ended_count;
	int64_t now_ms;
	struct slice mark; /* hand it in again to hear of changes only */
	bool same; /* nothing changed since the mark, and nothing is listed */
};
#define STORE_ORDERS_MAX 10000
struct store_route {
	struct slice mailbox, destination;
	uint64_t count;
	int64_t first_ms, last_ms;
	struct peer peer; /* of STORE_ONE_WAY */
};
struct store_mailboxes {
	struct store_mailbox *at;
	size_t count;
};
struct store_routes {
	struct store_route *at;
	size_t count;
	bool more; /* than the limit, or than are kept */
};

struct store_window {
	struct slice group, policy;
	uint64_t count;
	int64_t newest_ms, oldest_ms;
};
struct store_windows {
	struct store_window *at;
	size_t count;
};
struct store_hours { /* one mailbox, the last 24 hours, [0] is this one */
	uint64_t received[STORE_DAY_HOURS], forwarded[STORE_DAY_HOURS];
};
struct store_events { /* newest last; JSON texts */
	struct slice *at;
	size_t count;
	struct slice last_id; /* hand it in again to go on from there */
};

/*
 * What people ask, and the orders they give. Each kind reads the parameters
 * that stand behind it and fills in the answer before the colon.
 */
enum store_query_kind {
	/* mailboxes: by flows of the UTC day that holds at_ms, most first, at
	 * most limit */
	STORE_TOP,
	/* mailboxes: the record of about, a mailbox; count 0 or 1 */
	STORE_MAILBOX,
	/* routes: of the mailbox about (absent: of all), last seen since
	 * at_ms and first since new_ms, newest first, at most limit (0: all) */
	STORE_ROUTES,
	/* routes: who sends to about, a destination, at most limit (0: all) */
	STORE_SENDERS,
	/* routes: of the mailbox about (absent: of all) to those who do not
	 * write back and get something on eight days of ten, last seen since
	 * at_ms, newest first, at most limit (0: all) */
	STORE_ONE_WAY,
	/* windows: of the group about */
	STORE_WINDOWS,
	/* hours: of the mailbox about */
	STORE_HOURS,
	/* events: after the id (absent: the last ones), at most limit */
	STORE_EVENTS,
	/* orders: all that are in force; with a mark (after), if they changed
	 * since then */
	STORE_ORDERS,
	/* orders: the same as this process has heard of them: no round trip */
	STORE_ORDERS_HEARD,
	/* Gives the order about, as containment says (until_ms <= the store's
	 * now: takes it back). With as_kept its times are those of a store, and
	 * a newer word stands. */
	STORE_ORDER,
	/* orders: those that were over by themselves since this process asked
	 * last; a machine that was off when it happened may tell it again */
	STORE_OVER,
	/* wiped: Wipes the mailbox about everywhere, also as destination and
	 * as member; counts the keys and members that went until now, and
	 * says whether traces are still looked through. */
	STORE_FORGET,
	/* records: some of those after the mark (absent: the first); a mailbox
	 * may come more than once */
	STORE_EXPORT,
	/* Takes the record in: of each count, and of what is there already, the
	 * greater stays, so that it may be done again. */
	STORE_IMPORT,
	STORE_QUERY_KINDS
};

struct record; /* record.h */
struct store_records {
	struct record *at;
	size_t count;
	struct slice mark; /* hand it in to go on; empty: that was all */
};

struct store_answer {
	/* Absent, or why this machine's memory alone answers, and since when:
	 * what others counted is not in it. */
	struct slice alone;
	struct store_mailboxes mailboxes;
	struct store_routes routes;
	struct store_windows windows;
	struct store_hours hours;
	struct store_events events;
	struct store_orders orders;
	struct store_records records;
	uint64_t wiped;
	bool more_to_wipe; /* traces, peers: still looked through */
};

struct store_query {
	enum store_query_kind kind;
	struct slice about;
	int64_t at_ms, new_ms;
	size_t limit;
	struct slice after;
	struct store_containment containment;
	bool as_kept;
	const struct record *record;
	struct store_answer answer;
};

#endif
