/* SPDX-License-Identifier: BSD-2-Clause */
/* Orders that all machines obey: one hash in Redis. */
#ifndef STORE_REDIS_QUERY_ORDERS_H
#define STORE_REDIS_QUERY_ORDERS_H

#include "store/redis/queries.h"

bool query_orders(
	struct queries *, struct arena *, struct store_query *, struct err *);
bool query_orders_give(
	struct queries *, struct arena *, struct store_query *, struct err *);

#endif
