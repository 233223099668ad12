/* SPDX-License-Identifier: BSD-2-Clause */
/* How the store writes what is kept of a message. Private to verdict/. */
#ifndef VERDICT_KEEP_H
#define VERDICT_KEEP_H

#include "base/arena.h"
#include "forward/trace.h"
#include "store/store.h"
#include "verdict/verdict.h"

#include <stdbool.h>

/* The key under which it is kept what an event was about. */
struct slice keep_judged_key(struct arena *, struct slice event_id);
/*
 * That a forward to rcpt was counted, by the queue id under which it leaves:
 * what a log tells of it afterwards is not counted again. Whose queue it is is
 * left out: in its log a host has another name than in its milters.
 */
struct slice keep_left_key(
	struct arena *, struct slice queue_id, struct slice rcpt);
struct store_op keep_left(
	struct arena *, struct slice queue_id, struct slice rcpt);
/* The key of a trace: half of a SHA-256 in hex, or "queue:<host>/<id>". */
struct slice keep_trace_key(struct arena *, const struct trace_question *);
/*
 * What a delivery is remembered by: up to TRACE_IDS_MAX operations; how many.
 * login: the mailbox that is kept of a login; absent: the login as it is.
 * Under a thread and a subject stand who got it and who took part; under host
 * and queue id who got it and who handed it in, of that one
 * message: queue ids are used again, and nobody but the MTA chooses them. It
 * lives no longer than a message may wait in the queue.
 */
size_t keep_trace(const struct verdict *, struct slice login,
	struct store_op ops[TRACE_IDS_MAX]);
/* A trace's member: the role's letter, then who; what is not an address with an
 * @ before it, so that a private store hides it as one. */
struct slice keep_encode(struct arena *, const struct trace_member *);
/* ... and back: one member may have two roles. How many; 0: none is known. */
#define KEEP_ROLES_MAX 2
size_t keep_decode(struct slice name, struct trace_member out[KEEP_ROLES_MAX]);

#endif
