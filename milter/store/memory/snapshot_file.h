/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The snapshot file of the memory store, as its writer and its reader know
 * it: a head with its own digest, then blocks, each with its length and the
 * SHA-256 of its contents, then an empty block of the type END. Numbers are the
 * machine's own: a file that comes from another kind of machine is refused by
 * its marker, as one of another version is.
 */
#ifndef STORE_MEMORY_SNAPSHOT_FILE_H
#define STORE_MEMORY_SNAPSHOT_FILE_H

#include "base/digest.h"
#include "store/memory/siphash.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define SNAPSHOT_MAGIC "fwstore\n"
#define SNAPSHOT_VERSION 2
/* A mailbox has fewer tallies in it; read, never written. */
#define SNAPSHOT_VERSION_BEFORE 1
#define SNAPSHOT_MARKER 0x01020304
#define SNAPSHOT_BLOCK_MAX ((uint32_t)1 << 30)

struct snapshot_head {
	char magic[8];
	uint32_t marker, version;
	uint32_t shard_count, unused;
	struct siphash_key key;
	unsigned char digest[DIGEST_BYTES]; /* of what is above */
};

enum snapshot_type {
	SNAPSHOT_END,
	SNAPSHOT_POLICY, /* one name; in the order of their numbers */
	SNAPSHOT_ENTRIES, /* snapshot_entry and its bytes, repeated */
	SNAPSHOT_DEDUP, /* the shard's number, then prints */
	SNAPSHOT_EVENT, /* snapshot_event and its text, repeated */
	SNAPSHOT_CONTAINED, /* snapshot_contained, three texts: of mailboxes, by
			     * version 0.1 */
	SNAPSHOT_ORDERS, /* the same, of what was ordered */
	SNAPSHOT_TYPES
};

struct snapshot_block {
	uint32_t type, bytes;
	unsigned char digest[DIGEST_BYTES];
};

struct snapshot_entry {
	uint32_t policy, bytes; /* of what follows the entry's header */
	uint16_t key_len;
	uint8_t kind, mode;
};

struct snapshot_event {
	int64_t at_ms;
	uint64_t len;
};

struct snapshot_contained {
	int64_t at_ms, until_ms;
	uint32_t mailbox, by, why; /* lengths */
	uint32_t unused;
};

/* Which file it was that this process read or wrote last. */
struct snapshot_file {
	dev_t device;
	ino_t number; /* 0: there was none */
	int64_t written_ns;
};
void snapshot_file_saw(struct snapshot_file *, const struct stat *);
bool snapshot_file_is(const struct snapshot_file *, const struct stat *);

#endif
