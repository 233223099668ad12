/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people ask the memory store. A question about all mailboxes walks the
 * shards one after the other, each under its lock for as long as its records
 * are read; what is found is gathered on the heap and moved into the caller's
 * arena at the end, sorted.
 */
#include "store/memory/memory.h"

#include "base/arena.h"
#include "store/key.h"
#include "store/memory/trace.h"
#include "store/memory/window.h"

#include <stdlib.h>
#include <string.h>

typedef void visit_fn(struct table_shard *, struct entry *, void *ctx);

/* Calls visit for every entry of the kind; it may remove the entry. */
static void
each_entry(
	struct memory *memory, enum entry_kind kind, visit_fn *visit, void *ctx)
{
	for (uint32_t i = 0; i < memory->table->shard_count; i++) {
		struct table_shard *shard = &memory->table->shards[i];
		struct entry *entry, *newer;

		pthread_mutex_lock(&shard->lock);
		for (entry = shard->kinds[kind].oldest; entry != NULL;
			entry = newer) {
			newer = entry->newer;
			visit(shard, entry, ctx);
		}
		pthread_mutex_unlock(&shard->lock);
	}
}

static bool
out_of_room(struct err *err)
{
	return err_set(err, ERR_LIMIT, "the answer is too long");
}

static bool
row_of(struct mailbox *mailbox, struct arena *arena, uint32_t day,
	struct store_mailbox *row)
{
	row->mailbox = arena_copy(arena, entry_key_text(&mailbox->entry));
	for (int what = 0; what < TALLY_COUNT; what++)
		row->tally[what] = mailbox->tally[what];
	row->flows = mailbox_day_flows(mailbox, day);
	row->destinations = mailbox->routes;
	row->first_forward_ms = mailbox->first_ms;
	row->last_forward_ms = mailbox->last_ms;
	return row->mailbox.p != NULL;
}

/* One record into the row; *found tells whether it is there. */
static bool
read_box(struct memory *memory, struct arena *arena, struct slice mailbox,
	uint32_t day, struct store_mailbox *row)
{
	struct entry_key key =
		table_key(memory->table, ENTRY_MAILBOX, 0, mailbox);
	struct table_shard *shard = table_shard_of(memory->table, &key);
	struct entry *entry;
	bool ok = false;

	pthread_mutex_lock(&shard->lock);
	entry = table_find(shard, &key);
	if (entry != NULL)
		ok = row_of((struct mailbox *)entry, arena, day, row);
	pthread_mutex_unlock(&shard->lock);
	return ok;
}

bool
memory_box(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_mailboxes *boxes, struct err *err)
{
	struct memory *memory = (struct memory *)store;
	uint32_t day = (uint32_t)(clock_now_ms(memory->clock) / MAILBOX_DAY_MS);
	struct key_text room;

	boxes->at = arena_array(arena, 1, sizeof(*boxes->at));
	if (boxes->at == NULL)
		return out_of_room(err);
	boxes->count = read_box(
		memory, arena, key_bound(mailbox, &room), day, boxes->at);
	return true;
}

/* The best of all mailboxes: a heap whose root is the least of them. */
struct best {
	uint32_t day;
	size_t limit, count;
	struct candidate {
		uint32_t flows;
		size_t len;
		char *mailbox;
	} * at;
};

static void
sift_down(struct best *best, size_t at)
{
	for (;;) {
		size_t least = at, child = 2 * at + 1, i;
		struct candidate swap = best->at[at];

		for (i = child; i < child + 2 && i < best->count; i++) {
			if (best->at[i].flows < best->at[least].flows)
				least = i;
		}
		if (least == at)
			return;
		best->at[at] = best->at[least];
		best->at[least] = swap;
		at = least;
	}
}

static void
sift_up(struct best *best, size_t at)
{
	while (at > 0 && best->at[at].flows < best->at[(at - 1) / 2].flows) {
		struct candidate swap = best->at[at];

		best->at[at] = best->at[(at - 1) / 2];
		best->at[(at - 1) / 2] = swap;
		at = (at - 1) / 2;
	}
}

static void
visit_top(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct best *best = ctx;
	struct slice key = entry_key_text(entry);
	struct candidate new = {
		.flows = mailbox_day_flows((struct mailbox *)entry, best->day),
		.len = key.len,
	};

	(void)shard;
	if (new.flows == 0 || best->limit == 0 ||
		(best->count == best->limit && new.flows <= best->at[0].flows))
		return;
	new.mailbox = malloc(key.len + 1);
	if (new.mailbox == NULL)
		return;
	memcpy(new.mailbox, key.p, key.len);
	if (best->count < best->limit) {
		best->at[best->count++] = new;
		sift_up(best, best->count - 1);
		return;
	}
	free(best->at[0].mailbox);
	best->at[0] = new;
	sift_down(best, 0);
}

static int
by_flows(const void *a, const void *b)
{
	const struct store_mailbox *x = a, *y = b;

	if (x->flows != y->flows)
		return x->flows < y->flows ? 1 : -1;
	return slice_compare(x->mailbox, y->mailbox);
}

