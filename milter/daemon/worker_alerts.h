/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker tells of itself as alerts, and of alerts as trouble. */
#ifndef DAEMON_WORKER_ALERTS_H
#define DAEMON_WORKER_ALERTS_H

#include "daemon/worker_state.h"

/* Now and then: what is wrong since the last look, and what no more. */
void worker_alerts_look(struct worker *);

#endif
