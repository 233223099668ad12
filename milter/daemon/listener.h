/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that are listened on, and who has one that is taken. */
#ifndef DAEMON_LISTENER_H
#define DAEMON_LISTENER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/socket_name.h"

#include <stdbool.h>
#include <sys/types.h>

#define LISTENER_BACKLOG 512

/* Permissions of a unix socket. (uid_t)-1, (gid_t)-1: leave. */
struct listener_access {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/* Is its host one that this machine can find, in its family? */
bool listener_check(const struct socket_name *, struct err *);
/*
 * Binds and listens; -1 on failure. A unix socket that nobody answers on is
 * replaced, one that is answered is not. An address in use is reported with
 * the process that has it, where the system tells. access may be NULL.
 */
int listener_open(const struct socket_name *,
	const struct listener_access *access, struct err *);

/* Connects and leaves at once; waits for nothing. */
void listener_nudge(const struct socket_name *);
/* Does anybody take connections there? */
bool listener_answers(const struct socket_name *);

/* The process that listens at an address, as "pid 123 (smtpd)"; false where
 * it cannot be found out. Linux only. */
bool listener_owner(const struct socket_name *, struct buf *);

#endif
