/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a backend of the store is: its operations, in the order of store.h,
 * whose contracts they keep. A backend's own struct begins with struct store.
 * Decorators (private, resilient) are backends that hold others.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "base/err.h"
#include "store/batch.h"
#include "store/hand.h"
#include "store/query.h"
#include "store/store_options.h"

struct store;
struct store_health;

struct store_backend {
	const char *name;
	/* The answers come empty, as that of a query does. */
	enum store_result (*ask)(
		struct store *, struct store_batch *, int64_t budget_ms);
	/* NULL: it has no guess. */
	bool (*foresee)(struct store *, struct store_batch *);
	void (*tell)(struct store *, const struct store_batch *);
	bool (*snapshot)(struct store *, struct err *);
	/* NULL: all processes share what it knows. */
	bool (*hand)(struct store *, enum store_hand, struct err *);
	/* NULL: it needs none. */
	bool (*log_in)(
		struct store *, const struct store_options *, struct err *);
	void (*close)(struct store *);
	struct slice (*name_of)(struct store *, struct arena *, struct slice);
	bool (*query)(struct store *, struct arena *, struct store_query *,
		struct err *);
	bool (*ordered)(struct store *, struct arena *, struct slice about,
		struct store_containment *word);
	void (*health)(struct store *, struct store_health *);
};

struct store {
	const struct store_backend *backend;
};

#endif
