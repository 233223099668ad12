/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker: judges the mail that comes in on an inherited socket. It gives
 * up the rights it was started with, keeps the current generation, and drains
 * when it is told to end.
 *
 * Its supervisor tells it what to do (daemon/link.h). Signals (libmilter owns
 * HUP, INT and TERM): USR1 asks for a reload, USR2 drains. The end of its
 * supervisor drains as well.
 */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "daemon/places.h"
#include "daemon/sockets.h"

#include <stdbool.h>

/* Exit statuses, of sysexits(3). */
enum worker_exit {
	WORKER_EXIT_OK = 0,
	WORKER_EXIT_SYSTEM = 71, /* the system refused something */
	WORKER_EXIT_CONFIG = 78, /* the configuration is wrong */
};

struct worker_options {
	const char *file; /* the configuration */
	bool allow_empty; /* there may be no policy */
	int link; /* to the supervisor, or -1 without one */
	/* Without a supervisor: what it would hand over. */
	struct sockets sockets;
	struct places places;
};

/* Serves until it has drained. The result is the exit status. */
int worker_run(const struct worker_options *);

#endif
