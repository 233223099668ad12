/* SPDX-License-Identifier: BSD-2-Clause */
/* The listening socket from the supervisor's side. */
#ifndef DAEMON_SUPERVISOR_DOOR_H
#define DAEMON_SUPERVISOR_DOOR_H

#include "daemon/supervisor_state.h"

/* Nobody serves, and nobody is about to. */
bool supervisor_door_is_closed(const struct supervisor *);
/* Closes one connection that waits. */
void supervisor_door_turn_away(int listener);
/* Wakes libmilter's pool in a worker that asked for it. */
void supervisor_door_nudge(struct supervisor *);

#endif
