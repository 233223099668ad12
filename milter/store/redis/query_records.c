/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records out of Redis, a page of a walk over its keys at a time, the contained
 * mailboxes last; and into it, each by one script and a mark for each index.
 * The mark of a page is the kind of key, the number of the node, and the cursor
 * of its walk.
 */
#include "store/redis/query_records.h"

#include "store/answer.h"
#include "store/key.h"
#include "store/record.h"
#include "store/redis/query_orders.h"
#include "store/redis/redis_key.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_KEYS "500"
#define FIELDS_MAX (TALLY_COUNT + 3 + RECORD_HOURS + RECORD_DAYS)

static const char *const kinds[] = {"box", "contain"};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

struct place {
	uint64_t kind, node;
	char cursor[32];
};

static bool
read_mark(struct slice mark, struct place *place)
{
	struct slice kind, node, cursor;

	*place = (struct place){.cursor = "0"};
	if (mark.p == NULL)
		return true;
	if (!slice_next(&mark, ' ', &kind) || !slice_next(&mark, ' ', &node) ||
		!slice_next(&mark, ' ', &cursor) ||
		!slice_to_u64(kind, &place->kind) || place->kind >= KINDS ||
		!slice_to_u64(node, &place->node) || cursor.len == 0 ||
		cursor.len >= sizeof(place->cursor))
		return false;
	memcpy(place->cursor, cursor.p, cursor.len);
	place->cursor[cursor.len] = '\0';
	return true;
}

/* Where to go on; empty at the end. */
static struct slice
next_mark(struct redis *redis, struct arena *arena, struct place *place)
{
	if (strcmp(place->cursor, "0") == 0 &&
		redis_node(redis, (size_t)++place->node) == NULL) {
		place->node = 0;
		if (++place->kind == KINDS)
			return SLICE("");
	}
	return arena_printf(arena, "%llu %llu %s",
		(unsigned long long)place->kind,
		(unsigned long long)place->node, place->cursor);
}

/* One page of the walk. */
static const struct reply *
scan(struct queries *q, struct place *place, struct err *err)
{
	struct command *command =
		queries_add(q, "SCAN", (struct slice){NULL, 0});
	const struct reply *reply;

	command->target = redis_node(q->redis, (size_t)place->node);
	command_word(command, arena_copy(q->arena, slice_of(place->cursor)));
	command_word(command, SLICE("MATCH"));
	command_word(command,
		arena_printf(q->arena, "%s:%s:{*", q->redis->prefix,
			kinds[place->kind]));
	command_word(command, SLICE("COUNT"));
	command_word(command, SLICE(PAGE_KEYS));
	if (!queries_put(q, err))
		return NULL;
	reply = command->reply;
	if (reply_count(reply) != 2 || reply->items[0].text.p == NULL ||
		reply->items[0].text.len >= sizeof(place->cursor)) {
		err_set(err, ERR_DOWN, "an answer that makes no sense");
		return NULL;
	}
	memcpy(place->cursor, reply->items[0].text.p,
		reply->items[0].text.len + 1);
	return &reply->items[1];
}

/* Up to so many numbers with blanks between them. */
static size_t
read_numbers(struct slice text, uint64_t *out, size_t most)
{
	struct slice part;
	size_t count = 0;

	while (count < most && slice_next(&text, ' ', &part))
		out[count++] = reply_u64(part);
	return count;
}

static int
by_hour(const void *a, const void *b)
{
	const struct record_hour *x = a, *y = b;

	return (x->hour > y->hour) - (x->hour < y->hour);
}

