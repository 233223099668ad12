/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations of a message on the store, and the batch that carries them. */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "base/note.h"
#include "base/slice.h"
#include "store/peer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_KEY_BYTES 512
#define STORE_CAP_MAX 65536
#define STORE_GROUP_SEPARATOR '|'
#define STORE_HOUR_MS ((int64_t)3600000)
#define STORE_DAY_HOURS 24
#define STORE_DAY_MS (STORE_DAY_HOURS * STORE_HOUR_MS)

/* Absent is not down: an answer from the fallback is marked as such. */
enum store_result {
	STORE_OK, /* answered by the store itself */
	STORE_FALLBACK, /* answered from memory: the store is down */
	STORE_LATE, /* budget over; answered from memory */
};

/* note: see base/note.h; its group is what shards it, and STORE_CAP_MAX the
 * backend's own cap. */

/*
 * remember: add members to a trace set that expires as a whole. A member is
 * the letter of its role and then the name. Where addresses are kept private,
 * the role stays and the name is recalled as store_name() has it.
 *
 * A capital role belongs to whoever made the set: such members are added when
 * the set is not there yet, at most half its cap in their order, and stay
 * as long as it does. Any other role is added at any time, and past the cap the
 * oldest of them go. A set in which not all found room has STORE_MEMBER_CUT,
 * which who fills it may add, too.
 */
#define STORE_ROLE_MAILBOX 'm'
/* Roles whose names are mailboxes as they are, which STORE_FORGET wipes. */
#define STORE_ROLES_NAMED "mcL"
#define STORE_MEMBER_CUT SLICE("X")
struct store_remember {
	struct slice id; /* hashed Message-ID */
	const struct slice *members;
	size_t count;
	int64_t ttl_ms;
	bool anew; /* what the set held goes: its id means something else now */
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
	bool peered; /* asked for as a peer of the mailbox, too; not answered so
		      * where false comes back */
	/* answers */
	bool known; /* false: the mailbox was never seen */
	bool person; /* it has logged in, or written mail */
	uint64_t route_count; /* forwards to destination so far */
	int64_t route_first_ms, route_last_ms; /* ever; 0: never */
	uint64_t received_day,
		forwarded_day; /* this clock hour and 23 before */
	uint64_t keyword_received_day, keyword_forwarded_day;
	uint64_t forwarded_hour; /* in this clock hour (of UTC) */
	/* Of a peer. */
	int64_t at_ms; /* now, by the store's clock */
	struct peer peer; /* all zero: the mailbox never wrote there */
	struct peer_arrivals arrivals;
	uint16_t begun_day; /* since 1970: it first wrote to any; 0: never */
};

/*
 * tally: adds to the records for people. A mailbox that only receives is
 * anybody's to invent: its record lives a day, and where memory runs out it
 * goes first, then those of persons; one with forwards is never pushed out by
 * one without.
 */
enum tally_what {
	TALLY_RECEIVED,
	TALLY_FORWARDED, /* with a destination: also the route */
	TALLY_TAGGED,
	TALLY_QUARANTINED,
	TALLY_WOULD, /* would have been held or refused in mode enforce */
	TALLY_LET_GO, /* was held, and is not any more */
	TALLY_COUNT,
	/* A mark and no count: the mailbox, or the bare login, has logged in or
	 * written mail. */
	TALLY_PERSON = TALLY_COUNT,
	TALLY_KINDS
};
struct store_tally {
	struct slice mailbox, destination; /* destination may be absent */
	enum tally_what what;
	bool keyword; /* its subject is on the keyword list */
	struct slice identity; /* counts once for each identity (retries) */
	/* Of TALLY_RECEIVED: who wrote it, for whom it counts as a peer that
	 * writes back, if the mailbox writes to him. */
	const struct slice *authors;
	size_t author_count;
};
#define STORE_AUTHORS_MAX 3

/*
 * peer: what is known of a peer now, after facts was asked for it. What came
 * back meanwhile is not lost, and a later message's word stands.
 */
struct store_peer {
	struct slice mailbox, destination;
	struct peer peer;
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
	STORE_PEER,
};

struct store_op {
	enum store_verb verb;
	union {
		struct note note;
		struct store_remember remember;
		struct store_recall recall;
		struct store_facts facts;
		struct store_tally tally;
		struct store_append append;
		struct store_peer peer;
	};
};

struct arena;

struct store_batch {
	struct store_op *ops; /* carried out in this order */
	size_t count;
	struct arena *arena; /* answers that have a size live here */
	int64_t at_ms; /* the store's time; 0: the backend's own clock */
	/* So many of the first are answered already, by store_foresee(); what
	 * is behind them is carried out only if the store says the same. 0:
	 * all is. */
	size_t foreseen;
	bool exact; /* ... to the last message that was counted */
	bool came_true; /* an answer: it was the same, and is carried out */
};

#endif
