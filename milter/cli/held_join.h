/* SPDX-License-Identifier: BSD-2-Clause */
/* Which event held a message. */
#ifndef CLI_HELD_JOIN_H
#define CLI_HELD_JOIN_H

#include "base/json.h"
#include "mta/held.h"

struct held_join;

/* events: as the daemon has them, oldest first; borrowed. NULL when memory is
 * out. */
struct held_join *held_join_new(const struct json *events);
void held_join_free(struct held_join *);
/* The event by which Forwarden holds it; NULL: somebody else does, or its event
 * is no longer kept. */
const struct json *held_join_find(
	const struct held_join *, const struct held *);

#endif
