/* SPDX-License-Identifier: BSD-2-Clause */
/* A journal, and its files. */
#include "store/memory/handover.h"

#include "base/arena.h"
#include "store/journal.h"
#include "store/journal_files.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define ARENA_BYTES ((size_t)80 << 20)

struct handover {
	struct journal *journal;
	struct journal_files *files;
	pthread_mutex_t files_lock;
	size_t limit;
	atomic_bool on;
};

struct handover *
handover_new(const char *dir, size_t limit)
{
	struct handover *handover = calloc(1, sizeof(*handover));

	if (handover == NULL)
		return NULL;
	pthread_mutex_init(&handover->files_lock, NULL);
	handover->limit = limit;
	handover->journal = journal_new(limit);
	handover->files = journal_files_new(dir);
	if (handover->journal != NULL && handover->files != NULL)
		return handover;
	handover_free(handover);
	return NULL;
}

void
handover_free(struct handover *handover)
{
	if (handover == NULL)
		return;
	journal_free(handover->journal);
	journal_files_free(handover->files);
	pthread_mutex_destroy(&handover->files_lock);
	free(handover);
}

void
handover_begin(struct handover *handover)
{
	handover->on = true;
}

/* What was kept is in this process, too. */
void
handover_cancel(struct handover *handover)
{
	handover->on = false;
	journal_expire(handover->journal, INT64_MAX);
}

bool
handover_is_on(const struct handover *handover)
{
	return handover->on;
}

void
handover_add(struct handover *handover, int64_t at_ms,
	const struct store_op *ops, size_t count)
{
	if (handover->on)
		journal_add(handover->journal, at_ms, ops, count);
}

bool
handover_leave(struct handover *handover, struct err *err)
{
	struct journal_counts counts;
	bool ok;

	pthread_mutex_lock(&handover->files_lock);
	ok = journal_files_write(handover->files, handover->journal, err);
	pthread_mutex_unlock(&handover->files_lock);
	journal_count(handover->journal, &counts);
	if (ok && counts.dropped > 0) {
		ok = err_set(err, ERR_LIMIT,
			"%llu operations found no room on their way to the "
			"next process",
			(unsigned long long)counts.dropped);
	}
	return ok;
}

bool
handover_adopt(struct handover *handover,
	void (*carry_out)(void *ctx, struct store_batch *), void *ctx,
	bool *found, struct err *err)
{
	struct journal *left = journal_new(handover->limit);
	struct arena *arena = arena_new(ARENA_BYTES);
	struct store_batch batch;
	bool ok = left != NULL && arena != NULL;

	*found = false;
	if (ok) {
		pthread_mutex_lock(&handover->files_lock);
		ok = journal_files_read(handover->files, left, err);
		pthread_mutex_unlock(&handover->files_lock);
		while (journal_take(left, arena, &batch)) {
			*found = true;
			carry_out(ctx, &batch);
			arena_reset(arena);
		}
	} else {
		(void)err_set(err, ERR_MEMORY, "out of memory");
	}
	journal_free(left);
	arena_free(arena);
	return ok;
}

void
handover_done(struct handover *handover)
{
	pthread_mutex_lock(&handover->files_lock);
	journal_files_replayed(handover->files);
	pthread_mutex_unlock(&handover->files_lock);
}
