/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon's listening sockets. The supervisor opens them once and keeps
 * them; every worker inherits them.
 */
#ifndef DAEMON_SOCKETS_H
#define DAEMON_SOCKETS_H

#include "base/err.h"
#include "daemon/config.h"
#include "daemon/privilege.h"

#include <stdbool.h>

#define SOCKET_NONE (-1)

struct sockets {
	int milter;
	int control;
	int http; /* SOCKET_NONE if not configured */
};

/* Opens all of them with owner and mode as configured; the folder of a
 * control socket is made if it is missing. On failure none is open. */
bool sockets_open(const struct config *, const struct privilege *,
	struct sockets *, struct err *);
void sockets_close(struct sockets *);
/* Takes unix sockets out of the file system, when all is over. */
void sockets_remove(const struct config *);
/* Makes them survive, or not survive, the next exec. */
bool sockets_inherit(const struct sockets *, bool yes);

#endif
