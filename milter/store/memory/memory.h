/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory store's parts, known to its own files only: memory.c (verbs and
 * life), people.c (queries), snapshot.c (the file).
 */
#ifndef STORE_MEMORY_MEMORY_H
#define STORE_MEMORY_MEMORY_H

#include "base/waiter.h"
#include "store/backend.h"
#include "store/memory/contained.h"
#include "store/memory/mailbox.h"
#include "store/memory/ring.h"
#include "store/memory/symbols.h"
#include "store/memory/table.h"
#include "store/options.h"

#include <pthread.h>
#include <sys/types.h>

struct memory {
	struct store store;
	struct clock clock;
	int64_t opened_ms;
	store_say_fn *say;
	void *say_ctx;
	struct table *table;
	struct symbols *policies;
	struct ring *ring;
	struct contained *contained;
	struct mailbox_limits limits;
	uint32_t trace_members;

	/* The snapshot and its thread. */
	char *path; /* NULL: none */
	int64_t snapshot_ms;
	pthread_mutex_t snapshot_lock; /* one snapshot at a time */
	/* The file as it was when this process read or wrote it last. */
	dev_t file_device;
	ino_t file_number; /* 0: there was none */
	int64_t file_ns; /* when it was written */
	struct waiter waiter; /* the thread that writes it now and then */
};

/* people.c: queries of backend.h. */
bool memory_top(struct store *, struct arena *, int64_t day_ms, size_t limit,
	struct store_mailboxes *, struct err *);
bool memory_box(struct store *, struct arena *, struct slice mailbox,
	struct store_mailboxes *, struct err *);
bool memory_routes(struct store *, struct arena *, struct slice mailbox,
	int64_t since_ms, struct store_routes *, struct err *);
bool memory_senders(struct store *, struct arena *, struct slice destination,
	struct store_routes *, struct err *);
bool memory_windows(struct store *, struct arena *, struct slice group,
	struct store_windows *, struct err *);
bool memory_hours(struct store *, struct arena *, struct slice mailbox,
	struct store_hours *, struct err *);
bool memory_forget(
	struct store *, struct slice mailbox, uint64_t *wiped, struct err *);

/* snapshot.c: writes the file anew; false when that failed, and the old one
 * stays. */
bool snapshot_write(struct memory *, struct err *);
struct stat;
void snapshot_remember(struct memory *, const struct stat *);
/* restore.c: reads what is there; a damaged file is set aside and said. */
void snapshot_read(struct memory *);

#endif
