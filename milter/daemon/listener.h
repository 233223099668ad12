/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the daemon is reached: addresses in Postfix's spelling
 * (inet:host:port, unix:/path) and in libmilter's (inet:port@host,
 * local:/path), and sockets bound to them.
 */
#ifndef DAEMON_LISTENER_H
#define DAEMON_LISTENER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LISTENER_PATH_BYTES 104 /* sun_path, where it is shortest */
#define LISTENER_HOST_BYTES 256
#define LISTENER_BACKLOG 512

enum listener_family {
	LISTENER_UNIX,
	LISTENER_INET,
	LISTENER_INET6
};

struct listener_address {
	enum listener_family family;
	char path[LISTENER_PATH_BYTES]; /* of LISTENER_UNIX */
	char host[LISTENER_HOST_BYTES]; /* empty: every address */
	uint16_t port;
};

/* Permissions of a unix socket. (uid_t)-1, (gid_t)-1: leave. */
struct listener_access {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/* Either spelling; "host:port" and "/path" alone are understood, too. */
bool listener_parse(struct slice, struct listener_address *, struct err *);
/* In libmilter's spelling. */
void listener_print(const struct listener_address *, struct buf *);
/* Is every address it names a loopback one (or a unix socket)? */
bool listener_is_local(const struct listener_address *);

/*
 * Binds and listens; -1 on failure. A unix socket that nobody answers on is
 * replaced, one that is answered is not. An address in use is reported with
 * the process that has it, where the system tells. access may be NULL.
 */
int listener_open(const struct listener_address *,
	const struct listener_access *access, struct err *);

/* The process that listens at an address, as "pid 123 (smtpd)"; false where
 * it cannot be found out. Linux only. */
bool listener_owner(const struct listener_address *, struct buf *);

#endif
