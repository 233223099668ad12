/* SPDX-License-Identifier: BSD-2-Clause */
/* What people ask Redis, and the orders they give it. */
#ifndef STORE_REDIS_REDIS_QUERIES_H
#define STORE_REDIS_REDIS_QUERIES_H

#include "store/redis/queries.h"

/* As store_query(). */
bool redis_queries(
	struct redis *, struct arena *, struct store_query *, struct err *);

#endif
