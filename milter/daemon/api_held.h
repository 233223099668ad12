/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the api about held mail have in common. */
#ifndef DAEMON_API_HELD_H
#define DAEMON_API_HELD_H

#include "daemon/exchange.h"
#include "daemon/held_order.h"

#define HELD_WHY_BYTES_MAX 300
#define HELD_BY_BYTES_MAX 64
#define HELD_EXPIRE                                                \
	"expire" /* it is held for too long: an act that only says \
		  * so */

/* A parameter of the query without the spaces around it. */
struct slice api_held_parameter(const struct exchange *, const char *name);
/* "release" or "delete" */
bool api_held_is_act(struct slice);
/* The events of holds that no event ended, of all hosts, oldest first; owned by
 * the caller. NULL after answering why not. */
struct json *api_held_open(struct exchange *);

#endif
