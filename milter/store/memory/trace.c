/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trace sets: records of a fixed head and the member's bytes, one after the
 * other. There are few in a set, so they are searched from the first on.
 */
#include "store/memory/trace.h"

#include "base/arena.h"
#include "store/key.h"

#include <string.h>

#define HEAD_BYTES (sizeof(int64_t) + sizeof(uint16_t))

struct record {
	int64_t at_ms;
	struct slice name;
};

/* The record at an offset; false past the last one. */
static bool
read_record(struct trace *trace, uint32_t at, struct record *record)
{
	const char *data = entry_data(&trace->entry);
	uint16_t len;

	if (trace->used - at < HEAD_BYTES)
		return false;
	memcpy(&record->at_ms, data + at, sizeof(record->at_ms));
	memcpy(&len, data + at + sizeof(record->at_ms), sizeof(len));
	if (trace->used - at - HEAD_BYTES < len)
		return false;
	record->name = (struct slice){data + at + HEAD_BYTES, len};
	return true;
}

static uint32_t
record_bytes(const struct record *record)
{
	return (uint32_t)(HEAD_BYTES + record->name.len);
}

static void
cut(struct trace *trace, uint32_t at, uint32_t bytes)
{
	char *data = entry_data(&trace->entry);

	memmove(data + at, data + at + bytes, trace->used - at - bytes);
	trace->used -= bytes;
	trace->count--;
}

/* Takes the first member out that is the name. */
static bool
drop(struct trace *trace, bool (*is)(struct slice, struct slice),
	struct slice name)
{
	struct record record;
	uint32_t at = 0;

	while (read_record(trace, at, &record)) {
		if (is(record.name, name)) {
			cut(trace, at, record_bytes(&record));
			return true;
		}
		at += record_bytes(&record);
	}
	return false;
}

bool
trace_forget(struct trace *trace, struct slice mailbox)
{
	return drop(trace, key_member_is, mailbox);
}

/* There is room. */
static void
append(struct trace *trace, const struct record *record)
{
	char *p = (char *)entry_data(&trace->entry) + trace->used;
	uint16_t len = (uint16_t)record->name.len;

	memcpy(p, &record->at_ms, sizeof(record->at_ms));
	memcpy(p + sizeof(record->at_ms), &len, sizeof(len));
	if (len > 0)
		memcpy(p + HEAD_BYTES, record->name.p, len);
	trace->used += record_bytes(record);
	trace->count++;
}

static size_t
bytes_of(const struct store_remember *remember)
{
	size_t bytes = 0, i;

	for (i = 0; i < remember->count; i++)
		bytes += HEAD_BYTES + remember->members[i].len;
	return bytes;
}

static struct trace *
reserve(struct table_shard *shard, struct trace *trace, size_t more)
{
	size_t need = trace->used + more;
	struct entry *entry = &trace->entry;

	if (need > entry_data_bytes(entry))
		entry = table_resize(shard, entry, need);
	return (struct trace *)entry;
}

static void
remember_all(struct trace *trace, int64_t at_ms, uint32_t cap,
	const struct store_remember *remember)
{
	struct record oldest;

	for (size_t i = 0; i < remember->count; i++) {
		struct record record = {at_ms, remember->members[i]};

		drop(trace, slice_equal, record.name);
		append(trace, &record);
		while (trace->count > cap && read_record(trace, 0, &oldest))
			cut(trace, 0, record_bytes(&oldest));
	}
	if (trace->expires_ms < at_ms + remember->ttl_ms)
		trace->expires_ms = at_ms + remember->ttl_ms;
}

/* Two stale sets go for each that comes, so they never pile up. */
static void
expire(struct table_shard *shard, int64_t now_ms)
{
	struct entry *oldest;

	for (int i = 0; i < 2; i++) {
		oldest = table_oldest(shard, ENTRY_TRACE);
		if (oldest == NULL ||
			((struct trace *)oldest)->expires_ms >= now_ms)
			return;
		table_remove(shard, oldest);
		shard->expired++;
	}
}

void
trace_remember(struct table *table, int64_t at_ms, uint32_t cap,
	const struct store_remember *remember)
{
	struct entry_key key = table_key(table, ENTRY_TRACE, 0, remember->id);
	struct table_shard *shard = table_shard_of(table, &key);
	size_t more = bytes_of(remember);
	struct entry *entry;
	struct trace *trace = NULL;

	pthread_mutex_lock(&shard->lock);
	expire(shard, at_ms);
	entry = table_find(shard, &key);
	if (entry == NULL)
		entry = table_add(shard, &key, more);
	if (entry != NULL)
		trace = reserve(shard, (struct trace *)entry, more);
	if (trace != NULL) {
		table_touch(shard, &trace->entry);
		remember_all(trace, at_ms, cap, remember);
	}
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
}

/* The answer is filled from its end: the records lie newest last. */
static void
recall_from(
	struct trace *trace, struct arena *arena, struct store_recall *recall)
{
	uint32_t wanted = recall->cap > 0 && recall->cap < trace->count
		? recall->cap
		: trace->count;
	uint32_t skip = trace->count - wanted, left = wanted, at = 0;
	struct store_member *members =
		arena_array(arena, wanted, sizeof(*members));
	struct record record;

	if (members == NULL)
		return;
	for (; read_record(trace, at, &record); at += record_bytes(&record)) {
		if (skip > 0) {
			skip--;
			continue;
		}
		members[--left].name = arena_copy(arena, record.name);
		members[left].at_ms = record.at_ms;
		if (members[left].name.p == NULL)
			return;
	}
	recall->members = members;
	recall->count = wanted;
}

void
trace_recall(struct table *table, int64_t at_ms, struct arena *arena,
	struct store_recall *recall)
{
	struct entry_key key = table_key(table, ENTRY_TRACE, 0, recall->id);
	struct table_shard *shard = table_shard_of(table, &key);
	struct trace *trace;

	pthread_mutex_lock(&shard->lock);
	trace = (struct trace *)table_find(shard, &key);
	if (trace != NULL && trace->expires_ms >= at_ms)
		recall_from(trace, arena, recall);
	pthread_mutex_unlock(&shard->lock);
}

bool
trace_next(struct trace *trace, uint32_t *cursor, struct store_member *member)
{
	struct record record;

	if (!read_record(trace, *cursor, &record))
		return false;
	*cursor += record_bytes(&record);
	*member = (struct store_member){record.name, record.at_ms};
	return true;
}

int64_t
trace_newest_ms(struct trace *trace)
{
	struct record record;
	int64_t newest = 0;
	uint32_t at = 0;

	while (read_record(trace, at, &record)) {
		newest = record.at_ms;
		at += record_bytes(&record);
	}
	return newest;
}

bool
trace_is_sound(struct trace *trace)
{
	struct record record;
	uint32_t at = 0, count = 0;

	if (trace->used > entry_data_bytes(&trace->entry))
		return false;
	for (; read_record(trace, at, &record); count++)
		at += record_bytes(&record);
	return at == trace->used && count == trace->count;
}
