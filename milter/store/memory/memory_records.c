/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records out of memory, a shard of the table at a time, the contained
 * mailboxes last; and into it, by the way that another process' snapshot is
 * taken in.
 */
#include "store/memory/memory_records.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/key.h"
#include "store/record.h"

#include <stdlib.h>
#include <string.h>

static bool
copy_routes(struct arena *arena, struct mailbox *mailbox, struct record *out)
{
	struct mailbox_route route;
	uint32_t cursor = 0;

	out->routes = arena_array(arena, mailbox->routes, sizeof(*out->routes));
	if (out->routes == NULL)
		return false;
	while (out->route_count < mailbox->routes &&
		mailbox_next_route(mailbox, &cursor, &route)) {
		struct slice name = arena_copy(arena, route.destination);

		if (name.p == NULL)
			return false;
		out->routes[out->route_count++] = (struct store_route){
			.destination = name,
			.count = route.count,
			.first_ms = route.first_ms,
			.last_ms = route.last_ms,
		};
	}
	return true;
}

static bool
copy_mailbox(struct arena *arena, struct mailbox *mailbox, struct record *out)
{
	const struct mailbox_hour *hours = mailbox_hours(mailbox);
	const struct mailbox_day *days = mailbox_days(mailbox);

	memset(out, 0, sizeof(*out));
	out->mailbox = arena_copy(arena, entry_key_text(&mailbox->entry));
	out->seen = true;
	out->person = (mailbox->entry.mode & MAILBOX_PERSON) != 0;
	out->first_ms = mailbox->first_ms;
	out->last_ms = mailbox->last_ms;
	for (int what = 0; what < TALLY_COUNT; what++)
		out->tally[what] = mailbox->tally[what];
	for (int i = 0; i < mailbox->hours; i++) {
		(void)record_add_hour(out,
			&(struct record_hour){hours[i].hour,
				{hours[i].received, hours[i].forwarded,
					hours[i].keyword_received,
					hours[i].keyword_forwarded}});
	}
	for (int i = 0; i < mailbox->days; i++) {
		(void)record_add_day(
			out, &(struct record_day){days[i].day, days[i].flows});
	}
	return out->mailbox.p != NULL && copy_routes(arena, mailbox, out);
}

static size_t
count_mailboxes(const struct table_shard *shard)
{
	size_t count = 0;

	for (struct entry *entry = table_oldest(shard, ENTRY_MAILBOX);
		entry != NULL; entry = table_after(shard, entry))
		count++;
	return count;
}

static bool
export_shard(struct arena *arena, struct table_shard *shard,
	struct store_records *records)
{
	struct entry *entry;
	bool ok;

	pthread_mutex_lock(&shard->lock);
	records->at = arena_array(
		arena, count_mailboxes(shard), sizeof(*records->at));
	ok = records->at != NULL;
	for (entry = table_oldest(shard, ENTRY_MAILBOX); ok && entry != NULL;
		entry = table_after(shard, entry)) {
		ok = copy_mailbox(arena, (struct mailbox *)entry,
			&records->at[records->count]);
		records->count += ok;
	}
	pthread_mutex_unlock(&shard->lock);
	return ok;
}

/* The mark is the number of the next shard. */
bool
memory_records_export(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct store_records *records = &query->answer.records;
	uint64_t shard = 0;

	if (query->after.p != NULL && !slice_to_u64(query->after, &shard))
		return err_set(err, ERR_INVALID, "that is no mark");
	if (shard >= memory->table->shard_count) {
		records->mark = SLICE("");
		return true;
	}
	records->mark =
		arena_printf(arena, "%llu", (unsigned long long)shard + 1);
	return (records->mark.p != NULL &&
		       export_shard(arena, &memory->table->shards[shard],
			       records)) ||
		answer_too_long(err);
}

