/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the snapshot at start. Every block is checked before it is used; at
 * the first that is not whole the file is set aside under another name, what
 * was read before it is kept, and a line says so. It is never fatal: mail
 * matters more than counts.
 */
#include "store/memory/restore.h"

#include "base/atomic_file.h"
#include "store/bytes.h"
#include "store/memory/peers.h"
#include "store/memory/retention.h"
#include "store/memory/snapshot_file.h"
#include "store/memory/trace.h"
#include "store/memory/window.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct reader {
	struct memory *memory;
	FILE *file;
	struct snapshot_head head;
	uint32_t *policies; /* numbers then -> numbers now */
	uint32_t policy_count, policy_room;
};

static bool
read_policy(struct reader *reader, struct slice contents)
{
	uint32_t number = symbols_number(reader->memory->policies, contents);

	if (reader->policy_count == reader->policy_room) {
		uint32_t room = reader->policy_room * 2 + 16;
		uint32_t *policies =
			realloc(reader->policies, room * sizeof(*policies));

		if (policies == NULL)
			return false;
		reader->policies = policies;
		reader->policy_room = room;
	}
	reader->policies[reader->policy_count++] = number;
	return number != 0;
}

static bool
is_sound(struct entry *entry)
{
	switch ((enum entry_kind)entry->kind) {
	case ENTRY_WINDOW:
		return window_is_sound((struct window *)entry);
	case ENTRY_TRACE:
		return trace_is_sound((struct trace *)entry);
	case ENTRY_MAILBOX:
		return mailbox_is_sound((struct mailbox *)entry);
	case ENTRY_PEERS:
		return peers_is_sound((struct peers *)entry);
	case ENTRY_KINDS:
		break;
	}
	return false;
}

/* Where the tallies of version 1 end in a mailbox, and how many are new. */
#define TALLIES_END_BEFORE \
	(offsetof(struct mailbox, tally[TALLY_WOULD]) - sizeof(struct entry))
#define TALLIES_NEW_BYTES                        \
	(offsetof(struct mailbox, route_bytes) - \
		offsetof(struct mailbox, tally[TALLY_WOULD]))

/* A mailbox of version 1 as it is now; the caller frees it. */
static bool
widen(struct slice *bytes, char **made)
{
	*made = NULL;
	if (bytes->len < TALLIES_END_BEFORE)
		return false;
	*made = calloc(1, bytes->len + TALLIES_NEW_BYTES);
	if (*made == NULL)
		return false;
	memcpy(*made, bytes->p, TALLIES_END_BEFORE);
	memcpy(*made + TALLIES_END_BEFORE + TALLIES_NEW_BYTES,
		bytes->p + TALLIES_END_BEFORE, bytes->len - TALLIES_END_BEFORE);
	*bytes = (struct slice){*made, bytes->len + TALLIES_NEW_BYTES};
	return true;
}

/* The entry as it was, from the bytes that followed its header. */
static bool
add_entry(struct reader *reader, const struct snapshot_entry *head,
	struct slice bytes)
{
	struct table *table = reader->memory->table;
	size_t before_key = entry_head_bytes(head->kind) - sizeof(struct entry);
	size_t before_data = entry_data_offset(head->kind, head->key_len) -
		sizeof(struct entry);
	uint32_t policy = 0;
	struct entry_key key;
	struct table_shard *shard;
	struct entry *entry;

	if (bytes.len < before_data || head->key_len > STORE_KEY_BYTES)
		return false;
	if (head->policy > reader->policy_count)
		return true;
	if (head->policy > 0)
		policy = reader->policies[head->policy - 1];
	key = table_key(table, head->kind, policy,
		slice_sub(bytes, before_key, before_key + head->key_len));
	shard = table_shard_of(table, &key);
	if (table_find(shard, &key) != NULL)
		return true;
	entry = table_add(shard, &key, bytes.len - before_data);
	if (entry == NULL)
		return false;
	memcpy(entry + 1, bytes.p, bytes.len);
	if (entry->kind != ENTRY_MAILBOX)
		entry->mode = head->mode;
	if (!is_sound(entry)) {
		table_remove(shard, entry);
		return false;
	}
	if (entry->kind == ENTRY_MAILBOX) {
		struct mailbox *mailbox = (struct mailbox *)entry;

		retention_mark(
			shard, mailbox, retention_mode(mailbox, head->mode));
	}
	return true;
}

