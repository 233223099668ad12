/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker works with, at its start and at each reload. */
#ifndef DAEMON_WORKER_RELOAD_H
#define DAEMON_WORKER_RELOAD_H

#include "daemon/link.h"
#include "daemon/worker_state.h"

/* The generation of a bundle, or WORKER_NO_FILES: of the files on disk. NULL
 * when it cannot be used: the log says why. */
const struct generation *worker_reload_read(const struct worker *, int files);
/* Takes over what files a message brings. */
void worker_reload_take_places(struct worker *, struct link_message *);
/* The log and the events go where the configuration and the places say; what
 * was there before stays where a file is missing. */
void worker_reload_use_places(struct worker *, const struct config *);
/* What is on disk is not what is in use. */
void worker_reload_tell_refused(void);
void worker_reload_limit_sessions(const struct config *);
bool worker_reload_http(
	struct worker *, const struct config *, struct err *err);

/* As the supervisor says; all descriptors that came are closed. */
void worker_reload(struct worker *, struct link_message *);
/* Without a supervisor: by itself, with the rights it has left. */
void worker_reload_alone(struct worker *);

#endif
