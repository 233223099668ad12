/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of encoded batches. */
#include "store/journal.h"

#include "base/arena.h"
#include "base/clock.h"
#include "store/batch_bytes.h"
#include "store/key.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_MAX ((uint32_t)64 << 20)
#define FORGET_ARENA_BYTES ((size_t)16 << 20)

struct record {
	struct record *next;
	int64_t added_ms; /* monotonic */
	uint64_t number; /* of those added, from 1 */
	bool written;
	uint32_t operations, len;
	char bytes[];
};

struct journal {
	pthread_mutex_t lock;
	struct record *first, **last;
	struct record *unwritten; /* all before it are written */
	uint64_t number; /* of the last one */
	struct journal_counts counts;
	size_t limit;
	bool passing; /* what is written goes */
};

struct journal *
journal_new(size_t limit)
{
	struct journal *journal = calloc(1, sizeof(*journal));

	if (journal == NULL)
		return NULL;
	pthread_mutex_init(&journal->lock, NULL);
	journal->last = &journal->first;
	journal->limit = limit;
	return journal;
}

struct journal *
journal_new_passing(size_t limit)
{
	struct journal *journal = journal_new(limit);

	if (journal != NULL)
		journal->passing = true;
	return journal;
}

bool
journal_is_passing(const struct journal *journal)
{
	return journal->passing;
}

/* Under the lock. */
static struct record *
cut_first(struct journal *journal)
{
	struct record *record = journal->first;

	if (record == NULL)
		return NULL;
	journal->first = record->next;
	if (journal->unwritten == record)
		journal->unwritten = record->next;
	if (journal->first == NULL)
		journal->last = &journal->first;
	journal->counts.operations -= record->operations;
	journal->counts.bytes -= sizeof(*record) + record->len;
	return record;
}

void
journal_free(struct journal *journal)
{
	struct record *record;

	if (journal == NULL)
		return;
	while ((record = cut_first(journal)) != NULL)
		free(record);
	pthread_mutex_destroy(&journal->lock);
	free(journal);
}

/* Under the lock. */
static void
drop_oldest(struct journal *journal)
{
	while (journal->counts.bytes > journal->limit) {
		struct record *oldest = cut_first(journal);

		journal->counts.dropped += oldest->operations;
		free(oldest);
	}
}

/* Under the lock. */
static void
append(struct journal *journal, struct record *record)
{
	record->next = NULL;
	record->number = ++journal->number;
	*journal->last = record;
	if (journal->unwritten == NULL)
		journal->unwritten = record;
	journal->last = &record->next;
	journal->counts.operations += record->operations;
	journal->counts.bytes += sizeof(*record) + record->len;
	drop_oldest(journal);
}

static void
add_record(struct journal *journal, struct slice bytes, size_t operations,
	bool written)
{
	struct record *record = malloc(sizeof(*record) + bytes.len);

	if (record != NULL) {
		record->added_ms = clock_monotonic_ms();
		record->written = written;
		record->operations = (uint32_t)operations;
		record->len = (uint32_t)bytes.len;
		memcpy(record->bytes, bytes.p, bytes.len);
	}
	pthread_mutex_lock(&journal->lock);
	if (record != NULL) {
		append(journal, record);
	} else {
		journal->counts.dropped += operations;
	}
	pthread_mutex_unlock(&journal->lock);
}

void
journal_move(struct journal *from, struct journal *to)
{
	struct record *record, *next;

	pthread_mutex_lock(&from->lock);
	record = from->first;
	from->first = NULL;
	from->last = &from->first;
	from->unwritten = NULL;
	from->counts.operations = 0;
	from->counts.bytes = 0;
	pthread_mutex_unlock(&from->lock);
	pthread_mutex_lock(&to->lock);
	for (; record != NULL; record = next) {
		next = record->next;
		append(to, record);
	}
	pthread_mutex_unlock(&to->lock);
}

static void
number_anew(struct journal *journal)
{
	journal->number = 0;
	for (struct record *record = journal->first; record != NULL;
		record = record->next)
		record->number = ++journal->number;
}

void
journal_move_before(struct journal *from, struct journal *to)
{
	pthread_mutex_lock(&from->lock);
	pthread_mutex_lock(&to->lock);
	if (from->first != NULL) {
		*from->last = to->first;
		if (to->first == NULL)
			to->last = from->last;
		to->first = to->unwritten = from->first;
		number_anew(to);
	}
	to->counts.operations += from->counts.operations;
	to->counts.bytes += from->counts.bytes;
	to->counts.dropped += from->counts.dropped;
	drop_oldest(to);
	from->first = from->unwritten = NULL;
	from->last = &from->first;
	from->counts = (struct journal_counts){0};
	pthread_mutex_unlock(&to->lock);
	pthread_mutex_unlock(&from->lock);
}

void
journal_expire(struct journal *journal, int64_t before_ms)
{
	pthread_mutex_lock(&journal->lock);
	while (journal->first != NULL && journal->first->added_ms < before_ms)
		free(cut_first(journal));
	pthread_mutex_unlock(&journal->lock);
}

void
journal_add(struct journal *journal, int64_t at_ms, const struct store_op *ops,
	size_t count)
{
	struct buf buf = {0};
	size_t operations = batch_bytes_write(&buf, at_ms, ops, count);

	if (operations > 0 && buf_ok(&buf) && buf.len < RECORD_MAX)
		add_record(journal, buf_slice(&buf), operations, false);
	buf_fini(&buf);
}

