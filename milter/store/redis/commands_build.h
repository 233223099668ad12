/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations to commands. */
#ifndef STORE_REDIS_COMMANDS_BUILD_H
#define STORE_REDIS_COMMANDS_BUILD_H

#include "store/redis/commands.h"

/* The commands that can go out now, under the request's lock; NULL when there
 * are none. The context is the request's round_ctx, struct commands_shared. */
struct command *commands_build(struct request *, void *round_ctx);

#endif
