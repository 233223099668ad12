/* SPDX-License-Identifier: BSD-2-Clause */
/* Wiping a mailbox from all keys and from the stream. */
#ifndef STORE_REDIS_QUERY_FORGET_H
#define STORE_REDIS_QUERY_FORGET_H

#include "store/redis/queries.h"

bool query_forget(
	struct queries *, struct arena *, struct store_query *, struct err *);

#endif
