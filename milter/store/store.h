/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store: what outlives one message. One primitive, the sliding set
 * (members with the time each was last seen), and beside it records for
 * people: what a mailbox received and forwarded, its routes, the events.
 *
 * A message makes at most two batches: a recall before inference and a note
 * after the policies. A batch is asked (the caller waits for answers, at
 * most its budget) or told (copied, nobody waits). Backends: memory, redis,
 * and resilient, which puts memory behind redis.
 *
 * Slices hold any bytes. Keys longer than STORE_KEY_BYTES are cut and end in a
 * digest of the whole. A group made of several fields joins them with the
 * byte STORE_GROUP_SEPARATOR, and has a backslash before it and before a
 * backslash within a field.
 *
 * Every function is safe to call from any thread.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_KEY_BYTES 512
#define STORE_CAP_MAX 65536
#define STORE_GROUP_SEPARATOR '|'

/* Absent is not down: an answer from the fallback is marked as such. */
enum store_result {
	STORE_OK, /* answered by the store itself */
	STORE_FALLBACK, /* answered from memory: the store is down */
	STORE_LATE, /* budget over; answered from memory */
};

/* How a note changes its set, and what it answers. */
enum note_mode {
	NOTE_COUNT, /* member seen at at_ms; answers how many members */
	NOTE_SUM, /* the same, with value; answers count and sum */
	NOTE_STEP, /* step of an ordered sequence, see below */
};

/*
 * note: the member was seen now. Members older than the window go (one that
 * is exactly as old as the window stays); of the rest the newest cap are
 * kept. A member noted again is kept dedup, at its latest time. after >= 0
 * makes the note conditional: it is carried out only if note number after of
 * this batch (an earlier index) answered count >= after_least: chains of
 * correlations need no further round trip.
 *
 * NOTE_STEP keeps, for each step 0..steps-1, the latest time at which a
 * sequence that has come that far has begun (step 0 begins at at_ms; step n
 * takes over the time of step n-1); count answers how many steps the
 * sequence whose beginning lies in the window has reached after this note.
 */
struct store_note {
	struct slice group; /* what shards it: "alice@example.com" */
	struct slice policy; /* the rest of the key: the policy's id */
	struct slice member;
	enum note_mode mode;
	int64_t window_ms;
	uint32_t cap; /* 0: no cap but the backend's own, STORE_CAP_MAX */
	double value;
	uint16_t step, steps;
	int after; /* -1: unconditional */
	uint64_t after_least;

	/* answers */
	uint64_t before; /* members in the window before this note */
	uint64_t count; /* ... and after it */
	double sum; /* of their values, for NOTE_SUM */
	bool fresh; /* the member was not in the window before */
	bool done; /* false: the condition did not hold */
};

/*
 * remember: add members to a trace set that expires as a whole. A member is
 * the letter of its role and then the name. Where addresses are kept private,
 * the role stays and the name is recalled as store_name() has it.
 */
#define STORE_ROLE_MAILBOX 'm' /* store_forget() wipes these */
struct store_remember {
	struct slice id; /* hashed Message-ID */
	const struct slice *members;
	size_t count;
	int64_t ttl_ms;
};

/* recall: the members of a trace set, newest first, at most cap. */
struct store_member {
	struct slice name; /* lives in the batch's arena */
	int64_t at_ms;
};
struct store_recall {
	struct slice id;
	uint32_t cap;
	/* answers */
	const struct store_member *members;
	size_t count;
};

/* facts: what is known of a mailbox and of its way to a destination. */
struct store_facts {
	struct slice mailbox, destination;
	/* answers */
	bool known; /* false: the mailbox was never seen */
	uint64_t route_count; /* forwards to destination so far */
	int64_t route_first_ms, route_last_ms; /* ever; 0: never */
	uint64_t received_day,
		forwarded_day; /* this clock hour and 23 before */
	uint64_t keyword_received_day, keyword_forwarded_day;
	uint64_t forwarded_hour; /* in this clock hour (of UTC) */
	bool contained;
};

/* tally: adds to the records for people. */
enum tally_what {
	TALLY_RECEIVED,
	TALLY_FORWARDED, /* with a destination: also the route */
	TALLY_TAGGED,
	TALLY_QUARANTINED,
	TALLY_COUNT
};
struct store_tally {
	struct slice mailbox, destination; /* destination may be absent */
	enum tally_what what;
	bool keyword; /* its subject is on the keyword list */
	struct slice identity; /* counts once for each identity (retries) */
};

/* append: one event, JSON, to the stream. */
struct store_append {
	struct slice json;
};

