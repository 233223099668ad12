/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells the service manager how we are, by the protocol of sd_notify(3):
 * datagrams of KEY=value to $NOTIFY_SOCKET. */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

/* "READY=1", "RELOADING=1", "STOPPING=1", "STATUS=..."; nothing where no
 * service manager listens. */
void notify_manager(const char *state);
/* Where it watches (WatchdogSec=), tells it that this process goes round. */
void notify_watchdog(void);

#endif
