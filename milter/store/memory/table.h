/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory store's table: sets and records under their keys, in shards,
 * each with a lock and a share of the memory.
 *
 * An entry is one allocation: this header, what its kind adds, the key, and
 * the kind's own data. Entries of one kind are linked from the stalest to the
 * newest, mailboxes in a list for each rank (entry.h). When a shard holds more
 * than its share, the stalest go, of the kind that is furthest over its part
 * and of the lowest rank in it: a flood of Message-IDs pushes out old
 * Message-IDs, not the counters of mailboxes; a flood of recipients pushes out
 * recipients, not the history of who forwards.
 */
#ifndef STORE_MEMORY_TABLE_H
#define STORE_MEMORY_TABLE_H

#include "base/buf.h"
#include "base/slice.h"
#include "store/memory/dedup.h"
#include "store/memory/entry.h"
#include "store/memory/siphash.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry_list {
	struct entry *oldest, *newest;
	size_t bytes, count;
};

/* A copy of the shard that is made some buckets at a time. A print belongs into
 * it if what it stands for does: not, if its entry was copied before. */
struct table_copy {
	bool under_way;
	uint32_t buckets; /* copied so far */
	struct buf late; /* the prints that are not in it, as uint64_t */
};

struct table_shard {
	pthread_mutex_t lock;
	struct entry **buckets;
	uint32_t size, count; /* size is a power of two */
	size_t limit;
	size_t bytes; /* of the entries */
	uint64_t evicted, expired;
	struct entry_list lists[ENTRY_KINDS][ENTRY_RANKS];
	struct dedup dedup;
	struct table_copy copy;
};

struct table {
	struct siphash_key key;
	uint32_t shard_count; /* a power of two */
	struct table_shard *shards;
};

struct entry_key {
	enum entry_kind kind;
	uint32_t policy;
	struct slice text;
	uint64_t hash;
};

/* limit: bytes all shards may hold. NULL when out of memory. */
struct table *table_new(size_t limit);
void table_free(struct table *);

/* Text of at most STORE_KEY_BYTES: longer keys are the caller's to cut. */
struct entry_key table_key(const struct table *, enum entry_kind,
	uint32_t policy, struct slice text);
uint64_t table_print(const struct table *, struct slice);
/* The shard that all keys with this text live in. */
struct table_shard *table_shard_of(
	const struct table *, const struct entry_key *);

/* The rest needs the shard's lock. */

/* What the shard holds: entries, buckets, prints. */
size_t table_bytes(const struct table_shard *);
/* Borrowed until the next change in the shard, or NULL. */
struct entry *table_find(const struct table_shard *, const struct entry_key *);
/* A new entry with room for data bytes, zeroed, the newest of its kind; NULL
 * when out of memory. */
struct entry *table_add(
	struct table_shard *, const struct entry_key *, size_t data_bytes);
/* Gives it room for data bytes; it may move. NULL when out of memory: the
 * old one is still there then. */
struct entry *table_resize(
	struct table_shard *, struct entry *, size_t data_bytes);
/* Something was counted in the entry with this key, under this print. */
void table_counted(
	struct table_shard *, const struct entry_key *, uint64_t print);
void table_remove(struct table_shard *, struct entry *);
/* It was used just now: the newest of its list. */
void table_touch(struct table_shard *, struct entry *);
/* Its mode, which may put it into another list as the newest. */
void table_set_mode(struct table_shard *, struct entry *, uint8_t mode);
/* The entry of the kind that goes first, and the one that goes after it; NULL
 * at the end. */
struct entry *table_oldest(const struct table_shard *, enum entry_kind);
struct entry *table_after(const struct table_shard *, const struct entry *);
/* Drops the stalest until the shard is within its share. */
void table_trim(struct table_shard *);

#endif
