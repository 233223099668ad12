/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports of loopback: who has them, who is connected. */
#ifndef MTA_PORT_H
#define MTA_PORT_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Open connections to a port of loopback that somebody has accepted (on Linux;
 * elsewhere those that wait for it, too). */
size_t port_connections(uint16_t port);
/* How many of the lines of `netstat -an -p tcp` (BSD) are of one. */
size_t port_count_netstat(struct slice text, uint16_t port);
/* Can a port of loopback be bound? err says why not. */
bool port_is_free(uint16_t port, struct err *err);

/* Whose locks say which ports are being attached to; anything else is not in
 * it. */
#define PORT_CLAIMS RUNSTATEDIR "/forwarden-attach.lock"
/*
 * One for a listener: *port, if it is free, or if that is 0 the first from
 * 10026 in steps of 100 that is free, not in use (NULL: none is) and not
 * claimed by somebody else. It is claimed until this process ends: a port is
 * taken only when the mail server listens, and of two attached in the same
 * moment one would hand its mail to the other's listener. A file that cannot be
 * written claims nothing.
 */
bool port_claim(uint16_t *port, const char *file,
	bool (*is_in_use)(const void *ctx, uint16_t port), const void *ctx,
	struct err *err);
/* Claims one that our listener has, and leaves for a moment. */
void port_keep(uint16_t port, const char *file);

#endif
