/* SPDX-License-Identifier: BSD-2-Clause */
/* Records out of Redis, and into it. */
#ifndef STORE_REDIS_QUERY_RECORDS_H
#define STORE_REDIS_QUERY_RECORDS_H

#include "store/redis/queries.h"

bool query_records_export(
	struct queries *, struct arena *, struct store_query *, struct err *);
bool query_records_import(
	struct queries *, struct arena *, struct store_query *, struct err *);

#endif
