/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The supervisor: owns every path of the daemon (listening sockets, logs, the
 * files of the configuration) for as long as it lives, starts the worker that
 * serves on them, and starts it again when it dies or hangs, so that no MTA
 * ever finds the door closed.
 *
 * HUP: the files are read again and the worker goes on with them. USR2: the
 * program on disk takes over: a new worker is started and, once it serves,
 * the old one drains. TERM and INT: the worker drains, then all ends; a
 * second one ends it at once.
 */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "daemon/config.h"
#include "daemon/places.h"
#include "daemon/sockets.h"

struct supervisor_options {
	const char *program; /* path of this program, for workers */
	const char *file; /* the configuration */
	bool allow_empty; /* there may be no policy */
	const struct config *config; /* as it was at start */
	int files; /* a bundle of it and its policies; taken over, as are */
	struct sockets sockets;
	struct places places;
};

/* Runs until told to end. The result is the exit status. */
int supervisor_run(const struct supervisor_options *);

#endif
