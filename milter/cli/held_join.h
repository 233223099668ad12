/* SPDX-License-Identifier: BSD-2-Clause */
/* Which event held a message. */
#ifndef CLI_HELD_JOIN_H
#define CLI_HELD_JOIN_H

#include "base/json.h"
#include "mta/held.h"

struct held_join;

/* NULL when memory is out. */
struct held_join *held_join_new(void);
void held_join_free(struct held_join *);
/* Whose queue it is: an event that another host tells of holds nothing here. */
void held_join_set_host(struct held_join *, struct slice host);
/* Takes a map with a list "events", oldest first, also such as it has already.
 * False when memory is out. */
bool held_join_add_take(struct held_join *, struct json *answer);
size_t held_join_count(const struct held_join *);
/* The event by which Forwarden holds it; NULL: somebody else does, or its event
 * is no longer kept. */
const struct json *held_join_find(
	const struct held_join *, const struct held *);
/* Has somebody let go, or deleted, what the event of that id held? */
bool held_join_is_over(const struct held_join *, struct slice event);
/* Was it told that it is held for too long? */
bool held_join_is_told(const struct held_join *, struct slice event);

/* Parts of an event. */
struct slice held_join_id(const struct json *event);
struct slice held_join_mailbox(const struct json *event);

#endif