static int
by_day(const void *a, const void *b)
{
	const struct record_day *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

static void
read_time(struct slice name, struct slice value, struct record *record)
{
	uint64_t at, n[RECORD_COLUMNS] = {0};

	if (name.len < 3 || name.p[1] != ':' ||
		!slice_to_u64(slice_sub(name, 2, name.len), &at))
		return;
	(void)read_numbers(value, n, RECORD_COLUMNS);
	if (name.p[0] == 'h') {
		struct record_hour hour = {.hour = (uint32_t)at};

		for (int i = 0; i < RECORD_COLUMNS; i++)
			hour.count[i] = (uint32_t)n[i];
		(void)record_add_hour(record, &hour);
	} else if (name.p[0] == 'd') {
		(void)record_add_day(record,
			&(struct record_day){(uint32_t)at, (uint32_t)n[0]});
	}
}

static void
read_box(const struct reply *hash, struct record *record)
{
	record->seen = true;
	record->person = reply_field_u64(hash, "person") != 0;
	record->first_ms = (int64_t)reply_field_u64(hash, "first");
	record->last_ms = (int64_t)reply_field_u64(hash, "last");
	for (int what = 0; what < TALLY_COUNT; what++) {
		record->tally[what] = reply_field_u64(
			hash, store_tally_name((enum tally_what)what));
	}
	for (size_t i = 0; i + 1 < reply_count(hash); i += 2) {
		read_time(hash->items[i].text, hash->items[i + 1].text, record);
	}
	qsort(record->hours, record->hour_count, sizeof(*record->hours),
		by_hour);
	qsort(record->days, record->day_count, sizeof(*record->days), by_day);
}

static bool
read_routes(
	struct arena *arena, const struct reply *hash, struct record *record)
{
	size_t count = reply_count(hash) / 2;

	record->routes = arena_array(arena, count, sizeof(*record->routes));
	if (record->routes == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		uint64_t n[3] = {0};

		(void)read_numbers(hash->items[2 * i + 1].text, n, 3);
		record->routes[i] = (struct store_route){
			.destination =
				arena_copy(arena, hash->items[2 * i].text),
			.first_ms = (int64_t)n[0],
			.last_ms = (int64_t)n[1],
			.count = n[2],
		};
		if (record->routes[i].destination.p == NULL)
			return false;
	}
	record->route_count = count;
	return true;
}

static bool
read_contained(
	struct arena *arena, const struct reply *hash, struct record *record)
{
	record->containment = (struct store_containment){
		.by = arena_copy(arena, reply_field(hash, "by")),
		.why = arena_copy(arena, reply_field(hash, "why")),
		.at_ms = (int64_t)reply_field_u64(hash, "at"),
		.until_ms = (int64_t)reply_field_u64(hash, "until"),
	};
	return true;
}

/* The page's keys as records; one that went meanwhile is none. */
static bool
read_page(struct queries *q, struct arena *arena, const struct reply *keys,
	bool boxes, struct store_records *records)
{
	size_t count = reply_count(keys);
	const struct command **hashes =
		arena_array(q->arena, 2 * count, sizeof(*hashes));
	struct slice *names = arena_array(q->arena, count, sizeof(*names));
	struct slice rest;
	struct err err;

	records->at = arena_array(arena, count, sizeof(*records->at));
	if (hashes == NULL || names == NULL || records->at == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		(void)redis_key_parse(q->arena, q->redis->prefix,
			keys->items[i].text, &names[i], &rest);
		hashes[2 * i] = queries_add(q, "HGETALL", keys->items[i].text);
		hashes[2 * i + 1] = boxes
			? queries_add(q, "HGETALL",
				  queries_tagged(q, "route", names[i]))
			: NULL;
	}
	if (!queries_put(q, &err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct record *record = &records->at[records->count];
		const struct reply *hash = hashes[2 * i]->reply;

		if (names[i].len == 0 || reply_count(hash) == 0)
			continue;
		memset(record, 0, sizeof(*record));
		record->mailbox = arena_copy(arena, names[i]);
		if (boxes)
			read_box(hash, record);
		if (record->mailbox.p == NULL ||
			!(boxes ? read_routes(arena, hashes[2 * i + 1]->reply,
					  record)
				: read_contained(arena, hash, record)))
			return false;
		records->count++;
	}
	return true;
}

bool
query_records_export(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct store_records *records = &query->answer.records;
	const struct reply *keys;
	struct place place;
	bool boxes;

	if (!read_mark(query->after, &place))
		return err_set(err, ERR_INVALID, "that is no mark");
	boxes = place.kind == 0;
	keys = scan(q, &place, err);
	if (keys == NULL)
		return false;
	if (!read_page(q, arena, keys, boxes, records))
		return answer_too_long(err);
	records->mark = next_mark(q->redis, arena, &place);
	return records->mark.p != NULL || answer_too_long(err);
}

/* Until when it is worth keeping, from now. */
static int64_t
life_of(const struct redis *redis, const struct record *record, int64_t now_ms)
{
	int64_t ttl_ms = redis->options.mailbox_ttl_ms, left_ms;

	if (record->tally[TALLY_FORWARDED] == 0 && !record->person)
		return ttl_ms < STORE_DAY_MS ? ttl_ms : STORE_DAY_MS;
	left_ms = record->last_ms + ttl_ms - now_ms;
	if (record->person || left_ms > ttl_ms)
		return ttl_ms;
	return left_ms > STORE_DAY_MS ? left_ms : STORE_DAY_MS;
}

/* Fields and values, as they are added. */
struct fields {
	struct arena *arena;
	struct slice at[2 * FIELDS_MAX];
	size_t count;
};

static void
put_field(struct fields *fields, struct slice name, struct slice value)
{
	fields->at[2 * fields->count] = name;
	fields->at[2 * fields->count + 1] = value;
	fields->count++;
}

static void
put_number(struct fields *fields, const char *name, uint64_t number)
{
	if (number > 0) {
		put_field(fields, slice_of(name),
			arena_printf(fields->arena, "%llu",
				(unsigned long long)number));
	}
}

static void
put_fields(struct fields *fields, const struct record *record)
{
	for (int what = 0; what < TALLY_COUNT; what++) {
		put_number(fields, store_tally_name((enum tally_what)what),
			record->tally[what]);
	}
	put_number(fields, "person", record->person);
	put_number(fields, "first", (uint64_t)record->first_ms);
	put_number(fields, "last", (uint64_t)record->last_ms);
	for (size_t i = 0; i < record->hour_count; i++) {
		const struct record_hour *hour = &record->hours[i];

		put_field(fields,
			arena_printf(fields->arena, "h:%u", hour->hour),
			arena_printf(fields->arena, "%u %u %u %u",
				hour->count[0], hour->count[1], hour->count[2],
				hour->count[3]));
	}
	for (size_t i = 0; i < record->day_count; i++) {
		put_field(fields,
			arena_printf(
				fields->arena, "d:%u", record->days[i].day),
			arena_printf(
				fields->arena, "%u", record->days[i].flows));
	}
}

static void
restore(struct queries *q, const struct record *record, int64_t life_ms)
{
	const struct slice keys[2] = {queries_tagged(q, "box", record->mailbox),
		queries_tagged(q, "route", record->mailbox)};
	struct fields fields = {.arena = q->arena};
	struct command *command;

	put_fields(&fields, record);
	command = queries_add_script_keys(q, SCRIPT_RESTORE, keys, 2,
		3 + 2 * fields.count + 4 * record->route_count);
	command_number(command, life_ms);
	command_number(command, q->redis->options.routes);
	command_number(command, (int64_t)fields.count);
	for (size_t i = 0; i < 2 * fields.count; i++)
		command_word(command, fields.at[i]);
	for (size_t i = 0; i < record->route_count; i++) {
		command_word(command, record->routes[i].destination);
		command_number(command, record->routes[i].first_ms);
		command_number(command, record->routes[i].last_ms);
		command_number(command, (int64_t)record->routes[i].count);
	}
}

static void
mark(struct queries *q, struct slice key, int64_t score, struct slice member,
	const char *cap, int64_t ttl_ms)
{
	struct command *command = queries_add_script(q, SCRIPT_MARK, key, 4);

	command_number(command, score);
	command_word(command, member);
	command_word(command, slice_of(cap));
	command_number(command, ttl_ms);
}

/* What is found by a route, a forward's time, a day. */
static void
mark_all(struct queries *q, const struct record *record, int64_t now_ms)
{
	const struct store_options *options = &q->redis->options;
	int64_t last_ms = 0;

	for (size_t i = 0; i < record->route_count; i++) {
		const struct store_route *route = &record->routes[i];

		mark(q, queries_tagged(q, "dest", route->destination),
			route->last_ms, record->mailbox, COMMANDS_DEST_MAX,
			options->mailbox_ttl_ms);
		if (last_ms < route->last_ms)
			last_ms = route->last_ms;
	}
	if (record->route_count > 0) {
		mark(q,
			redis_key_routed(q->arena, q->redis->prefix,
				redis_key_part(record->mailbox)),
			last_ms, record->mailbox, COMMANDS_ROUTED_MAX,
			options->mailbox_ttl_ms);
	}
	for (size_t i = 0; i < record->day_count; i++) {
		int64_t at_ms = record->days[i].day * STORE_DAY_MS;

		if (record->days[i].flows > 0 &&
			at_ms + options->day_ttl_ms > now_ms) {
			mark(q,
				redis_key_top(
					q->arena, q->redis->prefix, at_ms),
				record->days[i].flows, record->mailbox,
				COMMANDS_TOP_MAX, options->day_ttl_ms);
		}
	}
}

bool
query_records_import(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct record *record = query->record;
	int64_t now_ms = redis_now_ms(q->redis);
	struct store_query order = {.kind = STORE_ORDER,
		.about = key_contained(arena, record->mailbox),
		.containment = record->containment,
		.as_kept = true};

	if (record->seen) {
		restore(q, record, life_of(q->redis, record, now_ms));
		mark_all(q, record, now_ms);
	}
	if (!queries_put(q, err))
		return false;
	return record->containment.until_ms <= now_ms ||
		query_orders_give(q, arena, &order, err);
}
