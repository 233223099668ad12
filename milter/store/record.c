/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records as lines of JSON. What is read was written by whoever could write the
 * file: every number has its range, every text its length.
 */
#include "store/record.h"

#include "base/arena.h"
#include "base/codec.h"
#include "base/json.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEAR_9999_MS INT64_C(253402300800000)
#define COUNT_MAX INT64_C(9007199254740992) /* what JSON's readers agree on */
#define TEXT_MAX 4096

/* Names that are no UTF-8, which JSON has no text for, stand in hexadecimal
 * under another key: so they come back as they were. */
static const struct name {
	const char *text, *hex;
} name_mailbox = {"mailbox", "mailbox_hex"}, name_to = {"to", "to_hex"},
  name_order = {"order", "order_hex"};

static bool
set_name(struct json *json, const struct name *name, struct slice value)
{
	char *hex;

	if (slice_is_utf8(value) &&
		slice_find_byte(value, '\0', 0) == SLICE_NONE) {
		json_set_text(json, name->text, value);
		return true;
	}
	hex = malloc(2 * value.len + 1);
	if (hex == NULL)
		return false;
	codec_hex((const unsigned char *)value.p, value.len, hex);
	json_set_text(json, name->hex, slice_of(hex));
	free(hex);
	return true;
}

bool
record_add_hour(struct record *record, const struct record_hour *hour)
{
	if (record->hour_count == RECORD_HOURS)
		return false;
	record->hours[record->hour_count++] = *hour;
	return true;
}

bool
record_add_day(struct record *record, const struct record_day *day)
{
	if (record->day_count == RECORD_DAYS)
		return false;
	record->days[record->day_count++] = *day;
	return true;
}

static void
set_times(struct json *json, const struct record *record)
{
	struct json *hours = json_list(), *days = json_list();

	for (size_t i = 0; i < record->hour_count; i++) {
		struct json *row = json_list();

		json_add_number(row, record->hours[i].hour);
		for (int k = 0; k < RECORD_COLUMNS; k++)
			json_add_number(row, record->hours[i].count[k]);
		json_add_take(hours, row);
	}
	for (size_t i = 0; i < record->day_count; i++) {
		struct json *row = json_list();

		json_add_number(row, record->days[i].day);
		json_add_number(row, record->days[i].flows);
		json_add_take(days, row);
	}
	json_set_take(json, "hours", hours);
	json_set_take(json, "days", days);
}

static bool
set_routes(struct json *json, const struct record *record)
{
	struct json *routes = json_list();
	bool ok = true;

	for (size_t i = 0; i < record->route_count; i++) {
		const struct store_route *route = &record->routes[i];
		struct json *row = json_map();

		ok = set_name(row, &name_to, route->destination) && ok;
		json_set_number(row, "count", (long long)route->count);
		json_set_number(row, "first", route->first_ms);
		json_set_number(row, "last", route->last_ms);
		json_add_take(routes, row);
	}
	json_set_take(json, "routes", routes);
	return ok;
}

static bool
set_seen(struct json *json, const struct record *record)
{
	for (int what = 0; what < TALLY_COUNT; what++) {
		json_set_number(json, store_tally_name((enum tally_what)what),
			(long long)record->tally[what]);
	}
	json_set_bool(json, "person", record->person);
	json_set_number(json, "first", record->first_ms);
	json_set_number(json, "last", record->last_ms);
	set_times(json, record);
	return set_routes(json, record);
}

static void
set_word(struct json *json, const char *key,
	const struct store_containment *word)
{
	struct json *inner = json_map();

	json_set_text(inner, "by", word->by);
	json_set_text(inner, "why", word->why);
	json_set_number(inner, "at", word->at_ms);
	json_set_number(inner, "until", word->until_ms);
	json_set_take(json, key, inner);
}

static bool
write_line_take(struct json *json, struct buf *out)
{
	bool ok = json_write(json, out);

	json_free(json);
	buf_add_byte(out, '\n');
	return ok && buf_ok(out);
}

