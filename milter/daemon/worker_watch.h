/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker's signs of life, and what may go wrong without anybody's doing. */
#ifndef DAEMON_WORKER_WATCH_H
#define DAEMON_WORKER_WATCH_H

#include "daemon/worker_state.h"

/* Says that it lives, where that is due, and looks at what may be wrong. The
 * result is the time until then, for poll(2). */
int worker_watch(struct worker *);
/* How many threads this process has; 0 where it cannot be told. */
size_t worker_watch_threads(void);

#endif
