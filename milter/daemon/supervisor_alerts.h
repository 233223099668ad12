/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The alerter as its supervisor sees it: a child that lives as long as any way
 * to alert somebody is configured, and is started again when it dies. The
 * socket between it and the workers, and the counters that all of them share,
 * are the supervisor's and outlive them.
 */
#ifndef DAEMON_SUPERVISOR_ALERTS_H
#define DAEMON_SUPERVISOR_ALERTS_H

#include "daemon/supervisor_state.h"

/* Makes both; without them mail is judged all the same, and it is said. */
void supervisor_alerts_open(struct supervisor *);
/* What a worker gets of them. */
void supervisor_alerts_fill(const struct supervisor *, struct link_message *);
/* Has one where one is wanted, with the files in use; ends it when all others
 * have ended. */
void supervisor_alerts_tend(struct supervisor *);
/* It is to read its files again, and its log. */
void supervisor_alerts_renew(struct supervisor *);
/* It died by itself: another one, later each time. */
void supervisor_alerts_lost(
	struct supervisor *, const struct worker_process *dead);
/* The stop begins: from here on the time runs that is left to it. */
void supervisor_alerts_stop(struct supervisor *);
void supervisor_alerts_close(struct supervisor *);

#endif
