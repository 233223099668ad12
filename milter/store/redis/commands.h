/* SPDX-License-Identifier: BSD-2-Clause */
/* What all operations need to become commands. */
#ifndef STORE_REDIS_COMMANDS_H
#define STORE_REDIS_COMMANDS_H

#include "base/map.h"
#include "store/redis/request.h"
#include "store/store_options.h"

/* How many mailboxes stand in a set at most: of those that send to one
 * destination, of one day's, and of those with routes in one part. */
#define COMMANDS_DEST_MAX "10000"
#define COMMANDS_TOP_MAX "100000"
#define COMMANDS_ROUTED_MAX "10000000"

/* What the requests of one store share. */
struct commands_shared {
	const struct store_options *options;
	bool spread; /* keys lie in slots that may be on several nodes */
	atomic_llong ahead_ms; /* the store's clock of ours, as seen last */
	pthread_mutex_t lock;
	struct map *policies; /* known to Redis: -> its window, as intptr_t */
};

/* The commands of one round, as they are put together. */
struct commands {
	struct commands_shared *shared;
	struct request *request;
	struct arena *arena;
	const char *prefix;
	uint8_t round;
	struct command *first, **end;
};

/* A round of the request with no commands yet. */
struct commands commands_begin(struct commands_shared *, struct request *);
void commands_push(struct commands *, struct command *);
/* The text, or an empty one for what is absent. */
struct slice commands_present(struct slice text);
/* "prefix:kind:{text}" */
struct slice commands_tagged(
	const struct commands *, const char *kind, struct slice text);
/* When the batch was: for the scripts (clock.lua), which know the store's own
 * time, and what that is about, for the name of a key. What has been is not in
 * the future, whatever has become of our clock since. */
struct slice commands_at(const struct commands *);
int64_t commands_day_ms(const struct commands *);
/* Any time of our clock, for the scripts. */
struct slice commands_time(
	struct arena *, const struct store_options *, int64_t at_ms);
/* The operation number i of those that the command, sent, carries. */
struct store_op *commands_op(const struct command *, size_t i);

#endif
