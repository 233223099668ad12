/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store that hides names gives back what can only be compared: with what
 * the message itself names. Private to verdict/.
 */
#ifndef VERDICT_NAMING_H
#define VERDICT_NAMING_H

#include "forward/context.h"
#include "forward/trace.h"
#include "store/store.h"

#include <stdbool.h>

#define NAMING_MAX 64 /* of each kind */
#define NAMING_KINDS 5 /* and some more of logins */

/* Whom and what the message names, and what the store calls them. */
struct naming {
	const struct context *context;
	struct store *store;
	bool ready; /* filled in when the first hidden name comes */
	size_t count;
	struct slice keys[NAMING_KINDS * NAMING_MAX];
	struct slice names[NAMING_KINDS * NAMING_MAX];
};

void naming_begin(struct naming *, const struct context *, struct store *);
/*
 * Makes a hidden name of a trace a key again. A mailbox that the message does
 * not name loses its name: it is one more that got the message. A stranger or a
 * login that it does not name keeps the hidden one, which is nobody's. False:
 * nothing can be told by the member.
 */
bool naming_recognise(struct naming *, struct trace_member *);

#endif
