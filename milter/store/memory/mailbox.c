/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mailbox records. The data of the entry is three arrays, one after the
 * other: hours (oldest first), days (oldest first), routes (packed, stalest
 * first: the one that was used last moves to the end).
 */
#include "store/memory/mailbox.h"

#include "store/memory/retention.h"

#include <string.h>

#define ROUTE_HEAD_BYTES (2 * sizeof(int64_t) + sizeof(uint32_t) + 2)

static struct mailbox_hour *
hours_of(struct mailbox *mailbox)
{
	return entry_data(&mailbox->entry);
}

static struct mailbox_day *
days_of(struct mailbox *mailbox)
{
	return (struct mailbox_day *)(hours_of(mailbox) + mailbox->hours);
}

static char *
routes_of(struct mailbox *mailbox)
{
	return (char *)(days_of(mailbox) + mailbox->days);
}

static size_t
used_bytes(const struct mailbox *mailbox)
{
	return mailbox->hours * sizeof(struct mailbox_hour) +
		mailbox->days * sizeof(struct mailbox_day) +
		mailbox->route_bytes;
}

const struct mailbox_hour *
mailbox_hours(struct mailbox *mailbox)
{
	return hours_of(mailbox);
}

static void
add_saturating(uint32_t *counter)
{
	if (*counter < UINT32_MAX)
		(*counter)++;
}

/* Opens a gap of so many bytes at an offset of the data; it may move. */
static struct mailbox *
open_gap(struct table_shard *shard, struct mailbox *mailbox, size_t at,
	size_t bytes)
{
	size_t used = used_bytes(mailbox);
	struct entry *entry = &mailbox->entry;
	char *data;

	if (used + bytes > entry_data_bytes(entry))
		entry = table_resize(shard, entry, used + bytes);
	if (entry == NULL)
		return NULL;
	data = entry_data(entry);
	memmove(data + at + bytes, data + at, used - at);
	memset(data + at, 0, bytes);
	return (struct mailbox *)entry;
}

static void
close_gap(struct mailbox *mailbox, size_t at, size_t bytes)
{
	char *data = entry_data(&mailbox->entry);

	memmove(data + at, data + at + bytes, used_bytes(mailbox) - at - bytes);
}

static void
forget_hours(struct mailbox *mailbox, uint32_t hour)
{
	while (mailbox->hours > 0 &&
		hours_of(mailbox)[0].hour + STORE_DAY_HOURS <= hour) {
		close_gap(mailbox, 0, sizeof(struct mailbox_hour));
		mailbox->hours--;
	}
}

/* The hour's counts, made when they are not there; mailbox may move. NULL for
 * an hour that is over long since. */
static struct mailbox_hour *
hour_at(struct table_shard *shard, struct mailbox **mailbox, uint32_t hour)
{
	struct mailbox_hour *hours;
	uint32_t at;

	forget_hours(*mailbox, hour);
	hours = hours_of(*mailbox);
	for (at = (*mailbox)->hours; at > 0 && hours[at - 1].hour >= hour;
		at--) {
		if (hours[at - 1].hour == hour)
			return &hours[at - 1];
	}
	if ((*mailbox)->hours >= STORE_DAY_HOURS)
		return NULL;
	*mailbox =
		open_gap(shard, *mailbox, at * sizeof(*hours), sizeof(*hours));
	if (*mailbox == NULL)
		return NULL;
	(*mailbox)->hours++;
	hours = hours_of(*mailbox);
	hours[at].hour = hour;
	return &hours[at];
}

static struct mailbox_day *
day_at(struct table_shard *shard, struct mailbox **mailbox, uint32_t day)
{
	size_t before = (*mailbox)->hours * sizeof(struct mailbox_hour);
	struct mailbox_day *days = days_of(*mailbox);
	uint32_t at;

	while ((*mailbox)->days > 0 && days[0].day + MAILBOX_DAYS <= day) {
		close_gap(*mailbox, before, sizeof(*days));
		(*mailbox)->days--;
	}
	for (at = (*mailbox)->days; at > 0 && days[at - 1].day >= day; at--) {
		if (days[at - 1].day == day)
			return &days[at - 1];
	}
	if ((*mailbox)->days >= MAILBOX_DAYS)
		return NULL;
	*mailbox = open_gap(
		shard, *mailbox, before + at * sizeof(*days), sizeof(*days));
	if (*mailbox == NULL)
		return NULL;
	(*mailbox)->days++;
	days = days_of(*mailbox);
	days[at].day = day;
	return &days[at];
}

const struct mailbox_day *
mailbox_days(struct mailbox *mailbox)
{
	return days_of(mailbox);
}

