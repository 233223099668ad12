/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the addresses of a note stand, told to Redis for who wipes one. */
#ifndef STORE_REDIS_COMMANDS_PLACE_H
#define STORE_REDIS_COMMANDS_PLACE_H

#include "store/redis/commands.h"

/* How many places of one address are known; an address that has as many may
 * stand in more. */
#define COMMANDS_PLACE_MAX 10000

/* Adds what the note needs; false when memory is short. */
bool commands_place_add(struct commands *, const struct note *);

#endif
