/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon's listening sockets. The supervisor opens them once and keeps
 * them; every worker inherits them.
 */
#ifndef DAEMON_SOCKETS_H
#define DAEMON_SOCKETS_H

#include "base/err.h"
#include "base/socket_name.h"
#include "daemon/config.h"
#include "daemon/privilege.h"

#include <stdbool.h>
#include <sys/types.h>

#define SOCKET_NONE (-1)

/* What a path led to when the socket was made. */
struct socket_mark {
	dev_t device;
	ino_t inode;
};

struct sockets {
	int milter;
	int control;
	int http; /* SOCKET_NONE if not configured */
	struct socket_name listen; /* where milter is */
	struct socket_mark milter_mark, control_mark; /* of unix sockets */
};

/* Opens all of them with owner and mode as configured; the directory of a
 * control socket is made if it is missing. On failure none is open. */
bool sockets_open(const struct config *, const struct privilege *,
	struct sockets *, struct err *);
void sockets_close(struct sockets *);
/* Makes unix sockets again whose path is gone, or leads to something else
 * that nobody answers on, and goes where listen says now. False with err if
 * one could not be: it stays where it is, and the others are made all the
 * same. */
bool sockets_renew(const struct config *, const struct privilege *,
	struct sockets *, struct err *);
/* Takes unix sockets out of the file system, where their paths still lead to
 * these; once they are closed there are none. */
void sockets_remove(const struct config *, const struct sockets *);
#endif
