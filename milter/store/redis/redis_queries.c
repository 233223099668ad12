/* SPDX-License-Identifier: BSD-2-Clause */
/* Each kind of query has a function. */
#include "store/redis/redis_queries.h"

#include "store/redis/query_events.h"
#include "store/redis/query_forget.h"
#include "store/redis/query_mailbox.h"
#include "store/redis/query_one_way.h"
#include "store/redis/query_orders.h"
#include "store/redis/query_records.h"
#include "store/redis/query_routes.h"
#include "store/redis/query_windows.h"

bool
redis_queries(struct redis *redis, struct arena *arena,
	struct store_query *query, struct err *err)
{
	static bool (*const kinds[STORE_QUERY_KINDS])(struct queries *,
		struct arena *, struct store_query *, struct err *) = {
		[STORE_TOP] = query_mailbox_top,
		[STORE_MAILBOX] = query_mailbox,
		[STORE_ROUTES] = query_routes,
		[STORE_SENDERS] = query_routes_senders,
		[STORE_ONE_WAY] = query_one_way,
		[STORE_WINDOWS] = query_windows,
		[STORE_HOURS] = query_mailbox_hours,
		[STORE_EVENTS] = query_events,
		[STORE_ORDERS] = query_orders,
		[STORE_ORDER] = query_orders_give,
		[STORE_FORGET] = query_forget,
		[STORE_EXPORT] = query_records_export,
		[STORE_IMPORT] = query_records_import,
	};
	struct queries q;
	bool ok;

	if (!queries_begin(&q, redis, err))
		return false;
	ok = kinds[query->kind](&q, arena, query, err);
	queries_end(&q);
	return ok;
}
