/* SPDX-License-Identifier: BSD-2-Clause */
/* All scripts of a round as one call (batch.lua). */
#ifndef STORE_REDIS_COMMANDS_MERGE_H
#define STORE_REDIS_COMMANDS_MERGE_H

#include "store/redis/commands.h"

/* Puts one call in the place of those of a round whose keys are on one node;
 * false when memory is short. */
bool commands_merge(struct arena *, struct command **round);

#endif