uint32_t
mailbox_day_flows(struct mailbox *mailbox, uint32_t day)
{
	const struct mailbox_day *days = days_of(mailbox);

	for (uint32_t i = 0; i < mailbox->days; i++) {
		if (days[i].day == day)
			return days[i].flows;
	}
	return 0;
}

static void
read_route(const char *p, struct mailbox_route *route)
{
	uint16_t len;

	memcpy(&route->first_ms, p, sizeof(route->first_ms));
	memcpy(&route->last_ms, p + 8, sizeof(route->last_ms));
	memcpy(&route->count, p + 16, sizeof(route->count));
	memcpy(&len, p + 20, sizeof(len));
	route->destination = (struct slice){p + ROUTE_HEAD_BYTES, len};
}

static void
write_route(char *p, const struct mailbox_route *route)
{
	uint16_t len = (uint16_t)route->destination.len;

	memcpy(p, &route->first_ms, sizeof(route->first_ms));
	memcpy(p + 8, &route->last_ms, sizeof(route->last_ms));
	memcpy(p + 16, &route->count, sizeof(route->count));
	memcpy(p + 20, &len, sizeof(len));
	memmove(p + ROUTE_HEAD_BYTES, route->destination.p, len);
}

static uint32_t
route_bytes(const struct mailbox_route *route)
{
	return (uint32_t)(ROUTE_HEAD_BYTES + route->destination.len);
}

bool
mailbox_next_route(
	struct mailbox *mailbox, uint32_t *cursor, struct mailbox_route *route)
{
	if (*cursor >= mailbox->route_bytes)
		return false;
	read_route(routes_of(mailbox) + *cursor, route);
	*cursor += route_bytes(route);
	return true;
}

/* Offset of the route, UINT32_MAX when there is none. */
static uint32_t
find_route(struct mailbox *mailbox, struct slice destination,
	struct mailbox_route *route)
{
	uint32_t cursor = 0, at = 0;

	while (mailbox_next_route(mailbox, &cursor, route)) {
		if (slice_equal(route->destination, destination))
			return at;
		at = cursor;
	}
	return UINT32_MAX;
}

static void
cut_route(struct mailbox *mailbox, uint32_t at, uint32_t bytes)
{
	size_t offset =
		(size_t)(routes_of(mailbox) - (char *)hours_of(mailbox));

	close_gap(mailbox, offset + at, bytes);
	mailbox->route_bytes -= bytes;
	mailbox->routes--;
}

bool
mailbox_drop_route(struct mailbox *mailbox, struct slice destination)
{
	struct mailbox_route route;
	uint32_t at = find_route(mailbox, destination, &route);

	if (at == UINT32_MAX)
		return false;
	cut_route(mailbox, at, route_bytes(&route));
	return true;
}

/* Puts the route last; the stalest goes past the cap. mailbox may move; NULL
 * when out of memory. */
static struct mailbox *
add_route(struct table_shard *shard, struct mailbox *mailbox, uint32_t cap,
	const struct mailbox_route *route)
{
	struct mailbox_route stalest;

	mailbox = open_gap(
		shard, mailbox, used_bytes(mailbox), route_bytes(route));
	if (mailbox == NULL)
		return NULL;
	write_route(routes_of(mailbox) + mailbox->route_bytes, route);
	mailbox->route_bytes += route_bytes(route);
	mailbox->routes++;
	if (mailbox->routes > cap) {
		read_route(routes_of(mailbox), &stalest);
		cut_route(mailbox, 0, route_bytes(&stalest));
	}
	return mailbox;
}

static struct mailbox *
count_route(struct table_shard *shard, struct mailbox *mailbox, uint32_t cap,
	int64_t at_ms, struct slice destination)
{
	struct mailbox_route route;
	uint32_t at = find_route(mailbox, destination, &route);

	if (at != UINT32_MAX) {
		cut_route(mailbox, at, route_bytes(&route));
	} else {
		route = (struct mailbox_route){.first_ms = at_ms};
	}
	route.destination = destination;
	if (route.last_ms < at_ms)
		route.last_ms = at_ms;
	if (route.first_ms > at_ms)
		route.first_ms = at_ms;
	add_saturating(&route.count);
	return add_route(shard, mailbox, cap, &route);
}

static void
count_hour(struct mailbox_hour *hour, const struct store_tally *tally)
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
count_forward(struct table_shard *shard, struct mailbox *mailbox, uint32_t cap,
	int64_t at_ms, struct slice destination)
{
	struct mailbox_day *day;

	if (mailbox->first_ms == 0 || at_ms < mailbox->first_ms)
		mailbox->first_ms = at_ms;
	if (at_ms > mailbox->last_ms)
		mailbox->last_ms = at_ms;
	day = day_at(shard, &mailbox, (uint32_t)(at_ms / STORE_DAY_MS));
	if (day != NULL)
		add_saturating(&day->flows);
	if (mailbox != NULL && destination.len > 0)
		(void)count_route(shard, mailbox, cap, at_ms, destination);
}

