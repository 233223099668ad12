/* SPDX-License-Identifier: BSD-2-Clause */
/* What a batch foresees, as the script compares it (guard.lua). */
#ifndef STORE_REDIS_COMMANDS_GUARD_H
#define STORE_REDIS_COMMANDS_GUARD_H

#include "store/redis/commands.h"

/* The guard of a request that foresees something: to be made while its
 * operations have the answers that are foreseen, and pushed behind them. NULL
 * when memory is short. */
struct command *commands_guard_new(struct commands *);

#endif
