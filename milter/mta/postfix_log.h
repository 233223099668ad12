/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Postfix that writes its log itself (maillog_file) hands each line to
 * postlogd(8) as a datagram. Each of its processes, when it starts, complains
 * of every parameter that main.cf sets to two values; postlogd does so too, to
 * itself, before it reads what waits. Where only few datagrams may wait (Linux:
 * net.unix.max_dgram_qlen, 512 where systemd starts the machine, 10 in each new
 * network, hence in containers), it then waits for itself for ever, the others
 * for it, and no mail moves. A reload is enough for that.
 */
#ifndef MTA_POSTFIX_LOG_H
#define MTA_POSTFIX_LOG_H

#include "base/err.h"
#include "mta/postfix_check.h"
#include "mta/site.h"

#include <stdbool.h>

/* Can Postfix be reloaded? False with err where its log might hang. */
bool postfix_log_is_safe(const struct site *, struct err *err);
void postfix_log_check(const struct postfix_check *);

#endif
