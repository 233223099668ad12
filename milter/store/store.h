/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store: what outlives one message. One primitive, the sliding set
 * (members with the time each was last seen), and beside it records for
 * people: what a mailbox received and forwarded, its routes, the events.
 *
 * A message makes at most two batches: a recall before inference and a note
 * after the policies; mostly one, where what the first answers is foreseen. A
 * batch is asked (the caller waits for answers, at most its budget) or told
 * (copied, nobody waits). Backends: memory, redis, and resilient, which puts
 * memory behind redis.
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
#include "store/batch.h"
#include "store/hand.h"
#include "store/query.h"
#include "store/store_options.h"

struct store;

/* Waits for the answers, at most budget_ms; always fills every answer in. */
enum store_result store_ask(
	struct store *, struct store_batch *, int64_t budget_ms);
/*
 * Answers recalls and facts at once, by what this machine knows: a guess at
 * what the store will say, or with some backends that itself. False: there is
 * no guess. Who has judged by it asks the same batch, with notes behind it and
 * foreseen set: so what is counted by the answers is counted in the round trip
 * that brings them. What is the same: who stands in a trace, and when to
 * STORE_FORESEEN_MS; of facts whether there are any, since when there is a
 * route, and, with exact, how many messages.
 */
#define STORE_FORESEEN_MS 2000
#define STORE_FORESEEN_NOTES 256 /* at most */
bool store_foresee(struct store *, struct store_batch *);
/* Copies what it needs and returns at once; answers are not filled in. */
void store_tell(struct store *, const struct store_batch *);
/* Writes what is in memory to disk now; true with nothing to write to. */
bool store_snapshot(struct store *, struct err *);
/* False with err: not all of it came about. True for a store that all
 * processes share. */
bool store_hand(struct store *, enum store_hand, struct err *);
/* Logins and certificates anew, for the connections to come: nothing else of
 * the options is looked at. */
bool store_log_in(struct store *, const struct store_options *, struct err *);
/* Writes what is in memory to disk, ends threads, frees. NULL is fine. */
void store_close(struct store *);

/* What an address is called in the store: itself or, where addresses are kept
 * private, "h:" and 32 hex digits. Lives in the arena. Texts without "@" and
 * such names come back as they are. */
struct slice store_name(struct store *, struct arena *, struct slice address);

/* "received": in Redis, and for people. */
const char *store_tally_name(enum tally_what);

/* The answer lives in the arena. False when there is none, or the order was
 * not carried out everywhere. */
bool store_query(
	struct store *, struct arena *, struct store_query *, struct err *);

/* Is this order in force (query.h)? Asked of what this process knows, which
 * hears of others' orders within a second and keeps the last it heard while the
 * store is down: no round trip. What word says lives in the arena. */
bool store_ordered(struct store *, struct arena *, struct slice about,
	struct store_containment *word);

#define STORE_REASON_BYTES 256

/* For metrics and health. */
struct store_health {
	const char *backend; /* "memory", "redis", ... */
	bool up;
	int64_t since_ms; /* of this state */
	char reason[STORE_REASON_BYTES]; /* why it is down */
	char unsaved[ERR_TEXT_BYTES]; /* why the state is not written */
	int64_t slow_since_ms; /* past every budget; 0: it is not slow */
	int64_t ahead_ms; /* the store's clock, of this machine's */
	bool full; /* what is told is lost: the journal has no room */
	unsigned nodes, nodes_down; /* of Redis; masters of a cluster */
	uint64_t round_trips; /* of batches and questions */
	uint64_t pipelines; /* sent: several batches may share one */
	uint64_t given_back; /* orders that Redis had lost, or not heard */
	int64_t given_back_ms; /* the last of them */
	uint64_t wiping; /* mailboxes that traces are looked through for */
	uint64_t ops; /* operations sent */
	uint64_t failures; /* batches that did not get through */
	uint64_t late; /* that had no answer within their budget */
	uint64_t journal; /* operations waiting to be replayed */
	uint64_t replayed; /* ... that were */
	uint64_t evicted; /* sets and records: memory was full */
	uint64_t lost; /* operations the journal had no room for, or refused */
	uint64_t bytes; /* memory held */
	uint64_t entries; /* sets and records in memory */
};
void store_health(struct store *, struct store_health *);

#endif