bool
record_print(const struct record *record, struct buf *out)
{
	struct json *json = json_map();
	bool ok = set_name(json, &name_mailbox, record->mailbox);

	if (record->seen)
		ok = set_seen(json, record) && ok;
	if (record->containment.until_ms != 0)
		set_word(json, "contained", &record->containment);
	return write_line_take(json, out) && ok;
}

bool
record_print_order(const struct store_order *order, struct buf *out)
{
	struct json *json = json_map();
	bool ok = set_name(json, &name_order, order->about);

	set_word(json, "given", &order->word);
	return write_line_take(json, out) && ok;
}

/* A number of the map; 0 where there is none. False: out of its range. */
static bool
take_number(const struct json *map, const char *name, int64_t most,
	int64_t *number, struct err *err)
{
	const struct json *found = json_find(map, name);

	if (found != NULL && !json_is_whole(found)) {
		return err_set(err, ERR_INVALID,
			"\"%s\" is to be a whole number", name);
	}
	*number = json_number(map, name);
	if (*number >= 0 && *number <= most)
		return true;
	return err_set(err, ERR_INVALID,
		"\"%s\" is %lld: 0 to %lld is what it may be", name,
		(long long)*number, (long long)most);
}

static bool
take_hex(struct slice hex, const struct name *name, char *out, struct err *err)
{
	for (size_t i = 0; i < hex.len; i++) {
		int digit = codec_hex_digit(hex.p[i]);

		if (digit < 0 || hex.len % 2 != 0) {
			return err_set(err, ERR_INVALID,
				"\"%s\" is to be pairs of hexadecimal digits",
				name->hex);
		}
		out[i / 2] =
			(char)(i % 2 == 0 ? digit << 4
					  : (unsigned char)out[i / 2] | digit);
	}
	return true;
}

static bool
take_name(struct arena *arena, const struct json *map, const struct name *name,
	struct slice *value, struct err *err)
{
	struct slice text = json_text(map, name->text);
	struct slice hex = json_text(map, name->hex);
	size_t len = text.len > 0 ? text.len : hex.len / 2;
	char *bytes;

	if (len == 0 || len > TEXT_MAX) {
		return err_set(err, ERR_INVALID,
			"\"%s\" is to be a text of 1 to %d bytes", name->text,
			TEXT_MAX);
	}
	bytes = arena_bytes(arena, len);
	if (bytes == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	*value = (struct slice){bytes, len};
	if (text.len == 0)
		return take_hex(hex, name, bytes, err);
	memcpy(bytes, text.p, len);
	return true;
}

static bool
take_counts(const struct json *json, struct record *record, struct err *err)
{
	int64_t number;

	for (int what = 0; what < TALLY_COUNT; what++) {
		if (!take_number(json, store_tally_name((enum tally_what)what),
			    COUNT_MAX, &number, err))
			return false;
		record->tally[what] = (uint64_t)number;
	}
	record->person = json_bool(json, "person");
	return take_number(
		       json, "first", YEAR_9999_MS, &record->first_ms, err) &&
		take_number(json, "last", YEAR_9999_MS, &record->last_ms, err);
}

/* A list of so many numbers of 32 bits. */
static bool
take_row(const struct json *row, size_t count, uint32_t *out, struct err *err)
{
	if (json_count(row) != count) {
		return err_set(err, ERR_INVALID,
			"a row of %zu numbers where %zu are to be",
			json_count(row), count);
	}
	for (size_t i = 0; i < count; i++) {
		long long number = json_number_at(row, i);

		if (!json_is_whole(json_at(row, i)) || number < 0 ||
			number > UINT32_MAX) {
			return err_set(err, ERR_INVALID,
				"number %zu of a row is to be one below 2^32",
				i + 1);
		}
		out[i] = (uint32_t)number;
	}
	return true;
}

static bool
too_many(const char *what, size_t most, struct err *err)
{
	return err_set(
		err, ERR_LIMIT, "more than %zu rows in \"%s\"", most, what);
}

static bool
take_times(const struct json *json, struct record *record, struct err *err)
{
	const struct json *hours = json_find(json, "hours");
	const struct json *days = json_find(json, "days");

	for (size_t i = 0; i < json_count(hours); i++) {
		uint32_t row[1 + RECORD_COLUMNS];
		struct record_hour hour;

		if (!take_row(json_at(hours, i), 1 + RECORD_COLUMNS, row, err))
			return false;
		hour.hour = row[0];
		memcpy(hour.count, row + 1, sizeof(hour.count));
		if (!record_add_hour(record, &hour))
			return too_many("hours", RECORD_HOURS, err);
	}
	for (size_t i = 0; i < json_count(days); i++) {
		uint32_t row[2];

		if (!take_row(json_at(days, i), 2, row, err))
			return false;
		if (!record_add_day(
			    record, &(struct record_day){row[0], row[1]}))
			return too_many("days", RECORD_DAYS, err);
	}
	return true;
}

static bool
take_routes(struct arena *arena, const struct json *json, struct record *record,
	struct err *err)
{
	const struct json *list = json_find(json, "routes");
	size_t count = json_count(list);

