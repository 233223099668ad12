/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that is known of one address on the bad day, put together from what the
 * daemon answers and from the log of events. Whoever writes it out (text,
 * HTML, JSON, STIX) reads this and nothing else.
 *
 * The address is a mailbox whose mail was carried on, or the destination of
 * such mail; it may be both.
 */
#ifndef CLI_INCIDENT_H
#define CLI_INCIDENT_H

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/slice.h"
#include "forward/evidence.h"

#include <stdbool.h>
#include <stddef.h>

/* What events tell of beside the flow: who, by what, why. */
enum incident_aspect {
	INCIDENT_LOGIN,
	INCIDENT_CLIENT,
	INCIDENT_CLIENT_NAME,
	INCIDENT_HELO,
	INCIDENT_SENDER,
	INCIDENT_AUTHOR,
	INCIDENT_MAILER,
	INCIDENT_PLATFORM,
	INCIDENT_KIND,
	INCIDENT_HOST,
	INCIDENT_LISTENER,
	INCIDENT_POLICY,
	INCIDENT_ALLOWED,
	INCIDENT_EXCUSE,
	INCIDENT_UNSEEN,
	INCIDENT_ASPECTS
};

struct incident_aspect_row {
	const char *name; /* in JSON */
	const char *title;
	const char *speaker; /* whose word it is */
	const char *path[4]; /* where an event has it, ended by NULL */
	bool of_flow; /* the path begins at a flow, not at the event */
};
extern const struct incident_aspect_row incident_aspects[INCIDENT_ASPECTS];

/* Times are RFC 3339 texts in UTC, so that they can be compared as texts;
 * absent where nobody knows. */
struct incident_count {
	struct slice text, more; /* more: the speaker of evidence */
	struct slice first, last;
	unsigned long count;
};

struct incident_counts {
	struct incident_count *at;
	size_t count, room;
};

struct incident_route {
	struct slice mailbox, destination, first, last;
	long long count;
	bool logged; /* of the events: the store does not know it */
};

struct incident_routes {
	struct incident_route *at;
	size_t count, room;
};

struct incident_message {
	struct slice at, event, mailbox, destination;
	struct slice message_id, queue_id, subject, author;
	struct slice kind, action, would, words;
	long long confidence;
	bool excused;
};

struct incident_act { /* of an operator, or a rule that was found */
	struct slice at, what, by, why;
};

struct incident {
	struct arena *arena;
	struct map *told, *told_others; /* ids of the events that were taken */
	struct slice address; /* in its one form */
	struct slice hashed; /* as the store calls it, where it does */
	struct slice made; /* when this was put together */

	const struct json *mailbox; /* the daemon's answer, or NULL */
	struct incident_counts aspects[INCIDENT_ASPECTS];
	struct incident_counts evidence;
	struct incident_routes routes; /* from it, or to it */
	struct incident_routes others; /* other mailboxes, same places */
	struct incident_message *messages;
	size_t message_count, message_room;
	struct incident_act *acts;
	size_t act_count, act_room;
	struct incident_counts sources; /* what was read; count: its events */
	struct incident_counts gaps; /* what could not be */
	struct slice oldest; /* event that was read, whosever */
	struct slice rules; /* lines on rules at rest; or absent */
	bool mailbox_known, as_mailbox, as_destination, hidden, cut;
};

/* What one event tells of it. Later ones of the same id are known. */
void incident_take_event(struct incident *, const struct json *event);
/* What one event tells of others that send to the same places; when the
 * routes are all known. */
void incident_take_other(struct incident *, const struct json *event);
/* Its times outlive the case. */
void incident_take_route(struct incident *, const struct incident_route *);
/* Orders what was taken by time. */
void incident_settle(struct incident *);
/* Is it the address in question, in a spelling that events have? */
bool incident_is(const struct incident *, struct slice name);

/* Adds one to it; texts are copied, times outlive the case. */
void incident_count(struct incident *, struct incident_counts *,
	const struct incident_count *one);
__attribute__((format(printf, 2, 3))) void incident_gap(
	struct incident *, const char *fmt, ...);
/* Anything at all? */
bool incident_is_seen(const struct incident *);
/* The first and the last time it was seen to move; absent: never. */
struct slice incident_first(const struct incident *);
struct slice incident_last(const struct incident *);
/* Was the message kept back: of what was done, or would be. */
bool incident_is_held(struct slice action);
/* NULL where no row has that name. */
const struct evidence_row *incident_evidence(struct slice name);

#endif
