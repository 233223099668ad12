/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mailbox records. The data of the entry is three arrays, one after the
 * other: hours (oldest first), days (oldest first), routes (packed, stalest
 * first: the one that was used last moves to the end).
 */
#include "store/box.h"

#include <string.h>

#define ROUTE_HEAD_BYTES (2 * sizeof(int64_t) + sizeof(uint32_t) + 2)

struct box_day {
	uint32_t day; /* since 1970 */
	uint32_t flows;
};

static struct box_hour *
hours_of(struct box *box)
{
	return entry_data(&box->entry);
}

static struct box_day *
days_of(struct box *box)
{
	return (struct box_day *)(hours_of(box) + box->hours);
}

static char *
routes_of(struct box *box)
{
	return (char *)(days_of(box) + box->days);
}

static size_t
used_bytes(const struct box *box)
{
	return box->hours * sizeof(struct box_hour) +
		box->days * sizeof(struct box_day) + box->route_bytes;
}

const struct box_hour *
box_hours(struct box *box)
{
	return hours_of(box);
}

static void
add_saturating(uint32_t *counter)
{
	if (*counter < UINT32_MAX)
		(*counter)++;
}

/* Opens a gap of so many bytes at an offset of the data; it may move. */
static struct box *
open_gap(struct table_shard *shard, struct box *box, size_t at, size_t bytes)
{
	size_t used = used_bytes(box);
	struct entry *entry = &box->entry;
	char *data;

	if (used + bytes > entry_data_bytes(entry))
		entry = table_resize(shard, entry, used + bytes);
	if (entry == NULL)
		return NULL;
	data = entry_data(entry);
	memmove(data + at + bytes, data + at, used - at);
	memset(data + at, 0, bytes);
	return (struct box *)entry;
}

static void
close_gap(struct box *box, size_t at, size_t bytes)
{
	char *data = entry_data(&box->entry);

	memmove(data + at, data + at + bytes, used_bytes(box) - at - bytes);
}

static void
forget_hours(struct box *box, uint32_t hour)
{
	while (box->hours > 0 && hours_of(box)[0].hour + BOX_HOURS <= hour) {
		close_gap(box, 0, sizeof(struct box_hour));
		box->hours--;
	}
}

/* The hour's counts, made when they are not there; box may move. NULL for an
 * hour that is over long since. */
static struct box_hour *
hour_at(struct table_shard *shard, struct box **box, uint32_t hour)
{
	struct box_hour *hours;
	uint32_t at;

	forget_hours(*box, hour);
	hours = hours_of(*box);
	for (at = (*box)->hours; at > 0 && hours[at - 1].hour >= hour; at--)
		if (hours[at - 1].hour == hour)
			return &hours[at - 1];
	if ((*box)->hours >= BOX_HOURS)
		return NULL;
	*box = open_gap(shard, *box, at * sizeof *hours, sizeof *hours);
	if (*box == NULL)
		return NULL;
	(*box)->hours++;
	hours = hours_of(*box);
	hours[at].hour = hour;
	return &hours[at];
}

static struct box_day *
day_at(struct table_shard *shard, struct box **box, uint32_t day)
{
	size_t before = (*box)->hours * sizeof(struct box_hour);
	struct box_day *days = days_of(*box);
	uint32_t at;

	while ((*box)->days > 0 && days[0].day + BOX_DAYS <= day) {
		close_gap(*box, before, sizeof *days);
		(*box)->days--;
	}
	for (at = (*box)->days; at > 0 && days[at - 1].day >= day; at--)
		if (days[at - 1].day == day)
			return &days[at - 1];
	if ((*box)->days >= BOX_DAYS)
		return NULL;
	*box = open_gap(shard, *box, before + at * sizeof *days, sizeof *days);
	if (*box == NULL)
		return NULL;
	(*box)->days++;
	days = days_of(*box);
	days[at].day = day;
	return &days[at];
}

uint32_t
box_day_flows(struct box *box, uint32_t day)
{
	const struct box_day *days = days_of(box);
	uint32_t i;

	for (i = 0; i < box->days; i++)
		if (days[i].day == day)
			return days[i].flows;
	return 0;
}

