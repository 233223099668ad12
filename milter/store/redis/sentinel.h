/* SPDX-License-Identifier: BSD-2-Clause */
/* Where is the master? */
#ifndef STORE_REDIS_SENTINEL_H
#define STORE_REDIS_SENTINEL_H

#include "store/uri.h"

/* The context is a struct store_uri whose hosts are Sentinels: one that answers
 * is asked first the next time. One thread at a time. */
bool sentinel_locate(void *uri, struct endpoint *, struct err *);

#endif
