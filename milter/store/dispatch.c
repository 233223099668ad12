/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface: each call goes to the backend that was opened. */
#include "store/store.h"

#include "store/backend.h"

#include <string.h>

enum store_result
store_ask(struct store *store, struct store_batch *batch, int64_t budget_ms)
{
	return store->backend->ask(store, batch, budget_ms);
}

void
store_tell(struct store *store, const struct store_batch *batch)
{
	store->backend->tell(store, batch);
}

bool
store_snapshot(struct store *store, struct err *err)
{
	return store->backend->snapshot(store, err);
}

void
store_close(struct store *store)
{
	if (store != NULL)
		store->backend->close(store);
}

struct slice
store_name(struct store *store, struct arena *arena, struct slice address)
{
	return store->backend->name_of(store, arena, address);
}

bool
store_top(struct store *store, struct arena *arena, int64_t day_ms,
	size_t limit, struct store_mailboxes *boxes, struct err *err)
{
	*boxes = (struct store_mailboxes){0};
	return store->backend->top(store, arena, day_ms, limit, boxes, err);
}

bool
store_mailbox(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_mailboxes *boxes, struct err *err)
{
	*boxes = (struct store_mailboxes){0};
	return store->backend->mailbox(store, arena, mailbox, boxes, err);
}

bool
store_routes(struct store *store, struct arena *arena, struct slice mailbox,
	int64_t since_ms, struct store_routes *routes, struct err *err)
{
	*routes = (struct store_routes){0};
	return store->backend->routes(
		store, arena, mailbox, since_ms, routes, err);
}

bool
store_senders(struct store *store, struct arena *arena,
	struct slice destination, struct store_routes *routes, struct err *err)
{
	*routes = (struct store_routes){0};
	return store->backend->senders(store, arena, destination, routes, err);
}

bool
store_windows(struct store *store, struct arena *arena, struct slice group,
	struct store_windows *windows, struct err *err)
{
	*windows = (struct store_windows){0};
	return store->backend->windows(store, arena, group, windows, err);
}

bool
store_hours(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_hours *hours, struct err *err)
{
	*hours = (struct store_hours){0};
	return store->backend->hours(store, arena, mailbox, hours, err);
}

bool
store_events(struct store *store, struct arena *arena, struct slice after,
	size_t limit, struct store_events *events, struct err *err)
{
	*events = (struct store_events){0};
	return store->backend->events(store, arena, after, limit, events, err);
}

bool
store_contain(struct store *store, struct slice mailbox,
	const struct store_containment *containment, struct err *err)
{
	return store->backend->contain(store, mailbox, containment, err);
}

bool
store_contained(struct store *store, struct arena *arena, struct slice mailbox,
	struct store_containment *containment, struct err *err)
{
	*containment = (struct store_containment){0};
	return store->backend->contained(
		store, arena, mailbox, containment, err);
}

bool
store_forget(struct store *store, struct slice mailbox, uint64_t *wiped,
	struct err *err)
{
	*wiped = 0;
	return store->backend->forget(store, mailbox, wiped, err);
}

void
store_health(struct store *store, struct store_health *health)
{
	memset(health, 0, sizeof(*health));
	health->backend = store->backend->name;
	store->backend->health(store, health);
}
