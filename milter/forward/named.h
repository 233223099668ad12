/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local mailboxes that a message itself names, in its envelope or its
 * header. Where the store hides names, these are all that a trace can be
 * recognised by.
 */
#ifndef FORWARD_NAMED_H
#define FORWARD_NAMED_H

#include "forward/context.h"

#include <stddef.h>

/* Their keys as trace_members() writes them, each once, those that our own
 * side wrote first; at most limit. */
size_t named_mailboxes(
	const struct context *, struct slice *keys, size_t limit);

#endif
