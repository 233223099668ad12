/* SPDX-License-Identifier: BSD-2-Clause */
/* How the store writes what is kept of a message. Private to verdict/. */
#ifndef VERDICT_KEEP_H
#define VERDICT_KEEP_H

#include "base/arena.h"
#include "forward/trace.h"

#include <stdbool.h>

/* The key under which it is kept what an event was about. */
struct slice keep_judged_key(struct arena *, struct slice event_id);
/* The key of a Message-ID's trace: half of its SHA-256 in hex. */
struct slice keep_trace_key(struct arena *, struct slice message_id);
/* A trace's member and back: the role's letter, then who; a participant's
 * hash with an @ before it, so that a private store hides it as an address. */
struct slice keep_encode(struct arena *, const struct trace_member *);
bool keep_decode(struct slice name, struct trace_member *out);

#endif
