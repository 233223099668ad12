/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries to Redis about routes, from either end. */
#ifndef STORE_REDIS_QUERY_ROUTES_H
#define STORE_REDIS_QUERY_ROUTES_H

#include "store/redis/queries.h"

bool query_routes(
	struct queries *, struct arena *, struct store_query *, struct err *);
bool query_routes_senders(
	struct queries *, struct arena *, struct store_query *, struct err *);

#endif
