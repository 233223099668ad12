/* SPDX-License-Identifier: BSD-2-Clause */
/* A child of the supervisor's that reads the files for a reload. */
#ifndef DAEMON_WORKER_CHECK_H
#define DAEMON_WORKER_CHECK_H

#include "daemon/generation.h"
#include "daemon/link.h"

#include <stdbool.h>

/* Reads the configuration in file, and what it names, with rights that a
 * worker does not have, and keeps it for one in the bundle that the message
 * brought. False when it cannot be used: the log says why. */
bool worker_check(const char *file, const struct generation_options *,
	const struct link_message *);

#endif