bool
journal_take(
	struct journal *journal, struct arena *arena, struct store_batch *batch)
{
	struct record *record;
	struct slice bytes;
	bool ok;

	do {
		pthread_mutex_lock(&journal->lock);
		record = cut_first(journal);
		pthread_mutex_unlock(&journal->lock);
		if (record == NULL)
			return false;
		bytes = arena_copy(
			arena, (struct slice){record->bytes, record->len});
		ok = bytes.p != NULL && batch_bytes_read(bytes, arena, batch);
		free(record);
	} while (!ok);
	return true;
}

void
journal_count(struct journal *journal, struct journal_counts *counts)
{
	pthread_mutex_lock(&journal->lock);
	*counts = journal->counts;
	pthread_mutex_unlock(&journal->lock);
}

static bool
op_names(const struct store_op *op, struct slice name)
{
	switch (op->verb) {
	case STORE_NOTE:
		return key_names(op->note.group, name) ||
			slice_equal(op->note.member, name);
	case STORE_REMEMBER:
		for (size_t i = 0; i < op->remember.count; i++) {
			if (key_member_is(op->remember.members[i], name))
				return true;
		}
		return false;
	case STORE_TALLY:
		return slice_equal(op->tally.mailbox, name) ||
			slice_equal(op->tally.destination, name);
	case STORE_APPEND:
		return slice_find(op->append.json, name) != SLICE_NONE;
	case STORE_PEER:
		return slice_equal(op->peer.mailbox, name) ||
			slice_equal(op->peer.destination, name);
	case STORE_RECALL:
	case STORE_FACTS:
		break;
	}
	return false;
}

/* The message counts on, but for nobody who wrote it. */
static size_t
forget_authors(struct store_op *op, struct slice name)
{
	if (op->verb != STORE_TALLY)
		return 0;
	for (size_t i = 0; i < op->tally.author_count; i++) {
		if (slice_equal(op->tally.authors[i], name)) {
			op->tally.author_count = 0;
			return 1;
		}
	}
	return 0;
}

/* Leaves out the operations that name it. What others wait for stays in
 * place as a note nobody can find: its group and member are empty. */
static size_t
forget_in(struct store_batch *batch, struct slice name)
{
	size_t forgotten = 0, i;

	for (i = 0; i < batch->count; i++) {
		struct store_op *op = &batch->ops[i];

		if (!op_names(op, name)) {
			forgotten += forget_authors(op, name);
			continue;
		}
		forgotten++;
		if (op->verb == STORE_NOTE) {
			op->note.after = (int)i;
			op->note.group = op->note.member = SLICE("");
		} else {
			*op = (struct store_op){
				STORE_RECALL, {.recall = {.id = {NULL, 0}}}};
		}
	}
	return forgotten;
}

uint64_t
journal_forget(struct journal *journal, struct slice name)
{
	struct arena *arena = arena_new(FORGET_ARENA_BYTES);
	struct journal_counts counts;
	struct store_batch batch;
	uint64_t forgotten = 0, left;

	journal_count(journal, &counts);
	for (left = counts.operations; arena != NULL && left > 0 &&
		journal_take(journal, arena, &batch);
		arena_reset(arena)) {
		left = left > batch.count ? left - batch.count : 0;
		forgotten += forget_in(&batch, name);
		journal_add(journal, batch.at_ms, batch.ops, batch.count);
	}
	arena_free(arena);
	return forgotten;
}

/* Under the lock. */
static void
skip_written(struct journal *journal)
{
	while (journal->unwritten != NULL && journal->unwritten->written)
		journal->unwritten = journal->unwritten->next;
}

bool
journal_gather(struct journal *journal, size_t most, struct buf *gathered,
	uint64_t *mark)
{
	pthread_mutex_lock(&journal->lock);
	skip_written(journal);
	for (const struct record *record = journal->unwritten;
		record != NULL && gathered->len < most; record = record->next) {
		if (record->written)
			continue;
		buf_add(gathered,
			(struct slice){(const char *)&record->len,
				sizeof(record->len)});
		buf_add(gathered, (struct slice){record->bytes, record->len});
		*mark = record->number;
	}
	pthread_mutex_unlock(&journal->lock);
	return gathered->len > 0;
}

void
journal_written(struct journal *journal, uint64_t mark)
{
	pthread_mutex_lock(&journal->lock);
	for (struct record *record = journal->unwritten;
		record != NULL && record->number <= mark; record = record->next)
		record->written = true;
	skip_written(journal);
	while (journal->passing && journal->first != NULL &&
		journal->first->written)
		free(cut_first(journal));
	pthread_mutex_unlock(&journal->lock);
}

void
journal_unwrite(struct journal *journal)
{
	pthread_mutex_lock(&journal->lock);
	for (struct record *record = journal->first; record != NULL;
		record = record->next)
		record->written = false;
	journal->unwritten = journal->first;
	pthread_mutex_unlock(&journal->lock);
}

bool
journal_add_written(struct journal *journal, struct slice bytes)
{
	struct arena *arena = arena_new(FORGET_ARENA_BYTES);
	struct store_batch batch;
	bool ok = arena != NULL && batch_bytes_read(bytes, arena, &batch);

	if (ok)
		add_record(journal, bytes, batch.count, true);
	arena_free(arena);
	return ok;
}