static bool
read_entry(struct reader *reader, const struct snapshot_entry *head,
	struct slice bytes)
{
	char *made = NULL;
	bool done = head->kind != ENTRY_MAILBOX ||
		reader->head.version != SNAPSHOT_VERSION_BEFORE ||
		widen(&bytes, &made);

	done = done && add_entry(reader, head, bytes);
	free(made);
	return done;
}

static bool
read_entries(struct reader *reader, struct slice contents)
{
	struct snapshot_entry head;
	struct slice bytes;

	while (contents.len > 0) {
		if (!bytes_take(&contents, &head, sizeof(head)) ||
			head.kind >= ENTRY_KINDS ||
			!bytes_take_text(&contents, head.bytes, &bytes) ||
			!read_entry(reader, &head, bytes))
			return false;
	}
	return true;
}

/* Prints belong to their shard: with another number of them they are void. */
static bool
read_dedup(struct reader *reader, struct slice contents)
{
	const struct table *table = reader->memory->table;
	uint64_t number, print;

	if (!bytes_take(&contents, &number, sizeof(number)))
		return false;
	if (reader->head.shard_count != table->shard_count)
		return true;
	if (number >= table->shard_count)
		return false;
	while (bytes_take(&contents, &print, sizeof(print)))
		(void)dedup_first(&table->shards[number].dedup, print);
	return contents.len == 0;
}

static bool
read_events(struct reader *reader, struct slice contents)
{
	struct snapshot_event head;
	struct slice json;

	while (contents.len > 0) {
		if (!bytes_take(&contents, &head, sizeof(head)) ||
			head.len > contents.len ||
			!bytes_take_text(&contents, (size_t)head.len, &json))
			return false;
		(void)ring_append(reader->memory->ring, head.at_ms, json);
	}
	return true;
}

typedef bool read_word_fn(
	struct memory *, struct slice about, const struct store_containment *);

static bool
read_words(struct reader *reader, struct slice contents, read_word_fn *take)
{
	struct snapshot_contained head;
	struct slice mailbox;

	while (contents.len > 0) {
		struct store_containment containment;

		if (!bytes_take(&contents, &head, sizeof(head)) ||
			!bytes_take_text(&contents, head.mailbox, &mailbox) ||
			!bytes_take_text(&contents, head.by, &containment.by) ||
			!bytes_take_text(&contents, head.why, &containment.why))
			return false;
		containment.at_ms = head.at_ms;
		containment.until_ms = head.until_ms;
		(void)take(reader->memory, mailbox, &containment);
	}
	return true;
}

static bool
read_contained(struct reader *reader, struct slice contents)
{
	return read_words(reader, contents, memory_contain);
}

static bool
take_order(struct memory *memory, struct slice about,
	const struct store_containment *word)
{
	return orders_keep(memory->orders, about, word);
}

static bool
read_orders(struct reader *reader, struct slice contents)
{
	return read_words(reader, contents, take_order);
}

/* Reads and checks one block; its contents are the caller's to free. */
static bool
read_block(struct reader *reader, struct snapshot_block *block, char **contents)
{
	unsigned char digest[DIGEST_BYTES];
	struct slice bytes;

	*contents = NULL;
	if (fread(block, sizeof(*block), 1, reader->file) != 1 ||
		block->type >= SNAPSHOT_TYPES ||
		block->bytes > SNAPSHOT_BLOCK_MAX)
		return false;
	*contents = malloc((size_t)block->bytes + 1);
	if (*contents == NULL ||
		fread(*contents, 1, block->bytes, reader->file) != block->bytes)
		return false;
	bytes = (struct slice){*contents, block->bytes};
	return digest_parts(&bytes, 1, digest) &&
		memcmp(digest, block->digest, sizeof(digest)) == 0;
}

