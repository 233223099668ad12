/* SPDX-License-Identifier: BSD-2-Clause */
/* Is a mailbox contained? Asked of Redis, and told. */
#ifndef STORE_REDIS_QUERY_CONTAINED_H
#define STORE_REDIS_QUERY_CONTAINED_H

#include "store/redis/queries.h"

bool query_contained(
	struct queries *, struct arena *, struct store_query *, struct err *);
bool query_contained_set(
	struct queries *, struct arena *, struct store_query *, struct err *);

#endif