static void
count_in(struct table_shard *shard, struct mailbox *mailbox, uint32_t cap,
	int64_t at_ms, const struct store_tally *tally)
{
	table_touch(shard, &mailbox->entry);
	if (at_ms > mailbox->active_ms)
		mailbox->active_ms = at_ms;
	if (tally->what == TALLY_PERSON) {
		retention_mark(shard, mailbox, MAILBOX_PERSON);
		return;
	}
	add_saturating(&mailbox->tally[tally->what]);
	if (tally->what != TALLY_RECEIVED)
		retention_mark(shard, mailbox, MAILBOX_FORWARDS);
	if (tally->what == TALLY_RECEIVED || tally->what == TALLY_FORWARDED) {
		count_hour(hour_at(shard, &mailbox,
				   (uint32_t)(at_ms / STORE_HOUR_MS)),
			tally);
	}
	if (mailbox != NULL && tally->what == TALLY_FORWARDED)
		count_forward(shard, mailbox, cap, at_ms, tally->destination);
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
		table, (struct slice){(const char *)parts, sizeof(parts)});
}

bool
mailbox_tally(struct table *table, const struct mailbox_limits *limits,
	int64_t at_ms, const struct store_tally *tally)
{
	struct entry_key key =
		table_key(table, ENTRY_MAILBOX, 0, tally->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	uint64_t print = tally->identity.len > 0 ? print_of(table, tally) : 0;
	struct entry *entry;
	bool first;

	if (tally->what >= TALLY_KINDS)
		return false;
	pthread_mutex_lock(&shard->lock);
	retention_expire(shard, limits->ttl_ms, at_ms);
	first = print == 0 || dedup_first(&shard->dedup, print);
	if (first) {
		entry = table_find(shard, &key);
		if (entry == NULL)
			entry = table_add(shard, &key, 0);
		if (entry != NULL) {
			count_in(shard, (struct mailbox *)entry, limits->routes,
				at_ms, tally);
		}
		if (print != 0)
			table_counted(shard, &key, print);
	}
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
	return first;
}

/* The route, unless it is known better; mailbox may move. */
static struct mailbox *
learn_route(struct table_shard *shard, struct mailbox *mailbox, uint32_t cap,
	const struct mailbox_route *learnt)
{
	struct mailbox_route route;
	uint32_t at = find_route(mailbox, learnt->destination, &route);

	if (at != UINT32_MAX && route.count >= learnt->count)
		return mailbox;
	if (at != UINT32_MAX)
		cut_route(mailbox, at, route_bytes(&route));
	return add_route(shard, mailbox, cap, learnt);
}

void
mailbox_learn(struct table *table, const struct mailbox_limits *limits,
	int64_t at_ms, const struct store_facts *facts)
{
	struct entry_key key =
		table_key(table, ENTRY_MAILBOX, 0, facts->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	struct mailbox_route learnt = {facts->destination,
		facts->route_first_ms, facts->route_last_ms,
		facts->route_count < UINT32_MAX ? (uint32_t)facts->route_count
						: UINT32_MAX};
	struct entry *entry;
	struct mailbox *mailbox;

	if (facts->destination.len == 0)
		return;
	pthread_mutex_lock(&shard->lock);
	entry = table_find(shard, &key);
	if (entry == NULL)
		entry = table_add(shard, &key, 0);
	mailbox = (struct mailbox *)entry;
	if (mailbox != NULL && mailbox->active_ms < at_ms)
		mailbox->active_ms = at_ms;
	if (mailbox != NULL) {
		retention_mark(shard, mailbox, MAILBOX_FORWARDS);
		(void)learn_route(shard, mailbox, limits->routes, &learnt);
	}
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
merge_totals(struct mailbox *mailbox, const struct mailbox *other)
{
	for (int what = 0; what < TALLY_COUNT; what++)
		keep_greater(&mailbox->tally[what], other->tally[what]);
	if (mailbox->first_ms == 0 ||
		(other->first_ms != 0 && other->first_ms < mailbox->first_ms))
		mailbox->first_ms = other->first_ms;
	if (mailbox->last_ms < other->last_ms)
		mailbox->last_ms = other->last_ms;
	if (mailbox->active_ms < other->active_ms)
		mailbox->active_ms = other->active_ms;
}

/* Hours and days; NULL when out of memory. */
static struct mailbox *
merge_times(struct table_shard *shard, struct mailbox *mailbox,
	struct mailbox *other)
{
	const struct mailbox_hour *hours = hours_of(other);
	const struct mailbox_day *days = days_of(other);
	struct mailbox_hour *hour;
	struct mailbox_day *day;

	for (int i = 0; mailbox != NULL && i < other->hours; i++) {
		hour = hour_at(shard, &mailbox, hours[i].hour);
		if (hour == NULL)
			continue;
		keep_greater(&hour->received, hours[i].received);
		keep_greater(&hour->forwarded, hours[i].forwarded);
		keep_greater(
			&hour->keyword_received, hours[i].keyword_received);
		keep_greater(
			&hour->keyword_forwarded, hours[i].keyword_forwarded);
	}
	for (int i = 0; mailbox != NULL && i < other->days; i++) {
		day = day_at(shard, &mailbox, days[i].day);
		if (day != NULL)
			keep_greater(&day->flows, days[i].flows);
	}
	return mailbox;
}

void
mailbox_merge(struct table *table, const struct mailbox_limits *limits,
	struct mailbox *other)
{
	struct entry_key key = table_key(
		table, ENTRY_MAILBOX, 0, entry_key_text(&other->entry));
	struct table_shard *shard = table_shard_of(table, &key);
	struct mailbox_route route;
	struct entry *entry;
	struct mailbox *mailbox;
	uint32_t cursor = 0;

	pthread_mutex_lock(&shard->lock);
	entry = table_find(shard, &key);
	if (entry == NULL)
		entry = table_add(shard, &key, 0);
	mailbox = (struct mailbox *)entry;
	if (mailbox != NULL) {
		retention_mark(shard, mailbox, other->entry.mode);
		merge_totals(mailbox, other);
		mailbox = merge_times(shard, mailbox, other);
	}
	while (mailbox != NULL && mailbox_next_route(other, &cursor, &route))
		mailbox = learn_route(shard, mailbox, limits->routes, &route);
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
}

static void
add_hours(struct mailbox *mailbox, uint32_t now, struct store_facts *facts)
{
	const struct mailbox_hour *hours = hours_of(mailbox);

	for (uint32_t i = 0; i < mailbox->hours; i++) {
		if (hours[i].hour + STORE_DAY_HOURS <= now)
			continue;
		facts->received_day += hours[i].received;
		facts->forwarded_day += hours[i].forwarded;
		facts->keyword_received_day += hours[i].keyword_received;
		facts->keyword_forwarded_day += hours[i].keyword_forwarded;
		if (hours[i].hour == now)
			facts->forwarded_hour = hours[i].forwarded;
		if (hours[i].hour == now)
			facts->arrivals.hour = hours[i].received;
		if (hours[i].hour + 1 >= now)
			facts->arrivals.lately += hours[i].received;
	}
}

void
mailbox_facts(struct table *table, const struct mailbox_limits *limits,
	int64_t at_ms, struct store_facts *facts)
{
	struct entry_key key =
		table_key(table, ENTRY_MAILBOX, 0, facts->mailbox);
	struct table_shard *shard = table_shard_of(table, &key);
	struct mailbox_route route;
	struct mailbox *mailbox;

	pthread_mutex_lock(&shard->lock);
	mailbox = (struct mailbox *)table_find(shard, &key);
	facts->known = mailbox != NULL &&
		!retention_is_over(mailbox, limits->ttl_ms, at_ms);
	if (facts->known) {
		facts->person = (mailbox->entry.mode & MAILBOX_PERSON) != 0;
		facts->arrivals.total = mailbox->tally[TALLY_RECEIVED];
		add_hours(mailbox, (uint32_t)(at_ms / STORE_HOUR_MS), facts);
		facts->arrivals.day = facts->received_day;
		if (find_route(mailbox, facts->destination, &route) !=
			UINT32_MAX) {
			facts->route_count = route.count;
			facts->route_first_ms = route.first_ms;
			facts->route_last_ms = route.last_ms;
		}
	}
	pthread_mutex_unlock(&shard->lock);
}

bool
mailbox_is_sound(struct mailbox *mailbox)
{
	struct mailbox_route route;
	uint32_t at = 0, count = 0;
	size_t used = used_bytes(mailbox);

	if (mailbox->hours > STORE_DAY_HOURS || mailbox->days > MAILBOX_DAYS ||
		used > entry_data_bytes(&mailbox->entry))
		return false;
	while (at < mailbox->route_bytes) {
		if (mailbox->route_bytes - at < ROUTE_HEAD_BYTES)
			return false;
		read_route(routes_of(mailbox) + at, &route);
		if (mailbox->route_bytes - at < route_bytes(&route))
			return false;
		at += route_bytes(&route);
		count++;
	}
	return count == mailbox->routes;
}