static bool
read_blocks(struct reader *reader)
{
	static bool (*const readers[SNAPSHOT_TYPES])(
		struct reader *, struct slice) = {
		[SNAPSHOT_POLICY] = read_policy,
		[SNAPSHOT_ENTRIES] = read_entries,
		[SNAPSHOT_DEDUP] = read_dedup,
		[SNAPSHOT_EVENT] = read_events,
		[SNAPSHOT_CONTAINED] = read_contained,
		[SNAPSHOT_ORDERS] = read_orders,
	};
	struct snapshot_block block;
	bool ok;

	do {
		char *contents;

		ok = read_block(reader, &block, &contents) &&
			(block.type == SNAPSHOT_END ||
				readers[block.type](reader,
					(struct slice){contents, block.bytes}));
		free(contents);
	} while (ok && block.type != SNAPSHOT_END);
	return ok;
}

static bool
read_head(struct reader *reader)
{
	const struct snapshot_head *head = &reader->head;
	struct slice covered = {
		(const char *)head, offsetof(struct snapshot_head, digest)};
	unsigned char digest[DIGEST_BYTES];

	if (fread(&reader->head, sizeof(reader->head), 1, reader->file) != 1 ||
		memcmp(head->magic, SNAPSHOT_MAGIC, sizeof(head->magic)) != 0 ||
		head->marker != SNAPSHOT_MARKER ||
		(head->version != SNAPSHOT_VERSION &&
			head->version != SNAPSHOT_VERSION_BEFORE) ||
		!digest_parts(&covered, 1, digest) ||
		memcmp(digest, head->digest, sizeof(digest)) != 0)
		return false;
	reader->memory->table->key = head->key;
	return true;
}

static int64_t
age_of(struct entry *entry)
{
	struct store_window summary = {0};

	switch ((enum entry_kind)entry->kind) {
	case ENTRY_WINDOW:
		window_sum_up((struct window *)entry, INT64_MIN / 2, &summary);
		return summary.newest_ms;
	case ENTRY_TRACE:
		return trace_newest_ms((struct trace *)entry);
	case ENTRY_MAILBOX:
		return ((struct mailbox *)entry)->active_ms;
	case ENTRY_PEERS:
		return ((struct peers *)entry)->active_ms;
	case ENTRY_KINDS:
		break;
	}
	return 0;
}

struct aged {
	int64_t at_ms;
	struct entry *entry;
};

static int
by_age(const void *a, const void *b)
{
	const struct aged *x = a, *y = b;

	return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

/* The file has no order: put the stalest first again. */
static void
order_by_age(struct table_shard *shard, const struct entry_list *list)
{
	size_t count = list->count, i = 0;
	struct aged *aged = count > 1 ? calloc(count, sizeof(*aged)) : NULL;

	if (aged == NULL)
		return;
	for (struct entry *entry = list->oldest; entry != NULL;
		entry = entry->newer)
		aged[i++] = (struct aged){age_of(entry), entry};
	qsort(aged, count, sizeof(*aged), by_age);
	for (i = 0; i < count; i++)
		table_touch(shard, aged[i].entry);
	free(aged);
}

static void
order_all(struct table *table)
{
	for (uint32_t i = 0; i < table->shard_count; i++) {
		struct table_shard *shard = &table->shards[i];

		for (int kind = 0; kind < ENTRY_KINDS; kind++) {
			for (int rank = 0; rank < ENTRY_RANKS; rank++)
				order_by_age(shard, &shard->lists[kind][rank]);
		}
		table_trim(shard);
	}
}

static void
set_aside(struct memory *memory)
{
	struct buf name = {0};
	struct err err;

	if (atomic_file_set_aside(memory->path, &name, &err)) {
		err_set(&err, ERR_INVALID,
			"snapshot: %s is damaged; set aside as %s, what could "
			"be read of it is kept",
			memory->path, name.p);
	} else {
		err_wrap(&err, "snapshot: %s is damaged", memory->path);
	}
	memory_say(memory, &err);
	buf_fini(&name);
}

void
restore_read(struct memory *memory)
{
	struct reader reader = {
		.memory = memory,
		.file = fopen(memory->path, "rbe"),
	};
	struct stat status;
	struct err err;

	if (reader.file == NULL) {
		if (errno == ENOENT)
			return;
		err_system(&err, "snapshot: cannot read %s", memory->path);
		memory_say(memory, &err);
		return;
	}
	if (fstat(fileno(reader.file), &status) == 0)
		snapshot_file_saw(&memory->file, &status);
	if (!read_head(&reader) || !read_blocks(&reader))
		set_aside(memory);
	(void)fclose(reader.file);
	free(reader.policies);
	order_all(memory->table);
}