enum store_verb {
	STORE_NOTE,
	STORE_REMEMBER,
	STORE_RECALL,
	STORE_FACTS,
	STORE_TALLY,
	STORE_APPEND,
};

struct store_op {
	enum store_verb verb;
	union {
		struct store_note note;
		struct store_remember remember;
		struct store_recall recall;
		struct store_facts facts;
		struct store_tally tally;
		struct store_append append;
	};
};

struct arena;

struct store_batch {
	struct store_op *ops; /* carried out in this order */
	size_t count;
	struct arena *arena; /* answers that have a size live here */
	int64_t at_ms; /* the store's time; 0: the backend's own clock */
};

struct store;

/* Waits for the answers, at most budget_ms; always fills every answer in. */
enum store_result store_ask(
	struct store *, struct store_batch *, int64_t budget_ms);
/* Copies what it needs and returns at once; answers are not filled in. */
void store_tell(struct store *, const struct store_batch *);
/* Writes what is in memory to disk now; true with nothing to write to. */
bool store_snapshot(struct store *, struct err *);
/* Writes what is in memory to disk, ends threads, frees. NULL is fine. */
void store_close(struct store *);

/* What an address is called in the store: itself or, where addresses are kept
 * private, "h:" and 32 hex digits. Lives in the arena. Texts without "@" and
 * such names come back as they are. */
struct slice store_name(struct store *, struct arena *, struct slice address);

/* For people. Rows live in the arena. */
struct store_mailbox {
	struct slice mailbox;
	uint64_t tally[TALLY_COUNT]; /* since it was first seen */
	uint64_t flows; /* store_top: on the day asked for; else today's */
	uint64_t destinations; /* routes */
	int64_t first_forward_ms, last_forward_ms;
};
struct store_containment {
	struct slice by, why;
	int64_t at_ms, until_ms; /* until_ms 0: not contained */
};
struct store_route {
	struct slice mailbox, destination;
	uint64_t count;
	int64_t first_ms, last_ms;
};
struct store_mailboxes {
	struct store_mailbox *at;
	size_t count;
};
struct store_routes {
	struct store_route *at;
	size_t count;
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
	uint64_t received[24], forwarded[24];
};
struct store_events { /* newest last; JSON texts */
	struct slice *at;
	size_t count;
	struct slice last_id; /* hand it in again to go on from there */
};

/* Mailboxes by flows of the UTC day that holds day_ms, most first. */
bool store_top(struct store *, struct arena *, int64_t day_ms, size_t limit,
	struct store_mailboxes *, struct err *);
/* One mailbox' record; count 0 or 1. */
bool store_mailbox(struct store *, struct arena *, struct slice mailbox,
	struct store_mailboxes *, struct err *);
/* Routes of one mailbox (absent: of all), last seen since, newest first. */
bool store_routes(struct store *, struct arena *, struct slice mailbox,
	int64_t since_ms, struct store_routes *, struct err *);
/* Who sends to a destination. */
bool store_senders(struct store *, struct arena *, struct slice destination,
	struct store_routes *, struct err *);
/* The windows of the group. */
bool store_windows(struct store *, struct arena *, struct slice group,
	struct store_windows *, struct err *);
bool store_hours(struct store *, struct arena *, struct slice mailbox,
	struct store_hours *, struct err *);
/* Events after the id (absent: the last limit ones). */
bool store_events(struct store *, struct arena *, struct slice after,
	size_t limit, struct store_events *, struct err *);
/* Contains a mailbox until then (until_ms <= the store's now: no longer). */
bool store_contain(struct store *, struct slice mailbox,
	const struct store_containment *, struct err *);
bool store_contained(struct store *, struct arena *, struct slice mailbox,
	struct store_containment *, struct err *);
/* Wipes one mailbox everywhere, also as destination and as member; *wiped
 * counts the keys and members that went. */
bool store_forget(
	struct store *, struct slice mailbox, uint64_t *wiped, struct err *);

/* For metrics and health. */
struct store_health {
	const char *backend; /* "memory", "redis", ... */
	bool up;
	int64_t since_ms; /* of this state */
	char reason[128]; /* why it is down */
	uint64_t round_trips; /* of batches and questions */
	uint64_t pipelines; /* sent: several batches may share one */
	uint64_t ops; /* operations sent */
	uint64_t failures; /* batches that did not get through */
	uint64_t late; /* that had no answer within their budget */
	uint64_t journal; /* operations waiting to be replayed */
	uint64_t replayed; /* ... that were */
	uint64_t dropped; /* sets that went because memory was full */
	uint64_t lost; /* operations the journal had no room for, or refused */
	uint64_t bytes; /* memory held */
	uint64_t entries; /* sets and records in memory */
};
void store_health(struct store *, struct store_health *);

#endif
