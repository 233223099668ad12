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

#endif
