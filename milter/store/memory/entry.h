/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries of the memory store's table: what all begin with, and what
 * their kinds add. After it come the key and the kind's own data (table.h).
 */
#ifndef STORE_MEMORY_ENTRY_H
#define STORE_MEMORY_ENTRY_H

#include "base/slice.h"
#include "store/batch.h"

#include <stdint.h>

enum entry_kind {
	ENTRY_WINDOW,
	ENTRY_TRACE,
	ENTRY_MAILBOX,
	ENTRY_PEERS,
	ENTRY_KINDS
};

struct entry {
	struct entry *chain; /* same bucket */
	struct entry *older, *newer; /* same kind */
	uint32_t hash;
	uint32_t bytes; /* of this allocation */
	uint32_t policy; /* windows: part of the key; others: 0 */
	uint16_t key_len;
	uint8_t kind;
	uint8_t mode; /* windows: enum note_mode; mailboxes: what they are */
};

/* window.h: Members first..first+count-1 of the room there is. For NOTE_SUM the
 * values follow the members: room doubles. */
struct window {
	struct entry entry;
	int64_t window_ms;
	uint32_t first, count, room;
};

/* trace.h: records, newest last. */
struct trace {
	struct entry entry;
	int64_t expires_ms;
	uint32_t used; /* bytes of the data */
	uint32_t count;
};

/* mailbox.h: hours, days, routes. Its mode is made of these bits: the highest
 * is its rank, and those of a lower rank go first. */
#define MAILBOX_PERSON 1
#define MAILBOX_FORWARDS 2
#define ENTRY_RANKS 3
struct mailbox {
	struct entry entry;
	int64_t active_ms; /* the last tally */
	int64_t first_ms, last_ms; /* forwards; 0: none */
	uint32_t tally[TALLY_COUNT];
	uint32_t route_bytes;
	uint16_t routes;
	uint8_t hours, days;
};

/* peers.h: rows, then names. */
struct peers {
	struct entry entry;
	int64_t active_ms; /* the last message to any */
	int64_t arrived_ms; /* the last one that came */
	uint32_t count, name_bytes;
	uint16_t begun_day; /* since 1970: the first message to any */
};

unsigned entry_rank(const struct entry *);
/* Of an entry's allocation, what comes before its key. */
size_t entry_head_bytes(enum entry_kind);
/* ... and before its data. */
size_t entry_data_offset(enum entry_kind, size_t key_len);
/* Where the key and the data of an entry are. Data is aligned for 8 bytes. */
struct slice entry_key_text(const struct entry *);
void *entry_data(struct entry *);
size_t entry_data_bytes(const struct entry *);

#endif
