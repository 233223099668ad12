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

/* Takes the member out that has the name. */
static bool
take(struct trace *trace, struct slice name, struct record *record)
{
	uint32_t at = 0;

	while (read_record(trace, at, record)) {
		if (slice_equal(record->name, name)) {
			cut(trace, at, record_bytes(record));
			return true;
		}
		at += record_bytes(record);
	}
	return false;
}

uint32_t
trace_forget(struct trace *trace, struct slice mailbox)
{
	uint32_t at = 0, before = trace->count;
	struct record record;

	while (read_record(trace, at, &record)) {
		if (key_member_is(record.name, mailbox)) {
			cut(trace, at, record_bytes(&record));
		} else {
			at += record_bytes(&record);
		}
	}
	return before - trace->count;
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

static struct trace *
reserve(struct table_shard *shard, struct trace *trace, size_t more)
{
	size_t need = trace->used + more;
	struct entry *entry = &trace->entry;

	if (need > entry_data_bytes(entry))
		entry = table_resize(shard, entry, need);
	return (struct trace *)entry;
}

/* A set as members come into it. */
struct filling {
	struct table_shard *shard;
	struct trace *trace; /* NULL: out of memory */
	uint32_t cap;
	bool is_new; /* members of capital roles may still come in */
	uint32_t firsts; /* ... so many did */
	bool cut;
};

static bool
is_firsts(struct slice name)
{
	return name.len > 0 && name.p[0] >= 'A' && name.p[0] <= 'Z';
}

/* The member, whose time becomes the later of both. */
static void
put_member(struct filling *filling, struct record record)
{
	struct record old;

	if (take(filling->trace, record.name, &old) && old.at_ms > record.at_ms)
		record.at_ms = old.at_ms;
	filling->trace =
		reserve(filling->shard, filling->trace, record_bytes(&record));
	if (filling->trace != NULL)
		append(filling->trace, &record);
}

static void
fill_in(struct filling *filling, struct record record)
{
	if (slice_equal(record.name, STORE_MEMBER_CUT)) {
		filling->cut = true;
	} else if (!is_firsts(record.name)) {
		put_member(filling, record);
	} else if (filling->is_new && filling->firsts < filling->cap / 2) {
		put_member(filling, record);
		filling->firsts++;
	} else if (filling->is_new) {
		filling->cut = true;
	}
}

static bool
cut_oldest(struct trace *trace)
{
	struct record record;

	for (uint32_t at = 0; read_record(trace, at, &record);
		at += record_bytes(&record)) {
		if (!is_firsts(record.name)) {
			cut(trace, at, record_bytes(&record));
			return true;
		}
	}
	return false;
}

static bool
has(struct trace *trace, struct slice name)
{
	struct record record;
	uint32_t at = 0;

	while (read_record(trace, at, &record)) {
		if (slice_equal(record.name, name))
			return true;
		at += record_bytes(&record);
	}
	return false;
}

static void
end_filling(struct filling *filling, int64_t at_ms, int64_t expires_ms)
{
	const struct record mark = {at_ms, STORE_MEMBER_CUT};
	struct trace *trace = filling->trace;

	if (trace != NULL && (filling->cut || trace->count > filling->cap) &&
		!has(trace, mark.name))
		put_member(filling, mark);
	trace = filling->trace;
	if (trace == NULL)
		return;
	while (trace->count > filling->cap && cut_oldest(trace))
		continue;
	if (trace->expires_ms < expires_ms)
		trace->expires_ms = expires_ms;
}

static void
empty(struct filling *filling)
{
	filling->trace->used = filling->trace->count = 0;
	filling->is_new = true;
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

/* The set of that id, with room for bytes where it is not there. A set that
 * is over is as new. */
static void
begin_filling(struct filling *filling, const struct entry_key *key,
	int64_t at_ms, size_t bytes)
{
	struct entry *entry = table_find(filling->shard, key);

	filling->is_new = entry == NULL;
	if (entry == NULL)
		entry = table_add(filling->shard, key, bytes);
	filling->trace = (struct trace *)entry;
	if (entry == NULL)
		return;
	table_touch(filling->shard, entry);
	if (!filling->is_new && filling->trace->expires_ms < at_ms)
		empty(filling);
}

static size_t
bytes_of(const struct store_remember *remember)
{
	size_t bytes = 0;

	for (size_t i = 0; i < remember->count; i++)
		bytes += HEAD_BYTES + remember->members[i].len;
	return bytes;
}

void
trace_remember(struct table *table, int64_t at_ms, uint32_t cap,
	const struct store_remember *remember)
{
	struct entry_key key = table_key(table, ENTRY_TRACE, 0, remember->id);
	struct filling filling = {
		.shard = table_shard_of(table, &key), .cap = cap};

	pthread_mutex_lock(&filling.shard->lock);
	expire(filling.shard, at_ms);
	begin_filling(&filling, &key, at_ms, bytes_of(remember));
	if (filling.trace != NULL && remember->anew)
		empty(&filling);
	for (size_t i = 0; filling.trace != NULL && i < remember->count; i++)
		fill_in(&filling, (struct record){at_ms, remember->members[i]});
	end_filling(&filling, at_ms, at_ms + remember->ttl_ms);
	table_trim(filling.shard);
	pthread_mutex_unlock(&filling.shard->lock);
}

void
trace_merge(struct table *table, uint32_t cap, struct trace *other)
{
	struct entry_key key =
		table_key(table, ENTRY_TRACE, 0, entry_key_text(&other->entry));
	struct filling filling = {
		.shard = table_shard_of(table, &key), .cap = cap};
	struct record record = {0};
	uint32_t at = 0;

	pthread_mutex_lock(&filling.shard->lock);
	begin_filling(&filling, &key, 0, other->used);
	while (filling.trace != NULL && read_record(other, at, &record)) {
		at += record_bytes(&record);
		fill_in(&filling, record);
	}
	end_filling(&filling, record.at_ms, other->expires_ms);
	table_trim(filling.shard);
	pthread_mutex_unlock(&filling.shard->lock);
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
