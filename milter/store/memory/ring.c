/* SPDX-License-Identifier: BSD-2-Clause */
/* A circle of events; the oldest make room for the newest. */
#include "store/memory/ring.h"

#include "base/arena.h"
#include "store/key.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct event {
	int64_t at_ms;
	uint64_t number; /* within the millisecond */
	size_t len;
	char *json;
};

struct ring {
	pthread_mutex_t lock;
	struct event *events;
	uint32_t room, first, count;
	size_t bytes, limit;
	int64_t last_ms;
	uint64_t last_number;
};

struct ring *
ring_new(uint32_t events, size_t bytes)
{
	struct ring *ring = calloc(1, sizeof(*ring));

	if (ring == NULL)
		return NULL;
	ring->room = events > 0 ? events : 1;
	ring->limit = bytes;
	ring->events = calloc(ring->room, sizeof(*ring->events));
	if (ring->events == NULL) {
		free(ring);
		return NULL;
	}
	pthread_mutex_init(&ring->lock, NULL);
	return ring;
}

static struct event *
event_at(const struct ring *ring, uint32_t i)
{
	return &ring->events[(ring->first + i) % ring->room];
}

static void
drop_oldest(struct ring *ring)
{
	struct event *event = event_at(ring, 0);

	ring->bytes -= event->len;
	free(event->json);
	event->json = NULL;
	ring->first = (ring->first + 1) % ring->room;
	ring->count--;
}

void
ring_free(struct ring *ring)
{
	if (ring == NULL)
		return;
	while (ring->count > 0)
		drop_oldest(ring);
	pthread_mutex_destroy(&ring->lock);
	free(ring->events);
	free(ring);
}

static void
add(struct ring *ring, int64_t at_ms, char *json, size_t len)
{
	struct event *event;

	while (ring->count == ring->room ||
		(ring->count > 0 && ring->bytes + len > ring->limit))
		drop_oldest(ring);
	if (at_ms > ring->last_ms) {
		ring->last_ms = at_ms;
		ring->last_number = 0;
	} else {
		ring->last_number++;
	}
	event = event_at(ring, ring->count++);
	*event = (struct event){ring->last_ms, ring->last_number, len, json};
	ring->bytes += len;
}

bool
ring_append(struct ring *ring, int64_t at_ms, struct slice json)
{
	char *copy = json.len > 0 ? malloc(json.len) : NULL;

	if (copy == NULL)
		return false;
	memcpy(copy, json.p, json.len);
	pthread_mutex_lock(&ring->lock);
	add(ring, at_ms, copy, json.len);
	pthread_mutex_unlock(&ring->lock);
	return true;
}

/* "<ms>-<n>"; the number may be left out. */
static bool
parse_id(struct slice id, uint64_t *ms, uint64_t *number)
{
	struct slice field;

	*number = 0;
	if (!slice_next(&id, '-', &field) || !slice_to_u64(field, ms))
		return false;
	return id.p == NULL || slice_to_u64(id, number);
}

/* How many events come before the first one after the id. */
static uint32_t
position_after(const struct ring *ring, uint64_t ms, uint64_t number)
{
	uint32_t at = ring->count;

	while (at > 0) {
		const struct event *event = event_at(ring, at - 1);
		uint64_t event_ms = (uint64_t)event->at_ms;

		if (event_ms < ms ||
			(event_ms == ms && event->number <= number))
			break;
		at--;
	}
	return at;
}

static void
copy_events(const struct ring *ring, struct arena *arena, uint32_t from,
	size_t limit, struct store_events *events)
{
	size_t count = ring->count - from, i;
	const struct event *last;

	if (count > limit)
		count = limit;
	if (count == 0)
		return;
	events->at = arena_array(arena, count, sizeof(*events->at));
	for (i = 0; events->at != NULL && i < count; i++) {
		const struct event *event = event_at(ring, from + (uint32_t)i);

		events->at[i] = arena_copy(
			arena, (struct slice){event->json, event->len});
		if (events->at[i].p == NULL)
			break;
		events->count = i + 1;
	}
	if (events->count == 0)
		return;
	last = event_at(ring, from + (uint32_t)events->count - 1);
	events->last_id = arena_printf(arena, "%lld-%llu",
		(long long)last->at_ms, (unsigned long long)last->number);
}

bool
ring_read(struct ring *ring, struct arena *arena, struct slice after,
	size_t limit, struct store_events *events, struct err *err)
{
	uint64_t ms, number;
	uint32_t from;

	if (after.p != NULL && !parse_id(after, &ms, &number)) {
		return err_set(err, ERR_INVALID,
			"\"%.*s\" is not an id of an event", SLICE_ARG(after));
	}
	pthread_mutex_lock(&ring->lock);
	if (after.p != NULL) {
		from = position_after(ring, ms, number);
	} else {
		from = ring->count > limit ? ring->count - (uint32_t)limit : 0;
	}
	events->last_id = arena_copy(arena, after);
	copy_events(ring, arena, from, limit, events);
	pthread_mutex_unlock(&ring->lock);
	return true;
}

uint64_t
ring_forget(struct ring *ring, struct slice name)
{
	uint64_t dropped = 0;
	uint32_t i, kept = 0, count;

	if (name.len == 0)
		return 0;
	pthread_mutex_lock(&ring->lock);
	count = ring->count;
	for (i = 0; i < count; i++) {
		struct event event = *event_at(ring, i);

		if (key_is_quoted_in(
			    (struct slice){event.json, event.len}, name)) {
			ring->bytes -= event.len;
			free(event.json);
			dropped++;
			continue;
		}
		*event_at(ring, kept++) = event;
	}
	ring->count = kept;
	pthread_mutex_unlock(&ring->lock);
	return dropped;
}

size_t
ring_bytes(struct ring *ring)
{
	size_t bytes;

	pthread_mutex_lock(&ring->lock);
	bytes = ring->bytes + ring->room * sizeof(struct event);
	pthread_mutex_unlock(&ring->lock);
	return bytes;
}

void
ring_each(struct ring *ring,
	void (*visit)(int64_t at_ms, struct slice json, void *ctx), void *ctx)
{
	pthread_mutex_lock(&ring->lock);
	for (uint32_t i = 0; i < ring->count; i++) {
		const struct event *event = event_at(ring, i);

		visit(event->at_ms, (struct slice){event->json, event->len},
			ctx);
	}
	pthread_mutex_unlock(&ring->lock);
}
