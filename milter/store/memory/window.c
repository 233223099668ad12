/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sliding set. Members lie in order of time, so those that leave the
 * window, and those past the cap, are at the front: they go by moving `first`
 * on, and the gap is closed when room is needed at the end. A member that is
 * noted again moves to its new time. Times may come out of order (threads,
 * clocks, replays): a new member is put in its place from the end, where it
 * nearly always belongs.
 */
#include "store/memory/window.h"

#include <string.h>

#define ROOM_FIRST 1
#define NEVER INT64_MIN
/* A window is dropped this long after its end: others may still come late. */
#define GRACE_MS ((int64_t)60000)

static size_t
data_bytes(uint32_t room, uint8_t mode)
{
	size_t each = sizeof(struct window_member) +
		(mode == NOTE_SUM ? sizeof(double) : 0);

	return room * each;
}

static struct window_member *
members_of(struct window *window)
{
	return entry_data(&window->entry);
}

static double *
values_of(struct window *window)
{
	return (double *)(members_of(window) + window->room);
}

static bool
has_values(const struct window *window)
{
	return window->entry.mode == NOTE_SUM;
}

/* Moves n members (and their values) from one place to another. */
static void
shift(struct window *window, uint32_t to, uint32_t from, uint32_t n)
{
	struct window_member *members = members_of(window);

	if (n == 0 || to == from)
		return;
	memmove(members + to, members + from, n * sizeof(*members));
	if (has_values(window)) {
		double *values = values_of(window);

		memmove(values + to, values + from, n * sizeof(*values));
	}
}

static void
close_gap(struct window *window)
{
	shift(window, 0, window->first, window->count);
	window->first = 0;
}

/* Gives it room for at least that many; it may move. */
static struct window *
reserve(struct table_shard *shard, struct window *window, uint32_t room)
{
	uint32_t old = window->room, bigger = old > 0 ? old : ROOM_FIRST;
	struct entry *entry;

	while (bigger < room)
		bigger *= 2;
	close_gap(window);
	if (bigger == old)
		return window;
	entry = table_resize(
		shard, &window->entry, data_bytes(bigger, window->entry.mode));
	if (entry == NULL)
		return NULL;
	window = (struct window *)entry;
	window->room = bigger;
	if (has_values(window)) {
		memmove(values_of(window), members_of(window) + old,
			window->count * sizeof(double));
	}
	return window;
}

static void
forget_before(struct window *window, int64_t since_ms)
{
	const struct window_member *members = members_of(window);

	while (window->count > 0 && members[window->first].at_ms < since_ms) {
		window->first++;
		window->count--;
	}
}

static void
keep_newest(struct window *window, uint32_t cap)
{
	if (window->count > cap) {
		window->first += window->count - cap;
		window->count = cap;
	}
}

/* Index of the member, or UINT32_MAX. */
static uint32_t
index_of(struct window *window, uint64_t print)
{
	const struct window_member *members = members_of(window);
	uint32_t end = window->first + window->count, i;

	for (i = end; i-- > window->first;) {
		if (members[i].print == print)
			return i;
	}
	return UINT32_MAX;
}

static void
take_out(struct window *window, uint32_t at)
{
	shift(window, at, at + 1, window->first + window->count - at - 1);
	window->count--;
}

/* There is room at the end. */
static void
put_in(struct window *window, struct window_member member, double value)
{
	struct window_member *members = members_of(window);
	uint32_t end = window->first + window->count, at = end;

	while (at > window->first && members[at - 1].at_ms > member.at_ms)
		at--;
	shift(window, at + 1, at, end - at);
	members[at] = member;
	if (has_values(window))
		values_of(window)[at] = value;
	window->count++;
}

static double
total(struct window *window)
{
	double sum = 0;

	for (uint32_t i = 0; has_values(window) && i < window->count; i++)
		sum += values_of(window)[window->first + i];
	return sum;
}

static uint32_t
cap_of(const struct table_shard *shard, const struct note *note)
{
	size_t affordable = shard->limit / 4 / sizeof(struct window_member);
	uint32_t cap = note->cap > 0 && note->cap < STORE_CAP_MAX
		? note->cap
		: STORE_CAP_MAX;

	if (affordable < 1)
		return 1;
	return affordable < cap ? (uint32_t)affordable : cap;
}

static void
note_member(struct table_shard *shard, struct window *window,
	struct window_member member, struct note *note)
{
	uint32_t at;

	forget_before(window, member.at_ms - note->window_ms);
	note->before = window->count;
	at = index_of(window, member.print);
	note->fresh = at == UINT32_MAX;
	if (!note->fresh) {
		if (members_of(window)[at].at_ms > member.at_ms)
			member.at_ms = members_of(window)[at].at_ms;
		take_out(window, at);
	}
	if (window->first + window->count == window->room) {
		window = reserve(
			shard, window, window->count + window->count / 4 + 1);
	}
	if (window == NULL)
		return;
	put_in(window, member, note->value);
	keep_newest(window, cap_of(shard, note));
	note->count = window->count;
	note->sum = total(window);
	note->done = true;
}

