/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP for the control socket and the optional loopback port, and the only
 * file that knows libmicrohttpd.
 */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include "base/err.h"
#include "daemon/api.h"

struct http;

/* Serves on sockets that listen already (their descriptors stay the
 * caller's); a negative port_socket is none. api is borrowed. NULL with err
 * on failure. */
struct http *http_start(struct api *, int control_socket, int port_socket,
	unsigned connections, struct err *err);
/* Answers what is under way, then ends. NULL is allowed. */
void http_stop(struct http *);

#endif
