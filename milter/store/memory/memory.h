/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory store's parts, known to its own files only: memory_store.c (its
 * life), memory_verbs.c, memory_queries.c, snapshot.c and restore.c (the file).
 */
#ifndef STORE_MEMORY_MEMORY_H
#define STORE_MEMORY_MEMORY_H

#include "base/waiter.h"
#include "store/backend.h"
#include "store/memory/mailbox.h"
#include "store/memory/orders.h"
#include "store/memory/ring.h"
#include "store/memory/snapshot_file.h"
#include "store/memory/symbols.h"
#include "store/memory/table.h"
#include "store/store_options.h"

#include <pthread.h>
#include <stdatomic.h>

struct journal;
struct journal_files;

struct memory {
	struct store store;
	struct clock clock;
	int64_t opened_ms;
	store_say_fn *say;
	void *say_ctx;
	struct table *table;
	struct symbols *policies;
	struct ring *ring;
	struct orders *orders; /* by what they are about */
	atomic_bool orders_unsaved; /* another store's, which no log has */
	struct mailbox_limits limits;
	uint32_t trace_members;
	uint32_t events;

	/* What is told since the last snapshot, on its way to a file. */
	struct journal *log;
	struct journal_files *files;
	uint64_t log_bytes; /* a file past it is a reason for a snapshot */
	atomic_bool logs; /* files are written */
	atomic_bool hands_over; /* to another process: no more snapshots */
	uint64_t log_dropped; /* until then */

	/* The snapshot and its thread. */
	char *path; /* NULL: none */
	int64_t snapshot_ms;
	pthread_mutex_t snapshot_lock; /* one snapshot at a time */
	struct snapshot_file file;
	struct waiter waiter; /* the thread that writes it now and then */
	char unsaved[ERR_TEXT_BYTES]; /* why it could not, or ""; under the
					 waiter */
};

/* Makes table, policies, ring and orders; false when out of memory, and
 * what there is goes with memory_free_parts. */
bool memory_make_parts(struct memory *, size_t table_bytes, uint32_t events,
	size_t ring_bytes);
void memory_free_parts(struct memory *);
/* A containment that no order made: one of a record, or of an old snapshot. */
bool memory_contain(struct memory *, struct slice mailbox,
	const struct store_containment *);
/* A line for the log. */
void memory_say(const struct memory *, const struct err *);

#endif
