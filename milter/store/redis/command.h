/* SPDX-License-Identifier: BSD-2-Clause */
/* A command, plain or a script's, and later its answer. It lives in the arena
 * of its request. */
#ifndef STORE_REDIS_COMMAND_H
#define STORE_REDIS_COMMAND_H

#include "store/redis/reply.h"
#include "store/redis/script.h"

struct arena;
struct node;
struct request;

/* A key whose commands are not to overtake each other, and its place among them
 * in a node's queue. */
struct command_order {
	struct slice key;
	uint64_t hash;
	struct command *command;
	struct command_order *older, *newer;
};

struct command {
	struct command *next; /* in a node's queue, or in its request */
	struct command *sibling; /* all of the request's */
	struct request *request; /* since it was sent */
	struct arena *arena;
	/* That it was given to; redirected while somebody looks who is late. */
	_Atomic(struct node *) node;
	struct node *target; /* that it must be given to, or NULL */
	enum script script;
	struct slice *words;
	size_t count, room;
	size_t key_count; /* of a script */
	struct slice key; /* decides the slot; absent: any node */
	uint16_t *ops; /* indices of the operations it carries */
	size_t op_count;
	struct command_order *orders;
	size_t order_count;
	/* Told, and in a node's queue: the one in front of it, its number
	 * there; brought: it is about to go before its time. */
	struct command *before;
	uint64_t told_number;
	bool brought;
	uint8_t tries, redirects;
	int64_t due_ms; /* monotonic: not sent before */
	size_t together; /* sent as one call: so many from it on; 0: it alone */
	bool asking; /* ASK: say ASKING first */
	bool aside; /* nobody waits for its answer */
	bool is_ill; /* the server could not go on for it */
	struct command **parts; /* of a script that runs several */
	size_t part_count;
	bool answered, followed; /* followed: its next step was made */
	struct reply *reply;
	int64_t number; /* for who reads it */
	/* Reads the answer into the operations; false: it makes no sense. */
	bool (*read)(struct command *);
};

/* A command with room for so many words. The first ones of a script are put
 * in: EVALSHA, a place for its name, the number of keys. NULL when memory is
 * short. */
struct command *command_new(
	struct arena *, enum script, size_t keys, size_t words);
/* Adds a word (borrowed, or in the command's arena). One that the arena had no
 * room for is absent, and spoils the command. */
void command_word(struct command *, struct slice);
void command_number(struct command *, int64_t);
/* Adds the keys that it touches to the text: "...: fw1:box:{a}, ...". */
void command_name_keys(const struct command *, struct err *);
/* Finds those of its keys, and of its parts', of which it must know what was
 * told before. False when memory is short. */
bool command_order(struct command *);
/* Has it words, and all of them? */
bool command_is_whole(const struct command *);
/* Takes the first one out of the list. */
struct command *command_cut(struct command **list);

#endif
