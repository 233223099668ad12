/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's end of alerts: which events are to alert somebody, put into
 * the socket that the alerter reads. Nobody waits: where there is no room the
 * alert is dropped, counted and said. One for the process, as the log is.
 * Thread-safe.
 */
#ifndef DAEMON_ALERTS_H
#define DAEMON_ALERTS_H

#include "base/buf.h"
#include "daemon/alert_board.h"
#include "daemon/config.h"
#include "verdict/alert.h"

/* The socket and the board from the supervisor, from now on ours; -1: it has
 * none to give. False, after saying so, when they cannot be used. */
bool alerts_use(int fd, int board);
/* Which, from now on. */
void alerts_choose(const struct config *);
/* Is any way to alert somebody configured? */
bool alerts_are_on(const struct config_alerts *);

/* By which ways. */
void alerts_ways(const struct config_alerts *, bool wanted[ALERT_WAY_COUNT]);

/* A verdict's event, if it is worth one. */
void alerts_verdict(
	const struct verdict *, enum action taken, struct slice json);
/* Another event, by what it tells of. */
void alerts_event(enum alert_origin, struct slice json);
/* One for whoever asks whether alerts arrive: its number, 0 when there is
 * nobody to send it. */
unsigned alerts_test(const char *host);
/* What is wrong with the daemon, when it comes and when it goes. */
void alerts_trouble(const struct alert_trouble *, const char *host);

/* What waits here for room in the socket goes, as far as there is some; false:
 * something waits still. */
bool alerts_flush(void);
/* How many found no room since this was asked last. */
unsigned long long alerts_dropped(void);

/* NULL where there is none. */
struct alert_board *alerts_board(void);

#endif
