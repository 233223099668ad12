/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The alerter: the process that tells of alerts. A worker judges what
 * strangers wrote and is confined, so it may neither run a program nor speak
 * to hosts of its choice; it puts events into a socket, never waiting, and
 * this child of the supervisor takes them out. It believes nothing in them: it
 * parses, bounds and throttles them anew, and where they go is only in the
 * configuration, of which it has its own copy.
 *
 * The socket is the supervisor's: what waits in it outlives a worker that
 * dies and an alerter that is killed.
 */
#ifndef DAEMON_ALERTER_H
#define DAEMON_ALERTER_H

#include "daemon/link.h"

/* Serves until it is told to end, or its supervisor has ended. first: the word
 * that made it one. The result is the exit status. */
int alerter_run(const char *file, int link, const struct link_message *first);

#endif
