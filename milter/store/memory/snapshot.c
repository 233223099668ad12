/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the snapshot: into a temporary file that takes the old one's place
 * when it is whole and on the disk. Messages go on meanwhile: a shard is
 * locked only while some of its buckets are copied, and nothing is written
 * under a lock. A shard whose buckets were spread anew between two steps is
 * copied from its start again. What is stale goes instead of being written.
 */
#include "store/memory/snapshot.h"

#include "base/atomic_file.h"
#include "base/buf.h"
#include "store/journal.h"
#include "store/journal_files.h"
#include "store/memory/merge.h"
#include "store/memory/retention.h"
#include "store/memory/snapshot_file.h"
#include "store/memory/trace.h"
#include "store/memory/window.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define BUCKETS_A_STEP 1024
#define TRIES_A_SHARD 8

struct writer {
	struct memory *memory;
	struct atomic_file *file;
	int64_t now_ms;
	struct buf buf; /* the block that is being gathered */
};

static void
put_raw(struct buf *buf, const void *p, size_t len)
{
	buf_add(buf, (struct slice){p, len});
}

/* Writes what was gathered and begins anew. */
static void
end_block(struct writer *writer, enum snapshot_type type)
{
	struct slice contents = buf_slice(&writer->buf);
	struct snapshot_block block = {
		.type = (uint32_t)type,
		.bytes = (uint32_t)contents.len,
	};

	if (!buf_ok(&writer->buf) || contents.len > SNAPSHOT_BLOCK_MAX ||
		!digest_parts(&contents, 1, block.digest)) {
		atomic_file_fail(writer->file, ENOMEM);
		return;
	}
	atomic_file_write(writer->file, &block, sizeof(block));
	atomic_file_write(writer->file, contents.p, contents.len);
	buf_reset(&writer->buf);
}

static bool
is_stale(const struct writer *writer, struct entry *entry)
{
	switch ((enum entry_kind)entry->kind) {
	case ENTRY_WINDOW:
		return window_is_stale((struct window *)entry, writer->now_ms);
	case ENTRY_TRACE:
		return ((struct trace *)entry)->expires_ms < writer->now_ms;
	case ENTRY_MAILBOX:
		return retention_is_over((struct mailbox *)entry,
			writer->memory->limits.ttl_ms, writer->now_ms);
	case ENTRY_PEERS:
		return ((struct peers *)entry)->active_ms <
			writer->now_ms - writer->memory->limits.ttl_ms;
	case ENTRY_KINDS:
		break;
	}
	return false;
}

static void
put_entry(struct writer *writer, const struct entry *entry)
{
	struct snapshot_entry head = {
		.policy = entry->policy,
		.bytes = entry->bytes - (uint32_t)sizeof(*entry),
		.key_len = entry->key_len,
		.kind = entry->kind,
		.mode = entry->mode,
	};

	put_raw(&writer->buf, &head, sizeof(head));
	put_raw(&writer->buf, entry + 1, head.bytes);
}

static void
put_buckets(struct writer *writer, struct table_shard *shard, uint32_t from,
	uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		struct entry *entry = shard->buckets[i], *next;

		for (; entry != NULL; entry = next) {
			next = entry->chain;
			if (is_stale(writer, entry)) {
				table_remove(shard, entry);
				shard->expired++;
			} else {
				put_entry(writer, entry);
			}
		}
	}
}

/* False when the buckets were spread anew meanwhile. */
static bool
gather_shard(struct writer *writer, struct table_shard *shard, uint32_t step)
{
	uint32_t size = 0, at = 0;
	bool same = true;

	while (same && (size == 0 || at < size)) {
		uint32_t to;

		pthread_mutex_lock(&shard->lock);
		same = size == 0 || size == shard->size;
		if (size == 0) {
			shard->copy.under_way = true;
			buf_reset(&shard->copy.late);
		}
		size = shard->size;
		to = size - at < step ? size : at + step;
		if (same)
			put_buckets(writer, shard, at, to);
		shard->copy.buckets = to;
		pthread_mutex_unlock(&shard->lock);
		at = to;
	}
	return same;
}

static void
write_shard(struct writer *writer, struct table_shard *shard)
{
	int tries = 0;

	while (!gather_shard(writer, shard,
		tries < TRIES_A_SHARD ? BUCKETS_A_STEP : UINT32_MAX)) {
		buf_reset(&writer->buf);
		tries++;
	}
	end_block(writer, SNAPSHOT_ENTRIES);
}

static int
compare_prints(const void *one, const void *two)
{
	const uint64_t *a = one, *b = two;

	return (*a > *b) - (*a < *b);
}

static void
put_prints(struct buf *buf, const struct dedup_generation *generation,
	const struct buf *late)
{
	for (uint32_t i = 0; i < generation->size; i++) {
		const uint64_t *print = &generation->prints[i];

		if (*print != 0 &&
			(late->len == 0 ||
				bsearch(print, late->p,
					late->len / sizeof(*print),
					sizeof(*print),
					compare_prints) == NULL))
			put_raw(buf, print, sizeof(*print));
	}
}

/* What was counted since its entry was copied is in the log alone: with its
 * print here it would not be counted when that is read. */
