/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people ask the memory store. A query about all mailboxes walks the
 * shards one after the other, each under its lock for as long as its records
 * are read; what is found is gathered on the heap and moved into the caller's
 * arena at the end, sorted.
 */
#include "store/memory/memory_queries.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/key.h"
#include "store/memory/memory_orders.h"
#include "store/memory/memory_records.h"
#include "store/memory/peers.h"
#include "store/memory/snapshot.h"
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
		struct entry *entry, *after;

		pthread_mutex_lock(&shard->lock);
		for (entry = table_oldest(shard, kind); entry != NULL;
			entry = after) {
			after = table_after(shard, entry);
			visit(shard, entry, ctx);
		}
		pthread_mutex_unlock(&shard->lock);
	}
}

/* Calls visit for the entry of that key, if it is there. */
static void
one_entry(
	struct memory *memory, struct entry_key key, visit_fn *visit, void *ctx)
{
	struct table_shard *shard = table_shard_of(memory->table, &key);
	struct entry *entry;

	pthread_mutex_lock(&shard->lock);
	entry = table_find(shard, &key);
	if (entry != NULL)
		visit(shard, entry, ctx);
	pthread_mutex_unlock(&shard->lock);
}

static void
one_mailbox(
	struct memory *memory, struct slice mailbox, visit_fn *visit, void *ctx)
{
	struct key_text room;

	one_entry(memory,
		table_key(memory->table, ENTRY_MAILBOX, 0,
			key_bound(mailbox, &room)),
		visit, ctx);
}

/* A record that is read into a row. */
struct record {
	struct arena *arena;
	uint32_t day;
	struct store_mailbox *row;
	bool found;
};

static void
visit_record(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct record *record = ctx;
	const struct mailbox *mailbox = (struct mailbox *)entry;
	struct store_mailbox *row = record->row;

	(void)shard;
	*row = (struct store_mailbox){
		.mailbox = arena_copy(record->arena, entry_key_text(entry)),
		.flows =
			mailbox_day_flows((struct mailbox *)entry, record->day),
		.destinations = mailbox->routes,
		.person = (entry->mode & MAILBOX_PERSON) != 0,
		.first_forward_ms = mailbox->first_ms,
		.last_forward_ms = mailbox->last_ms,
	};
	for (int what = 0; what < TALLY_COUNT; what++)
		row->tally[what] = mailbox->tally[what];
	record->found = row->mailbox.p != NULL;
}

static bool
ask_mailbox(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct store_mailboxes *mailboxes = &query->answer.mailboxes;
	struct record record = {
		.arena = arena,
		.day = (uint32_t)(clock_now_ms(memory->clock) / STORE_DAY_MS),
		.row = arena_array(arena, 1, sizeof(*mailboxes->at)),
	};

	if (record.row == NULL)
		return answer_too_long(err);
	one_mailbox(memory, query->about, visit_record, &record);
	mailboxes->at = record.row;
	mailboxes->count = record.found;
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
	struct store_mailboxes *mailboxes)
{
	mailboxes->at = arena_array(arena, best->count, sizeof(*mailboxes->at));
	if (mailboxes->at == NULL)
		return false;
	for (size_t i = 0; i < best->count; i++) {
		struct slice mailbox = {best->at[i].mailbox, best->at[i].len};
		struct record record = {arena, best->day,
			&mailboxes->at[mailboxes->count], false};

		one_mailbox(memory, mailbox, visit_record, &record);
		mailboxes->count += record.found;
	}
	qsort(mailboxes->at, mailboxes->count, sizeof(*mailboxes->at),
		by_flows);
	return true;
}

