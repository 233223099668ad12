/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting the commands of one wave together (wave.c, wavenote.c). */
#ifndef STORE_REDIS_COMMANDS_H
#define STORE_REDIS_COMMANDS_H

#include "store/redis/redis.h"

struct commands {
	struct redis *redis;
	struct request *request;
	struct arena *arena;
	const char *prefix;
	uint8_t wave;
	struct command *first, **end;
};

void commands_push(struct commands *, struct command *);
/* The text, or an empty one for what is absent. */
struct slice commands_present(struct slice text);
/* "prefix:kind:{text}" */
struct slice commands_tagged(
	const struct commands *, const char *kind, struct slice text);
/* The operation number i of those that the command carries. */
struct store_op *commands_op(const struct command *, size_t i);

#endif
