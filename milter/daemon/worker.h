/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker: judges the mail that comes in on an inherited socket. It gives
 * up the rights it was started with, keeps the current generation, and drains
 * when it is told to end.
 *
 * Signals (libmilter owns HUP, INT and TERM): USR1 reloads, USR2 drains. The
 * end of its supervisor, seen as the end of file on link, drains as well.
 */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "daemon/sockets.h"

#include <stdbool.h>

/* What a worker writes to link when it serves. */
#define WORKER_READY 'R'

/* Exit statuses, of sysexits(3). */
enum worker_exit {
	WORKER_EXIT_OK = 0,
	WORKER_EXIT_SYSTEM = 71, /* the system refused something */
	WORKER_EXIT_CONFIG = 78, /* the configuration is wrong */
};

struct worker_options {
	const char *file; /* the configuration */
	struct sockets sockets; /* taken over */
	int link; /* to the supervisor, or -1 without one */
};

/* Serves until it has drained. The result is the exit status. */
int worker_run(const struct worker_options *);

#endif