static bool
ask_top(struct memory *memory, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct best best = {
		.day = (uint32_t)(query->at_ms / STORE_DAY_MS),
		.limit = query->limit,
	};
	bool ok;

	best.at = calloc(best.limit > 0 ? best.limit : 1, sizeof(*best.at));
	if (best.at == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	each_entry(memory, ENTRY_MAILBOX, visit_top, &best);
	ok = read_best(memory, arena, &best, &query->answer.mailboxes);
	for (size_t i = 0; i < best.count; i++)
		free(best.at[i].mailbox);
	free(best.at);
	return ok || answer_too_long(err);
}

/* Routes as they are found; which ones is told by what is not absent. */
struct route_search {
	struct answer_routes found;
	struct slice destination;
	int64_t since_ms, new_ms;
};

static void
visit_routes(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct route_search *search = ctx;
	struct mailbox_route route;
	uint32_t cursor = 0;

	(void)shard;
	while (!search->found.failed &&
		mailbox_next_route((struct mailbox *)entry, &cursor, &route)) {
		struct store_route *row;

		if (route.last_ms < search->since_ms ||
			route.first_ms < search->new_ms ||
			(search->destination.p != NULL &&
				!slice_equal(route.destination,
					search->destination)))
			continue;
		row = answer_add_route(&search->found, entry_key_text(entry),
			route.destination);
		if (row == NULL)
			return;
		row->count = route.count;
		row->first_ms = route.first_ms;
		row->last_ms = route.last_ms;
	}
}

static bool
ask_routes(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct route_search search = {
		.found = {.arena = arena},
		.since_ms = query->at_ms,
		.new_ms = query->new_ms,
	};

	if (query->about.p != NULL) {
		one_mailbox(memory, query->about, visit_routes, &search);
	} else {
		each_entry(memory, ENTRY_MAILBOX, visit_routes, &search);
	}
	return answer_end_routes(&search.found, query, err);
}

static void
visit_one_way(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct route_search *search = ctx;
	uint32_t cursor = 0;
	struct slice name;
	struct peer peer;

	(void)shard;
	while (!search->found.failed &&
		peers_next_named(
			(struct peers *)entry, &cursor, &name, &peer)) {
		if (peer.last_ms < search->since_ms)
			continue;
		answer_add_one_way(
			&search->found, entry_key_text(entry), name, &peer);
	}
}

static bool
ask_one_way(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct route_search search = {
		.found = {.arena = arena}, .since_ms = query->at_ms};
	struct key_text room;

	if (query->about.p != NULL) {
		one_entry(memory,
			table_key(memory->table, ENTRY_PEERS, 0,
				key_bound(query->about, &room)),
			visit_one_way, &search);
	} else {
		each_entry(memory, ENTRY_PEERS, visit_one_way, &search);
	}
	return answer_end_routes(&search.found, query, err);
}

static bool
ask_senders(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct key_text room;
	struct route_search search = {
		.found = {.arena = arena},
		.since_ms = INT64_MIN,
		.new_ms = INT64_MIN,
		.destination = key_bound(query->about, &room),
	};

	each_entry(memory, ENTRY_MAILBOX, visit_routes, &search);
	return answer_end_routes(&search.found, query, err);
}

struct window_search {
	struct memory *memory;
	struct arena *arena;
	struct store_windows *found;
};

static void
visit_window(struct table_shard *shard, struct entry *entry, void *ctx)
{
	const struct window_search *search = ctx;
	struct store_window *row = &search->found->at[search->found->count];

	(void)shard;
	*row = (struct store_window){
		.group = arena_copy(search->arena, entry_key_text(entry)),
		.policy = arena_copy(search->arena,
			symbols_name(search->memory->policies, entry->policy)),
	};
	window_sum_up((struct window *)entry,
		clock_now_ms(search->memory->clock), row);
	search->found->count +=
		row->count > 0 && row->group.p != NULL && row->policy.p != NULL;
}

/* A window of the group exists at most once for each policy. */
static bool
ask_windows(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	uint32_t policies = symbols_count(memory->policies), policy;
	struct store_windows *windows = &query->answer.windows;
	struct window_search search = {memory, arena, windows};
	struct key_text room;
	struct slice group = key_bound(query->about, &room);

	windows->at = arena_array(arena, policies, sizeof(*windows->at));
	if (windows->at == NULL)
		return answer_too_long(err);
	for (policy = 1; policy <= policies; policy++) {
		one_entry(memory,
			table_key(memory->table, ENTRY_WINDOW, policy, group),
			visit_window, &search);
	}
	answer_sort_windows(windows);
	return true;
}

struct hours_search {
	uint32_t now;
	struct store_hours *found;
};

static void
visit_hours(struct table_shard *shard, struct entry *entry, void *ctx)
{
	const struct hours_search *search = ctx;
	struct mailbox *mailbox = (struct mailbox *)entry;

	(void)shard;
	for (int i = 0; i < mailbox->hours; i++) {
		const struct mailbox_hour *hour = &mailbox_hours(mailbox)[i];
		uint32_t age = search->now - hour->hour;

		if (hour->hour > search->now || age >= STORE_DAY_HOURS)
			continue;
		search->found->received[age] = hour->received;
		search->found->forwarded[age] = hour->forwarded;
	}
}

static bool
ask_hours(struct memory *memory, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct hours_search search = {
		(uint32_t)(clock_now_ms(memory->clock) / STORE_HOUR_MS),
		&query->answer.hours,
	};

	(void)arena;
	(void)err;
	one_mailbox(memory, query->about, visit_hours, &search);
	return true;
}

static bool
ask_events(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	return ring_read(memory->ring, arena, query->after, query->limit,
		&query->answer.events, err);
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
	uint32_t wiped = trace_forget(trace, wipe->mailbox);

	wipe->wiped += wiped;
	if (wiped > 0 && trace->count == 0)
		table_remove(shard, entry);
}

static void
wipe_mailbox(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct wipe *wipe = ctx;

	if (slice_equal(entry_key_text(entry), wipe->mailbox)) {
		table_remove(shard, entry);
		wipe->wiped++;
	} else if (mailbox_drop_route((struct mailbox *)entry, wipe->mailbox)) {
		wipe->wiped++;
	}
}

static void
wipe_peers(struct table_shard *shard, struct entry *entry, void *ctx)
{
	struct wipe *wipe = ctx;

	if (slice_equal(entry_key_text(entry), wipe->mailbox)) {
		table_remove(shard, entry);
		wipe->wiped++;
	} else if (peers_drop((struct peers *)entry, wipe->mailbox)) {
		wipe->wiped++;
	}
}

static bool
forget(struct memory *memory, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct key_text room;
	struct wipe wipe = {
		.mailbox = key_bound(query->about, &room),
		.print = table_print(memory->table, query->about),
	};

	(void)arena;
	each_entry(memory, ENTRY_WINDOW, wipe_window, &wipe);
	each_entry(memory, ENTRY_TRACE, wipe_trace, &wipe);
	each_entry(memory, ENTRY_MAILBOX, wipe_mailbox, &wipe);
	each_entry(memory, ENTRY_PEERS, wipe_peers, &wipe);
	wipe.wiped += ring_forget(memory->ring, query->about);
	query->answer.wiped = wipe.wiped;
	return memory->path == NULL || snapshot_write(memory, err);
}

bool
memory_queries(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	static bool (*const kinds[STORE_QUERY_KINDS])(struct memory *,
		struct arena *, struct store_query *, struct err *) = {
		[STORE_TOP] = ask_top,
		[STORE_MAILBOX] = ask_mailbox,
		[STORE_ROUTES] = ask_routes,
		[STORE_SENDERS] = ask_senders,
		[STORE_ONE_WAY] = ask_one_way,
		[STORE_WINDOWS] = ask_windows,
		[STORE_HOURS] = ask_hours,
		[STORE_EVENTS] = ask_events,
		[STORE_ORDERS] = memory_orders_ask,
		[STORE_ORDERS_HEARD] = memory_orders_ask,
		[STORE_ORDER] = memory_orders_give,
		[STORE_OVER] = memory_orders_over,
		[STORE_FORGET] = forget,
		[STORE_EXPORT] = memory_records_export,
		[STORE_IMPORT] = memory_records_import,
	};

	return kinds[query->kind](memory, arena, query, err);
}
