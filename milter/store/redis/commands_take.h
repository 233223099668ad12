/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail that came in as one call (take.lua). */
#ifndef STORE_REDIS_COMMANDS_TAKE_H
#define STORE_REDIS_COMMANDS_TAKE_H

#include "store/redis/commands.h"

/* Where a round is wholly what such mail leaves, puts one call in its place;
 * false when memory is short. */
bool commands_take(struct commands *);

#define TAKE_MESSAGES_MAX 16
#define TAKE_WORDS_MAX 256

/* Such calls of several requests, next to each other in a list, as one: what
 * it is to call is paid once. */
struct take_call {
	struct slice
		words[TAKE_WORDS_MAX]; /* the second is the script's name */
	size_t count;
	char keys[8]; /* how many, as text */
};

/* How many from the list's first on go together, and the words for them; 0: it
 * is to go as it is. */
size_t commands_take_join(const struct command *list, struct take_call *);
/* Did all that such a call carries come about? */
bool commands_take_is_done(const struct reply *);

#endif