/* How many steps the sequences that began since then have come. */
static uint32_t
steps_reached(struct window *window, int64_t since_ms)
{
	const struct window_member *members = members_of(window);
	uint32_t step = 0;

	while (step < window->count && members[step].at_ms >= since_ms)
		step++;
	return step;
}

static void
note_step(struct table_shard *shard, struct window *window,
	struct window_member member, struct note *note)
{
	int64_t since_ms = member.at_ms - note->window_ms;
	struct window_member *members;

	while (window->count < note->steps) {
		if (window->count == window->room)
			window = reserve(shard, window, note->steps);
		if (window == NULL)
			return;
		members = members_of(window);
		members[window->count] =
			(struct window_member){window->count, NEVER};
		window->count++;
	}
	members = members_of(window);
	note->before = steps_reached(window, since_ms);
	if (note->step > 0 && note->step < window->count)
		member.at_ms = members[note->step - 1].at_ms;
	if (note->step < window->count &&
		members[note->step].at_ms < member.at_ms)
		members[note->step].at_ms = member.at_ms;
	note->count = steps_reached(window, since_ms);
	note->fresh = note->count > note->before;
	note->done = true;
}

/* The window of that key, made when it is not there. One that was kept in
 * another mode (the policy has changed) begins anew. */
static struct window *
window_at(struct table_shard *shard, const struct entry_key *key,
	const struct note *note)
{
	struct entry *entry = table_find(shard, key);
	struct window *window;

	if (entry != NULL && entry->mode != (uint8_t)note->mode) {
		table_remove(shard, entry);
		entry = NULL;
	}
	if (entry == NULL) {
		entry = table_add(shard, key,
			data_bytes(ROOM_FIRST, (uint8_t)note->mode));
	} else {
		table_touch(shard, entry);
	}
	if (entry == NULL)
		return NULL;
	entry->mode = (uint8_t)note->mode;
	window = (struct window *)entry;
	if (window->room == 0)
		window->room = ROOM_FIRST;
	window->window_ms = note->window_ms;
	return window;
}

/* One stale window goes for each note that comes. */
static void
expire(struct table_shard *shard, int64_t now_ms)
{
	struct entry *oldest = table_oldest(shard, ENTRY_WINDOW);

	if (oldest == NULL ||
		!window_is_stale((struct window *)oldest, now_ms - GRACE_MS))
		return;
	table_remove(shard, oldest);
	shard->expired++;
}

void
window_note(struct table *table, uint32_t policy, struct slice group,
	uint64_t member, int64_t at_ms, struct note *note)
{
	struct entry_key key = table_key(table, ENTRY_WINDOW, policy, group);
	struct table_shard *shard = table_shard_of(table, &key);
	struct window_member seen = {member, at_ms};
	struct window *window;

	pthread_mutex_lock(&shard->lock);
	expire(shard, at_ms);
	window = window_at(shard, &key, note);
	if (window != NULL && note->mode == NOTE_STEP) {
		note_step(shard, window, seen, note);
	} else if (window != NULL) {
		note_member(shard, window, seen, note);
	}
	table_trim(shard);
	pthread_mutex_unlock(&shard->lock);
}

static int64_t
newest_ms(struct window *window)
{
	const struct window_member *members = members_of(window);

	if (window->count == 0)
		return NEVER;
	return members[window->entry.mode == NOTE_STEP
			? 0
			: window->first + window->count - 1]
		.at_ms;
}

bool
window_is_stale(struct window *window, int64_t now_ms)
{
	int64_t newest = newest_ms(window);

	return newest == NEVER || newest < now_ms - window->window_ms;
}

void
window_sum_up(
	struct window *window, int64_t now_ms, struct store_window *summary)
{
	const struct window_member *members = members_of(window);
	int64_t since_ms = now_ms - window->window_ms;

	summary->count = 0;
	for (uint32_t i = window->first; i < window->first + window->count;
		i++) {
		if (members[i].at_ms < since_ms)
			continue;
		if (summary->count++ == 0 ||
			members[i].at_ms < summary->oldest_ms)
			summary->oldest_ms = members[i].at_ms;
		if (members[i].at_ms > summary->newest_ms)
			summary->newest_ms = members[i].at_ms;
	}
}

struct window_member
window_member(struct window *window, uint32_t i, double *value)
{
	*value = has_values(window) ? values_of(window)[window->first + i] : 0;
	return members_of(window)[window->first + i];
}

bool
window_drop(struct window *window, uint64_t member)
{
	uint32_t at;

	if (window->entry.mode == NOTE_STEP)
		return false;
	at = index_of(window, member);
	if (at == UINT32_MAX)
		return false;
	take_out(window, at);
	return true;
}

bool
window_is_sound(struct window *window)
{
	return window->entry.mode <= NOTE_STEP &&
		window->room <= STORE_CAP_MAX * 2 &&
		window->first <= window->room &&
		window->count <= window->room - window->first &&
		entry_data_bytes(&window->entry) ==
		data_bytes(window->room, window->entry.mode);
}
