/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a backend of the store is: its operations, in the order of store.h,
 * whose contracts they keep. A backend's own struct begins with struct store.
 * Decorators (private, resilient) are backends that hold others.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store/store.h"

struct store_options;

struct store_backend {
	const char *name;
	enum store_result (*ask)(
		struct store *, struct store_batch *, int64_t budget_ms);
	void (*tell)(struct store *, const struct store_batch *);
	bool (*snapshot)(struct store *, struct err *);
	void (*close)(struct store *);
	struct slice (*name_of)(struct store *, struct arena *, struct slice);

	bool (*top)(struct store *, struct arena *, int64_t day_ms,
		size_t limit, struct store_mailboxes *, struct err *);
	bool (*mailbox)(struct store *, struct arena *, struct slice mailbox,
		struct store_mailboxes *, struct err *);
	bool (*routes)(struct store *, struct arena *, struct slice mailbox,
		int64_t since_ms, struct store_routes *, struct err *);
	bool (*senders)(struct store *, struct arena *,
		struct slice destination, struct store_routes *, struct err *);
	bool (*windows)(struct store *, struct arena *, struct slice group,
		struct store_windows *, struct err *);
	bool (*hours)(struct store *, struct arena *, struct slice mailbox,
		struct store_hours *, struct err *);
	bool (*events)(struct store *, struct arena *, struct slice after,
		size_t limit, struct store_events *, struct err *);
	bool (*contain)(struct store *, struct slice mailbox,
		const struct store_containment *, struct err *);
	bool (*contained)(struct store *, struct arena *, struct slice mailbox,
		struct store_containment *, struct err *);
	bool (*forget)(struct store *, struct slice mailbox, uint64_t *wiped,
		struct err *);
	void (*health)(struct store *, struct store_health *);
};

struct store {
	const struct store_backend *backend;
};

/* Each opens its backend, or gives NULL with err set. */
struct store *store_memory_open(const struct store_options *, struct err *);
struct store *store_resilient_open(const struct store_options *, struct err *);
/* Takes the inner store over, also on failure. */
struct store *store_private_open_take(
	struct store *inner, const struct store_options *, struct err *);

/* A route that another backend knows, for when it is away. */
void memory_learn(struct store *, const struct store_facts *, int64_t at_ms);

#endif
