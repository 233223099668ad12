/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The supervisor: owns the listening sockets for as long as the daemon
 * lives, starts the worker that serves on them, and starts it again when it
 * dies, so that no MTA ever finds the door closed.
 *
 * HUP: the worker reloads. USR2: the program on disk takes over: a new
 * worker is started and, once it serves, the old one drains. TERM and INT:
 * the worker drains, then all ends; a second one ends it at once.
 */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "daemon/config.h"
#include "daemon/sockets.h"

struct supervisor_options {
	const char *program; /* path of this program, for workers */
	const char *file; /* the configuration */
	const struct config *config; /* as it was at start */
	struct sockets sockets; /* taken over */
};

/* Runs until told to end. The result is the exit status. */
int supervisor_run(const struct supervisor_options *);

#endif
