/* SPDX-License-Identifier: BSD-2-Clause */
/* The routes on which nothing comes back, as people ask Redis for them. */
#ifndef STORE_REDIS_QUERY_ONE_WAY_H
#define STORE_REDIS_QUERY_ONE_WAY_H

#include "store/redis/queries.h"

bool query_one_way(
	struct queries *, struct arena *, struct store_query *, struct err *);

#endif