static void
read_route(const char *p, struct box_route *route)
{
	uint16_t len;

	memcpy(&route->first_ms, p, sizeof route->first_ms);
	memcpy(&route->last_ms, p + 8, sizeof route->last_ms);
	memcpy(&route->count, p + 16, sizeof route->count);
	memcpy(&len, p + 20, sizeof len);
	route->destination = (struct slice){p + ROUTE_HEAD_BYTES, len};
}

static void
write_route(char *p, const struct box_route *route)
{
	uint16_t len = (uint16_t)route->destination.len;

	memcpy(p, &route->first_ms, sizeof route->first_ms);
	memcpy(p + 8, &route->last_ms, sizeof route->last_ms);
	memcpy(p + 16, &route->count, sizeof route->count);
	memcpy(p + 20, &len, sizeof len);
	memmove(p + ROUTE_HEAD_BYTES, route->destination.p, len);
}

static uint32_t
route_bytes(const struct box_route *route)
{
	return (uint32_t)(ROUTE_HEAD_BYTES + route->destination.len);
}

bool
box_next_route(struct box *box, uint32_t *cursor, struct box_route *route)
{
	if (*cursor >= box->route_bytes)
		return false;
	read_route(routes_of(box) + *cursor, route);
	*cursor += route_bytes(route);
	return true;
}

/* Offset of the route, UINT32_MAX when there is none. */
static uint32_t
find_route(struct box *box, struct slice destination, struct box_route *route)
{
	uint32_t cursor = 0, at = 0;

	while (box_next_route(box, &cursor, route)) {
		if (slice_equal(route->destination, destination))
			return at;
		at = cursor;
	}
	return UINT32_MAX;
}

static void
cut_route(struct box *box, uint32_t at, uint32_t bytes)
{
	size_t offset = (size_t)(routes_of(box) - (char *)hours_of(box));

	close_gap(box, offset + at, bytes);
	box->route_bytes -= bytes;
	box->routes--;
}

bool
box_drop_route(struct box *box, struct slice destination)
{
	struct box_route route;
	uint32_t at = find_route(box, destination, &route);

	if (at == UINT32_MAX)
		return false;
	cut_route(box, at, route_bytes(&route));
	return true;
}

/* Puts the route last; the stalest goes past the cap. box may move; NULL when
 * memory is short. */
static struct box *
add_route(struct table_shard *shard, struct box *box, uint32_t cap,
	const struct box_route *route)
{
	struct box_route stalest;

	box = open_gap(shard, box, used_bytes(box), route_bytes(route));
	if (box == NULL)
		return NULL;
	write_route(routes_of(box) + box->route_bytes, route);
	box->route_bytes += route_bytes(route);
	box->routes++;
	if (box->routes > cap) {
		read_route(routes_of(box), &stalest);
		cut_route(box, 0, route_bytes(&stalest));
	}
	return box;
}

static struct box *
count_route(struct table_shard *shard, struct box *box, uint32_t cap,
	int64_t at_ms, struct slice destination)
{
	struct box_route route;
	uint32_t at = find_route(box, destination, &route);

	if (at != UINT32_MAX)
		cut_route(box, at, route_bytes(&route));
	else
		route = (struct box_route){.first_ms = at_ms};
	route.destination = destination;
	if (route.last_ms < at_ms)
		route.last_ms = at_ms;
	if (route.first_ms > at_ms)
		route.first_ms = at_ms;
	add_saturating(&route.count);
	return add_route(shard, box, cap, &route);
}

static void
count_hour(struct box_hour *hour, const struct store_tally *tally)
{
	if (hour == NULL)
		return;
	if (tally->what == TALLY_RECEIVED) {
		add_saturating(&hour->received);
		if (tally->keyword)
			add_saturating(&hour->keyword_received);
	} else if (tally->what == TALLY_FORWARDED) {
		add_saturating(&hour->forwarded);
		if (tally->keyword)
			add_saturating(&hour->keyword_forwarded);
	}
}