static void
write_dedup(struct writer *writer, uint64_t number, struct table_shard *shard)
{
	struct buf *late = &shard->copy.late;

	put_raw(&writer->buf, &number, sizeof(number));
	pthread_mutex_lock(&shard->lock);
	if (late->len > 0) {
		qsort(late->p, late->len / sizeof(uint64_t), sizeof(uint64_t),
			compare_prints);
	}
	if (!buf_ok(late))
		atomic_file_fail(writer->file, ENOMEM);
	put_prints(&writer->buf, &shard->dedup.old, late);
	put_prints(&writer->buf, &shard->dedup.young, late);
	shard->copy.under_way = false;
	buf_fini(late);
	pthread_mutex_unlock(&shard->lock);
	end_block(writer, SNAPSHOT_DEDUP);
}

static void
put_event(int64_t at_ms, struct slice json, void *ctx)
{
	struct snapshot_event head = {at_ms, json.len};

	put_raw(ctx, &head, sizeof(head));
	buf_add(ctx, json);
}

static void
put_contained(struct slice mailbox, const struct store_containment *containment,
	void *ctx)
{
	struct snapshot_contained head = {
		.at_ms = containment->at_ms,
		.until_ms = containment->until_ms,
		.mailbox = (uint32_t)mailbox.len,
		.by = (uint32_t)containment->by.len,
		.why = (uint32_t)containment->why.len,
	};

	put_raw(ctx, &head, sizeof(head));
	buf_add(ctx, mailbox);
	buf_add(ctx, containment->by);
	buf_add(ctx, containment->why);
}

static void
write_policies(struct writer *writer)
{
	struct symbols *policies = writer->memory->policies;
	uint32_t count = symbols_count(policies), number;

	for (number = 1; number <= count; number++) {
		buf_add(&writer->buf, symbols_name(policies, number));
		end_block(writer, SNAPSHOT_POLICY);
	}
}

/* A policy that is first noted while the shards are written gets a number
 * past those of the head: the reader leaves such an entry out. */
static void
write_all(struct writer *writer)
{
	const struct table *table = writer->memory->table;
	struct snapshot_head head = {
		.magic = SNAPSHOT_MAGIC,
		.marker = SNAPSHOT_MARKER,
		.version = SNAPSHOT_VERSION,
		.shard_count = table->shard_count,
		.key = table->key,
	};
	struct slice covered = {
		(const char *)&head, offsetof(struct snapshot_head, digest)};

	(void)digest_parts(&covered, 1, head.digest);
	atomic_file_write(writer->file, &head, sizeof(head));
	write_policies(writer);
	for (uint32_t i = 0; i < table->shard_count && writer->file->error == 0;
		i++) {
		write_shard(writer, &table->shards[i]);
		write_dedup(writer, i, &table->shards[i]);
	}
	ring_each(writer->memory->ring, put_event, &writer->buf);
	end_block(writer, SNAPSHOT_EVENT);
	orders_each(writer->memory->orders, put_contained, &writer->buf);
	/* Who knows of no orders reads the rest. */
	if (writer->buf.len > 0)
		end_block(writer, SNAPSHOT_ORDERS);
	end_block(writer, SNAPSHOT_END);
}

/* The temporary file is open, and locked against another process. */
static void
fill_file(struct memory *memory, struct atomic_file *file)
{
	struct writer writer = {
		.memory = memory,
		.file = file,
		.now_ms = clock_now_ms(memory->clock),
	};
	struct stat status;

	/* Has another process written the file since we last saw it? */
	if (stat(memory->path, &status) == 0 &&
		!snapshot_file_is(&memory->file, &status))
		merge_foreign(memory);
	write_all(&writer);
	buf_fini(&writer.buf);
}

static bool
write_file(struct memory *memory, struct err *err)
{
	struct atomic_file file;
	struct stat status;

	if (!atomic_file_open(&file, memory->path, err))
		return false;
	fill_file(memory, &file);
	if (!atomic_file_commit(&file, &status, err))
		return false;
	snapshot_file_saw(&memory->file, &status);
	return true;
}

static void
note_unsaved(struct memory *memory, const char *text)
{
	waiter_lock(&memory->waiter);
	(void)snprintf(memory->unsaved, sizeof(memory->unsaved), "%.*s",
		(int)sizeof(memory->unsaved) - 1, text);
	waiter_unlock(&memory->waiter);
}

/* What is in the log's files so far has been carried out: it is in the
 * snapshot. */
static bool
write_locked(struct memory *memory, struct err *err)
{
	bool ok;

	journal_files_turn(memory->files);
	ok = write_file(memory, err) || err_wrap(err, "snapshot");
	if (ok)
		journal_files_drop_turned(memory->files);
	note_unsaved(memory, ok ? "" : err->text);
	return ok;
}

bool
snapshot_write(struct memory *memory, struct err *err)
{
	bool ok;

	pthread_mutex_lock(&memory->snapshot_lock);
	ok = memory->hands_over || write_locked(memory, err);
	pthread_mutex_unlock(&memory->snapshot_lock);
	return ok;
}

bool
snapshot_write_last(struct memory *memory, struct err *err)
{
	struct journal_counts counts;
	bool ok;

	pthread_mutex_lock(&memory->snapshot_lock);
	ok = write_locked(memory, err);
	if (ok) {
		journal_count(memory->log, &counts);
		memory->log_dropped = counts.dropped;
		memory->hands_over = true;
	}
	pthread_mutex_unlock(&memory->snapshot_lock);
	return ok;
}
