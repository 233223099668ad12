/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker as its supervisor sees it: a child that runs this program again,
 * with a link to it.
 */
#ifndef DAEMON_WORKER_PROCESS_H
#define DAEMON_WORKER_PROCESS_H

#include "base/err.h"
#include "daemon/link.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum role {
	ROLE_FREE,
	ROLE_IN_OFFICE,
	ROLE_SUCCESSOR,
	ROLE_PREDECESSOR,
	ROLE_CHECKER, /* reads the files, for a reload */
	ROLE_RESERVE, /* has read them, and waits to serve */
	ROLE_ALERTER, /* tells of alerts (daemon/alerter.h) */
	ROLE_DISMISSED, /* is dead, or will be at once */
};

struct worker_process {
	enum role role;
	pid_t pid;
	int link;
	bool ready;
	unsigned files_number; /* of the files it began with */
	unsigned asked, checked; /* reloads: of the last asked for, and of that
				    which the checker began with */
	int64_t started_ms, heard_ms; /* monotonic */
};

/* What is run. */
struct worker_program {
	const char *path;
	const char *file; /* the configuration */
	bool allow_empty; /* there may be no policy */
};

/*
 * Starts the program to serve; first is the first thing it is told. By fork and
 * exec, so that each begins with memory of its own and may be a newer program.
 */
bool worker_process_start(struct worker_process *,
	const struct worker_program *, const struct link_message *first,
	struct err *err);

#endif
