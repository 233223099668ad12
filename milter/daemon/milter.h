/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The glue to libmilter, and the only file that knows it: negotiation,
 * callbacks, actions.
 */
#ifndef DAEMON_MILTER_H
#define DAEMON_MILTER_H

#include "base/err.h"
#include "daemon/session.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes libmilter serve on a listening socket that is open already; directory
 * is for a file that is gone when it returns. *listener becomes the descriptor
 * that libmilter accepts on. service is borrowed until milter_run() has
 * returned. Once a process, before it has threads.
 */
bool milter_open(const struct session_service *service, int *listener,
	const char *directory, struct err *err);
/* Serves until the process ends, or libmilter is sent one of its own signals
 * (HUP, INT, TERM), which cuts what is under way. */
bool milter_run(struct err *err);

/*
 * From now on no message begins: the connection of one that would is closed,
 * so that the MTA does what its administrator chose for a milter that is
 * away. When milter_load() then tells of no message, none can come any more.
 */
void milter_end(void);

/* Connections past so many are closed. */
void milter_limit(size_t sessions);
/* Now and then: says when there is room for connections again. */
void milter_watch(void);

/* Connections, and messages under way, now and since the start. */
struct milter_load {
	size_t sessions, messages;
	unsigned long long sessions_total, messages_total;
	unsigned long long unjudged_total; /* for want of memory */
	unsigned long long refused_total; /* connections past the limit */
};
struct milter_load milter_load(void);

#endif
