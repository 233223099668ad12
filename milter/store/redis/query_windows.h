/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries to Redis about the windows of a group. */
#ifndef STORE_REDIS_QUERY_WINDOWS_H
#define STORE_REDIS_QUERY_WINDOWS_H

#include "store/redis/queries.h"

bool query_windows(
	struct queries *, struct arena *, struct store_query *, struct err *);

#endif