/* What a forward adds: the marks, the day and the route. */
static void
count_forward(struct table_shard *shard, struct box *box, uint32_t cap,
	int64_t at_ms, struct slice destination)
{
	struct box_day *day;

	if (box->first_ms == 0 || at_ms < box->first_ms)
		box->first_ms = at_ms;
	if (at_ms > box->last_ms)
		box->last_ms = at_ms;
	day = day_at(shard, &box, (uint32_t)(at_ms / BOX_DAY_MS));
	if (day != NULL)
		add_saturating(&day->flows);
	if (box != NULL && destination.len > 0)
		(void)count_route(shard, box, cap, at_ms, destination);
}

static void
count_in(struct table_shard *shard, struct box *box, uint32_t cap,
	int64_t at_ms, const struct store_tally *tally)
{
	table_touch(shard, &box->entry);
	add_saturating(&box->tally[tally->what]);
	if (at_ms > box->active_ms)
		box->active_ms = at_ms;
	if (tally->what == TALLY_RECEIVED || tally->what == TALLY_FORWARDED)
		count_hour(
			hour_at(shard, &box, (uint32_t)(at_ms / BOX_HOUR_MS)),
			tally);
	if (box != NULL && tally->what == TALLY_FORWARDED)
		count_forward(shard, box, cap, at_ms, tally->destination);
}

static void
expire(struct table_shard *shard, int64_t before_ms)
{
	struct entry *oldest = shard->kinds[ENTRY_BOX].oldest;

	if (oldest == NULL || ((struct box *)oldest)->active_ms >= before_ms)
		return;
	table_remove(shard, oldest);
	shard->expired++;
}

/* What makes two tallies the same: who, what, where to, which message. */
static uint64_t
print_of(const struct table *table, const struct store_tally *tally)
{
	uint64_t parts[4] = {
		table_print(table, tally->mailbox),
		table_print(table, tally->destination),
		table_print(table, tally->identity),
		(uint64_t)tally->what,
	};

	return table_print(
		table, (struct slice){(const char *)parts, sizeof parts});
}

