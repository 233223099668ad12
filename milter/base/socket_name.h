/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a program is reached: Postfix's spelling (inet:host:port, unix:/path)
 * and libmilter's (inet:port@host, local:/path).
 */
#ifndef BASE_SOCKET_NAME_H
#define BASE_SOCKET_NAME_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define SOCKET_NAME_PATH_BYTES 104 /* sun_path, where it is shortest */
#define SOCKET_NAME_HOST_BYTES 256

enum socket_name_family {
	SOCKET_NAME_UNIX,
	SOCKET_NAME_INET,
	SOCKET_NAME_INET6
};

struct socket_name {
	enum socket_name_family family;
	char path[SOCKET_NAME_PATH_BYTES]; /* of SOCKET_NAME_UNIX */
	char host[SOCKET_NAME_HOST_BYTES]; /* empty: every address */
	uint16_t port;
};

/* Either spelling; "host:port" and "/path" alone are understood, too. */
bool socket_name_parse(struct slice, struct socket_name *, struct err *);
/* In libmilter's spelling. */
void socket_name_print(const struct socket_name *, struct buf *);
/* Is every address it names a loopback one (or a unix socket)? */
bool socket_name_is_local(const struct socket_name *);

#endif