static uint32_t
bounded(uint64_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static void
fill_times(struct mailbox *mailbox, const struct record *record)
{
	struct mailbox_hour *hours = entry_data(&mailbox->entry);
	struct mailbox_day *days =
		(struct mailbox_day *)(hours + record->hour_count);

	for (size_t i = 0; i < record->hour_count; i++) {
		const struct record_hour *from = &record->hours[i];

		hours[i] = (struct mailbox_hour){from->hour, from->count[0],
			from->count[1], from->count[2], from->count[3]};
	}
	for (size_t i = 0; i < record->day_count; i++) {
		days[i] = (struct mailbox_day){
			record->days[i].day, record->days[i].flows};
	}
	mailbox->hours = (uint8_t)record->hour_count;
	mailbox->days = (uint8_t)record->day_count;
}

/* The record as a mailbox of another process would be, without its routes. */
static struct mailbox *
make_mailbox(const struct record *record, struct slice name, int64_t now_ms)
{
	size_t offset = entry_data_offset(ENTRY_MAILBOX, name.len);
	size_t bytes = offset +
		record->hour_count * sizeof(struct mailbox_hour) +
		record->day_count * sizeof(struct mailbox_day);
	struct mailbox *mailbox = calloc(1, bytes);

	if (mailbox == NULL)
		return NULL;
	mailbox->entry.kind = ENTRY_MAILBOX;
	mailbox->entry.bytes = (uint32_t)bytes;
	mailbox->entry.key_len = (uint16_t)name.len;
	memcpy((char *)mailbox + entry_head_bytes(ENTRY_MAILBOX), name.p,
		name.len);
	mailbox->entry.mode = (uint8_t)((record->person ? MAILBOX_PERSON : 0) |
		(record->tally[TALLY_FORWARDED] > 0 ? MAILBOX_FORWARDS : 0));
	mailbox->active_ms = now_ms;
	mailbox->first_ms = record->first_ms;
	mailbox->last_ms = record->last_ms;
	for (int what = 0; what < TALLY_COUNT; what++)
		mailbox->tally[what] = bounded(record->tally[what]);
	fill_times(mailbox, record);
	return mailbox;
}

static int
by_stalest(const void *a, const void *b)
{
	const struct store_route *x = a, *y = b;

	return (x->last_ms > y->last_ms) - (x->last_ms < y->last_ms);
}

/* The stalest first: so the newest ones find room. */
static bool
import_routes(struct memory *memory, struct arena *arena,
	const struct record *record, struct slice name)
{
	struct store_route *sorted =
		arena_array(arena, record->route_count, sizeof(*sorted));
	struct key_text room;

	if (sorted == NULL)
		return false;
	if (record->route_count > 0) {
		memcpy(sorted, record->routes,
			record->route_count * sizeof(*sorted));
		qsort(sorted, record->route_count, sizeof(*sorted), by_stalest);
	}
	for (size_t i = 0; i < record->route_count; i++) {
		const struct store_facts facts = {.mailbox = name,
			.destination = key_bound(sorted[i].destination, &room),
			.route_count = sorted[i].count,
			.route_first_ms = sorted[i].first_ms,
			.route_last_ms = sorted[i].last_ms};

		mailbox_learn(memory->table, &memory->limits,
			clock_now_ms(memory->clock), &facts);
	}
	return true;
}

static bool
import_seen(struct memory *memory, struct arena *arena,
	const struct record *record, struct slice name)
{
	struct mailbox *mailbox =
		make_mailbox(record, name, clock_now_ms(memory->clock));

	if (mailbox == NULL)
		return false;
	mailbox_merge(memory->table, &memory->limits, mailbox);
	free(mailbox);
	return import_routes(memory, arena, record, name);
}

bool
memory_records_import(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct record *record = query->record;
	struct key_text room;
	struct slice name = key_bound(record->mailbox, &room);
	bool ok = !record->seen || import_seen(memory, arena, record, name);

	if (record->containment.until_ms > clock_now_ms(memory->clock)) {
		ok = ok &&
			memory_contain(
				memory, record->mailbox, &record->containment);
	}
	return ok || err_set(err, ERR_MEMORY, "out of memory");
}
