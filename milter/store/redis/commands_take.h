/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail that came in as one call (take.lua). */
#ifndef STORE_REDIS_COMMANDS_TAKE_H
#define STORE_REDIS_COMMANDS_TAKE_H

#include "store/redis/commands.h"

/* Where a round is wholly what such mail leaves, puts one call in its place;
 * false when memory is short. */
bool commands_take(struct commands *);

#endif
