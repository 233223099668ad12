/* SPDX-License-Identifier: BSD-2-Clause */
/* Where is the master? */
#ifndef STORE_REDIS_SENTINEL_H
#define STORE_REDIS_SENTINEL_H

#include "store/redis/handshake.h"
#include "store/uri.h"

struct sentinel {
	struct store_uri *uri; /* its hosts are Sentinels */
	struct login login; /* to them; to the master it is another */
};

/* The context is a struct sentinel: a Sentinel that answers is asked first the
 * next time. One thread at a time. */
bool sentinel_locate(void *sentinel, struct endpoint *, struct err *);

#endif