	if (count > RECORD_ROUTES_MAX)
		return too_many("routes", RECORD_ROUTES_MAX, err);
	record->routes = arena_array(arena, count, sizeof(*record->routes));
	if (record->routes == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct store_route *route = &record->routes[i];
		const struct json *row = json_at(list, i);
		int64_t number;

		memset(route, 0, sizeof(*route));
		if (!take_name(
			    arena, row, &name_to, &route->destination, err) ||
			!take_number(row, "count", COUNT_MAX, &number, err) ||
			!take_number(row, "first", YEAR_9999_MS,
				&route->first_ms, err) ||
			!take_number(row, "last", YEAR_9999_MS, &route->last_ms,
				err))
			return false;
		route->count = (uint64_t)number;
		record->route_count++;
	}
	return true;
}

static bool
take_word(struct arena *arena, const struct json *json, const char *key,
	struct store_containment *out, struct err *err)
{
	const struct json *inner = json_find(json, key);

	out->by = arena_copy(arena, json_text(inner, "by"));
	out->why = arena_copy(arena, json_text(inner, "why"));
	if (!take_number(inner, "at", YEAR_9999_MS, &out->at_ms, err) ||
		!take_number(inner, "until", YEAR_9999_MS, &out->until_ms, err))
		return false;
	return out->until_ms > 0 ||
		err_set(err, ERR_INVALID, "\"%s\" is to say \"until\" when",
			key);
}

static bool
take_record(struct arena *arena, const struct json *json, struct record *record,
	struct err *err)
{
	record->seen = json_find(json, "received") != NULL;
	if (!record->seen && json_find(json, "contained") == NULL) {
		return err_set(err, ERR_INVALID,
			"neither counts nor \"contained\" are in it");
	}
	return take_name(arena, json, &name_mailbox, &record->mailbox, err) &&
		take_counts(json, record, err) &&
		take_times(json, record, err) &&
		take_routes(arena, json, record, err) &&
		(json_find(json, "contained") == NULL ||
			take_word(arena, json, "contained",
				&record->containment, err));
}

bool
record_parse(struct arena *arena, struct slice line, struct record *record,
	struct err *err)
{
	struct json *json = json_parse(line, err);
	bool ok;

	memset(record, 0, sizeof(*record));
	if (json == NULL)
		return false;
	ok = take_record(arena, json, record, err);
	json_free(json);
	return ok;
}

bool
record_parse_order(struct arena *arena, struct slice line, bool *is_order,
	struct store_order *order, struct err *err)
{
	struct json *json;
	bool ok;

	*is_order = false;
	if (slice_find(line, SLICE("\"order")) == SLICE_NONE)
		return true;
	json = json_parse(line, err);
	*is_order = json_find(json, name_order.text) != NULL ||
		json_find(json, name_order.hex) != NULL;
	ok = json != NULL &&
		(!*is_order ||
			(take_name(arena, json, &name_order, &order->about,
				 err) &&
				take_word(arena, json, "given", &order->word,
					err)));
	json_free(json);
	return ok;
}