static bool
read_best(struct memory *memory, struct arena *arena, const struct best *best,
	struct store_mailboxes *boxes)
{
	boxes->at = arena_array(arena, best->count, sizeof(*boxes->at));
	if (boxes->at == NULL)
		return false;
	for (size_t i = 0; i < best->count; i++) {
		struct slice mailbox = {best->at[i].mailbox, best->at[i].len};

		if (read_box(memory, arena, mailbox, best->day,
			    &boxes->at[boxes->count]))
			boxes->count++;
	}
	qsort(boxes->at, boxes->count, sizeof(*boxes->at), by_flows);
	return true;
}

bool
memory_top(struct store *store, struct arena *arena, int64_t day_ms,
	size_t limit, struct store_mailboxes *boxes, struct err *err)
{
	struct memory *memory = (struct memory *)store;
	struct best best = {
		.day = (uint32_t)(day_ms / MAILBOX_DAY_MS),
		.limit = limit,
	};
	bool ok;

	best.at = calloc(limit > 0 ? limit : 1, sizeof(*best.at));
	if (best.at == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	each_entry(memory, ENTRY_MAILBOX, visit_top, &best);
	ok = read_best(memory, arena, &best, boxes);
	for (size_t i = 0; i < best.count; i++)
		free(best.at[i].mailbox);
	free(best.at);
	return ok || out_of_room(err);
}

/* Routes as they are found; which ones is told by what is not absent. */
struct route_search {
	struct arena *arena;
	struct slice destination;
	int64_t since_ms;
	struct store_route *rows;
	size_t count, room;
	bool failed;
};

static bool
add_row(struct route_search *search, struct slice mailbox,
	const struct mailbox_route *route)
{
	struct store_route *row;

	if (search->count == search->room) {
		size_t room = search->room > 0 ? search->room * 2 : 64;
		void *rows = realloc(search->rows, room * sizeof(*row));

		if (rows == NULL)
			return false;
		search->rows = rows;
		search->room = room;
	}
	row = &search->rows[search->count++];
	row->mailbox = mailbox;
	row->destination = arena_copy(search->arena, route->destination);
	row->count = route->count;
	row->first_ms = route->first_ms;
	row->last_ms = route->last_ms;
	return row->destination.p != NULL;
}

static void
visit_routes(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct route_search *search = ctx;
	struct slice mailbox = {NULL, 0};
	struct mailbox_route route;
	uint32_t cursor = 0;

	(void)shard;
	while (!search->failed &&
		mailbox_next_route((struct mailbox *)entry, &cursor, &route)) {
		if (route.last_ms < search->since_ms ||
			(search->destination.p != NULL &&
				!slice_equal(route.destination,
					search->destination)))
			continue;
		if (mailbox.p == NULL) {
			mailbox = arena_copy(
				search->arena, entry_key_text(entry));
		}
		search->failed =
			mailbox.p == NULL || !add_row(search, mailbox, &route);
	}
}

static int
by_last(const void *a, const void *b)
{
	const struct store_route *x = a, *y = b;
	int order;

	if (x->last_ms != y->last_ms)
		return x->last_ms < y->last_ms ? 1 : -1;
	order = slice_compare(x->mailbox, y->mailbox);
	return order != 0 ? order
			  : slice_compare(x->destination, y->destination);
}

/* Sorts what was found into the arena, and ends the search. */
static bool
end_search(struct route_search *search, struct store_routes *routes,
	struct err *err)
{
	bool ok = !search->failed;

	if (ok && search->count > 0) {
		qsort(search->rows, search->count, sizeof(*search->rows),
			by_last);
		routes->at = arena_array(
			search->arena, search->count, sizeof(*routes->at));
		ok = routes->at != NULL;
	}
	if (ok && search->count > 0) {
		memcpy(routes->at, search->rows,
			search->count * sizeof(*routes->at));
		routes->count = search->count;
	}
	free(search->rows);
	return ok || out_of_room(err);
}

static void
search_one(struct memory *memory, struct slice mailbox,
	struct route_search *search)
{
	struct key_text room;
	struct entry_key key = table_key(
		memory->table, ENTRY_MAILBOX, 0, key_bound(mailbox, &room));
	struct table_shard *shard = table_shard_of(memory->table, &key);
	struct entry *entry;

	pthread_mutex_lock(&shard->lock);
	entry = table_find(shard, &key);
	if (entry != NULL)
		visit_routes(shard, entry, search);
	pthread_mutex_unlock(&shard->lock);
}

bool
memory_routes(struct store *store, struct arena *arena, struct slice mailbox,
	int64_t since_ms, struct store_routes *routes, struct err *err)
{
	struct memory *memory = (struct memory *)store;
	struct route_search search = {.arena = arena, .since_ms = since_ms};

	if (mailbox.p != NULL) {
		search_one(memory, mailbox, &search);
	} else {
		each_entry(memory, ENTRY_MAILBOX, visit_routes, &search);
	}
	return end_search(&search, routes, err);
}

bool
memory_senders(struct store *store, struct arena *arena,
	struct slice destination, struct store_routes *routes, struct err *err)
{
	struct key_text room;
	struct route_search search = {
		.arena = arena,
		.since_ms = INT64_MIN,
		.destination = key_bound(destination, &room),
	};

	each_entry(
		(struct memory *)store, ENTRY_MAILBOX, visit_routes, &search);
	return end_search(&search, routes, err);
}

static bool
add_window(struct memory *memory, struct arena *arena, struct window *window,
	struct store_window *summary)
{
	*summary = (struct store_window){
		.group = arena_copy(arena, entry_key_text(&window->entry)),
		.policy = arena_copy(arena,
			symbols_name(memory->policies, window->entry.policy)),
	};
	window_sum_up(window, clock_now_ms(memory->clock), summary);
	return summary->count > 0 && summary->group.p != NULL &&
		summary->policy.p != NULL;
}

static int
by_policy(const void *a, const void *b)
{
	const struct store_window *x = a, *y = b;

	return slice_compare(x->policy, y->policy);
}

/* A window of the group exists at most once for each policy. */
bool
memory_windows(struct store *store, struct arena *arena, struct slice group,
	struct store_windows *windows, struct err *err)
{
	struct memory *memory = (struct memory *)store;
	uint32_t policies = symbols_count(memory->policies), policy;
	struct key_text room;

	windows->at = arena_array(arena, policies, sizeof(*windows->at));
	if (windows->at == NULL)
		return out_of_room(err);
	group = key_bound(group, &room);
	for (policy = 1; policy <= policies; policy++) {
		struct entry_key key =
			table_key(memory->table, ENTRY_WINDOW, policy, group);
		struct table_shard *shard = table_shard_of(memory->table, &key);
		struct entry *entry;

		pthread_mutex_lock(&shard->lock);
		entry = table_find(shard, &key);
		if (entry != NULL &&
			add_window(memory, arena, (struct window *)entry,
				&windows->at[windows->count]))
			windows->count++;
		pthread_mutex_unlock(&shard->lock);
	}
	qsort(windows->at, windows->count, sizeof(*windows->at), by_policy);
	return true;
}

bool
memory_hours(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_hours *hours, struct err *err)
{
	struct memory *memory = (struct memory *)store;
	uint32_t now =
		(uint32_t)(clock_now_ms(memory->clock) / MAILBOX_HOUR_MS);
	struct key_text room;
	struct entry_key key = table_key(
		memory->table, ENTRY_MAILBOX, 0, key_bound(mailbox, &room));
	struct table_shard *shard = table_shard_of(memory->table, &key);
	struct mailbox *record;

	(void)arena;
	(void)err;
	pthread_mutex_lock(&shard->lock);
	record = (struct mailbox *)table_find(shard, &key);
	for (int i = 0; record != NULL && i < record->hours; i++) {
		const struct mailbox_hour *hour = &mailbox_hours(record)[i];

		if (hour->hour > now || hour->hour + MAILBOX_HOURS <= now)
			continue;
		hours->received[now - hour->hour] = hour->received;
		hours->forwarded[now - hour->hour] = hour->forwarded;
	}
	pthread_mutex_unlock(&shard->lock);
	return true;
}

struct wipe {
	struct slice mailbox;
	uint64_t print, wiped;
};

static void
wipe_window(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct wipe *wipe = ctx;
	struct window *window = (struct window *)entry;

	if (key_names(entry_key_text(entry), wipe->mailbox)) {
		table_remove(shard, entry);
		wipe->wiped++;
	} else if (window_drop(window, wipe->print)) {
		wipe->wiped++;
		if (window->count == 0)
			table_remove(shard, entry);
	}
}

static void
wipe_trace(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct wipe *wipe = ctx;
	struct trace *trace = (struct trace *)entry;

	if (!trace_forget(trace, wipe->mailbox))
		return;
	wipe->wiped++;
	if (trace->count == 0)
		table_remove(shard, entry);
}

static void
wipe_box(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct wipe *wipe = ctx;

	if (slice_equal(entry_key_text(entry), wipe->mailbox)) {
		table_remove(shard, entry);
		wipe->wiped++;
	} else if (mailbox_drop_route((struct mailbox *)entry, wipe->mailbox)) {
		wipe->wiped++;
	}
}

bool
memory_forget(struct store *store, struct slice mailbox, uint64_t *wiped,
	struct err *err)
{
	struct memory *memory = (struct memory *)store;
	struct key_text room;
	struct store_containment none = {0};
	struct wipe wipe = {.mailbox = key_bound(mailbox, &room)};

	wipe.print = table_print(memory->table, mailbox);
	each_entry(memory, ENTRY_WINDOW, wipe_window, &wipe);
	each_entry(memory, ENTRY_TRACE, wipe_trace, &wipe);
	each_entry(memory, ENTRY_MAILBOX, wipe_box, &wipe);
	wipe.wiped += ring_forget(memory->ring, mailbox);
	(void)contained_set(memory->contained, wipe.mailbox, &none);
	*wiped = wipe.wiped;
	return memory->path == NULL || snapshot_write(memory, err);
}
