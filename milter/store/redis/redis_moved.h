/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The containments of version 0.1 stand each under a key of its own: once, they
 * are taken over as orders. The keys stay until they are over, for mail servers
 * that have that version still.
 */
#ifndef STORE_REDIS_REDIS_MOVED_H
#define STORE_REDIS_REDIS_MOVED_H

#include "store/redis/redis.h"

/* Once for each Redis: adds to *moved. False: it is to be done again. */
bool redis_moved(struct redis *, size_t *moved, struct err *);

#endif
