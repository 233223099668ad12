/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries to Redis about mailboxes: their records and hours. */
#ifndef STORE_REDIS_QUERY_MAILBOX_H
#define STORE_REDIS_QUERY_MAILBOX_H

#include "store/redis/queries.h"

bool query_mailbox(
	struct queries *, struct arena *, struct store_query *, struct err *);
bool query_mailbox_top(
	struct queries *, struct arena *, struct store_query *, struct err *);
bool query_mailbox_hours(
	struct queries *, struct arena *, struct store_query *, struct err *);

#endif
