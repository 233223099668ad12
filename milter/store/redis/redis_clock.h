/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far the clock of Redis is ahead of ours. The scripts need nobody for the
 * time; but what they answer is of their clock, and is told in ours.
 */
#ifndef STORE_REDIS_REDIS_CLOCK_H
#define STORE_REDIS_REDIS_CLOCK_H

#include "store/redis/redis.h"

/* Asks every node. False when none answers, and what was known stays. */
bool redis_clock_measure(struct redis *);

#endif
