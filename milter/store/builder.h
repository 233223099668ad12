/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting the commands of one wave together (wave.c, wavenote.c). */
#ifndef STORE_BUILDER_H
#define STORE_BUILDER_H

#include "store/redis.h"

struct builder {
	struct redis *redis;
	struct request *request;
	struct arena *arena;
	const char *prefix;
	uint8_t wave;
	struct command *first, **end;
};

void builder_push(struct builder *, struct command *);
/* The text, or an empty one for what is absent. */
struct slice builder_present(struct slice text);
/* "prefix:kind:{text}" */
struct slice builder_tagged(
	const struct builder *, const char *kind, struct slice text);
/* The operation number i of those that the command carries. */
struct store_op *builder_op(const struct command *, size_t i);

#endif