void
box_tally(struct table *table, const struct box_limits *limits, int64_t at_ms,
	const struct store_tally *tally)
{
	struct entry_key key = table_key(table, ENTRY_BOX, 0, tally->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	uint64_t print = tally->identity.len > 0 ? print_of(table, tally) : 0;
	struct entry *entry;

	if (tally->what >= TALLY_COUNT)
		return;
	pthread_mutex_lock(&shard->lock);
	expire(shard, at_ms - limits->ttl_ms);
	if (print == 0 || once_first(&shard->once, print)) {
		entry = table_find(shard, &key);
		if (entry == NULL)
			entry = table_add(shard, &key, 0);
		if (entry != NULL)
			count_in(shard, (struct box *)entry, limits->routes,
				at_ms, tally);
	}
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
}

/* The route, unless it is known better; box may move. */
static struct box *
learn_route(struct table_shard *shard, struct box *box, uint32_t cap,
	const struct box_route *learnt)
{
	struct box_route route;
	uint32_t at = find_route(box, learnt->destination, &route);

	if (at != UINT32_MAX && route.count >= learnt->count)
		return box;
	if (at != UINT32_MAX)
		cut_route(box, at, route_bytes(&route));
	return add_route(shard, box, cap, learnt);
}

void
box_learn(struct table *table, const struct box_limits *limits, int64_t at_ms,
	const struct store_facts *facts)
{
	struct entry_key key = table_key(table, ENTRY_BOX, 0, facts->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	struct box_route learnt = {facts->destination, facts->route_first_ms,
		facts->route_last_ms,
		facts->route_count < UINT32_MAX ? (uint32_t)facts->route_count
						: UINT32_MAX};
	struct entry *entry;
	struct box *box;

	if (facts->destination.len == 0)
		return;
	pthread_mutex_lock(&shard->lock);
	entry = table_find(shard, &key);
	if (entry == NULL)
		entry = table_add(shard, &key, 0);
	box = (struct box *)entry;
	if (box != NULL && box->active_ms < at_ms)
		box->active_ms = at_ms;
	if (box != NULL)
		(void)learn_route(shard, box, limits->routes, &learnt);
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
}

static void
keep_greater(uint32_t *counter, uint32_t other)
{
	if (*counter < other)
		*counter = other;
}

/* Totals and marks. */
static void
merge_totals(struct box *box, const struct box *other)
{
	int what;

	for (what = 0; what < TALLY_COUNT; what++)
		keep_greater(&box->tally[what], other->tally[what]);
	if (box->first_ms == 0 ||
		(other->first_ms != 0 && other->first_ms < box->first_ms))
		box->first_ms = other->first_ms;
	if (box->last_ms < other->last_ms)
		box->last_ms = other->last_ms;
	if (box->active_ms < other->active_ms)
		box->active_ms = other->active_ms;
}

/* Hours and days; NULL when memory is short. */
static struct box *
merge_times(struct table_shard *shard, struct box *box, struct box *other)
{
	const struct box_hour *hours = hours_of(other);
	const struct box_day *days = days_of(other);
	struct box_hour *hour;
	struct box_day *day;
	int i;

	for (i = 0; box != NULL && i < other->hours; i++) {
		hour = hour_at(shard, &box, hours[i].hour);
		if (hour == NULL)
			continue;
		keep_greater(&hour->received, hours[i].received);
		keep_greater(&hour->forwarded, hours[i].forwarded);
		keep_greater(
			&hour->keyword_received, hours[i].keyword_received);
		keep_greater(
			&hour->keyword_forwarded, hours[i].keyword_forwarded);
	}
	for (i = 0; box != NULL && i < other->days; i++) {
		day = day_at(shard, &box, days[i].day);
		if (day != NULL)
			keep_greater(&day->flows, days[i].flows);
	}
	return box;
}

void
box_merge(
	struct table *table, const struct box_limits *limits, struct box *other)
{
	struct entry_key key =
		table_key(table, ENTRY_BOX, 0, entry_key_text(&other->entry));
	struct table_shard *shard = table_shard_of(table, &key);
	struct box_route route;
	struct entry *entry;
	struct box *box;
	uint32_t cursor = 0;

	pthread_mutex_lock(&shard->lock);
	entry = table_find(shard, &key);
	if (entry == NULL)
		entry = table_add(shard, &key, 0);
	box = (struct box *)entry;
	if (box != NULL) {
		merge_totals(box, other);
		box = merge_times(shard, box, other);
	}
	while (box != NULL && box_next_route(other, &cursor, &route))
		box = learn_route(shard, box, limits->routes, &route);
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
}

static void
add_hours(struct box *box, uint32_t now, struct store_facts *facts)
{
	const struct box_hour *hours = hours_of(box);
	uint32_t i;

	for (i = 0; i < box->hours; i++) {
		if (hours[i].hour + BOX_HOURS <= now)
			continue;
		facts->received_day += hours[i].received;
		facts->forwarded_day += hours[i].forwarded;
		facts->keyword_received_day += hours[i].keyword_received;
		facts->keyword_forwarded_day += hours[i].keyword_forwarded;
		if (hours[i].hour == now)
			facts->forwarded_hour = hours[i].forwarded;
	}
}

void
box_facts(struct table *table, int64_t at_ms, struct store_facts *facts)
{
	struct entry_key key = table_key(table, ENTRY_BOX, 0, facts->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	struct box_route route;
	struct box *box;

	pthread_mutex_lock(&shard->lock);
	box = (struct box *)table_find(shard, &key);
	facts->known = box != NULL;
	if (box != NULL) {
		add_hours(box, (uint32_t)(at_ms / BOX_HOUR_MS), facts);
		if (find_route(box, facts->destination, &route) != UINT32_MAX) {
			facts->route_count = route.count;
			facts->route_first_ms = route.first_ms;
			facts->route_last_ms = route.last_ms;
		}
	}
	pthread_mutex_unlock(&shard->lock);
}

bool
box_is_sound(struct box *box)
{
	struct box_route route;
	uint32_t at = 0, count = 0;
	size_t used = used_bytes(box);

	if (box->hours > BOX_HOURS || box->days > BOX_DAYS ||
		used > entry_data_bytes(&box->entry))
		return false;
	while (at < box->route_bytes) {
		if (box->route_bytes - at < ROUTE_HEAD_BYTES)
			return false;
		read_route(routes_of(box) + at, &route);
		if (box->route_bytes - at < route_bytes(&route))
			return false;
		at += route_bytes(&route);
		count++;
	}
	return count == box->routes;
}
