/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the supervisor share: its loop (supervisor.c), the files
 * it keeps (supervisor_files.c), and the listening socket while nobody serves
 * on it, or not all of it (supervisor_door.c).
 */
#ifndef DAEMON_SUPERVISOR_PARTS_H
#define DAEMON_SUPERVISOR_PARTS_H

#include "daemon/link.h"
#include "daemon/supervisor.h"
#include "daemon/worker_process.h"

#define WORKERS_MAX 5
#define NO_FILES (-1)

enum purpose {
	PURPOSE_RELOAD,
	PURPOSE_TAKE_OVER
};

struct supervisor {
	const struct supervisor_options *options;
	const struct config *config; /* of files */
	struct config *own_config; /* the same, where it is ours to free */
	int files; /* the bundle in use */
	int kept; /* the one before, until the new one is; or NO_FILES */
	int fresh; /* being filled by the checker; or NO_FILES */
	enum purpose purpose; /* of the checker */
	bool again; /* a reload came while one was under way */
	struct sockets sockets;
	struct places places;
	struct worker_process workers[WORKERS_MAX];
	bool stopping, killed, ever_ready;
	int64_t restart_ms; /* when to start a worker, or NOT_DUE */
	int64_t pause_ms; /* before the next start */
	bool closed; /* until then: too long for anybody to wait */
	int64_t ticked_ms; /* when this loop last went round */
	int status;
};

void supervisor_close_files(int *fd);
/* All that a worker works with. */
void supervisor_fill(
	const struct supervisor *, enum link_word, struct link_message *);
/* The checker's bundle is the one in use; the one before is kept until a
 * worker has taken the new one. */
void supervisor_adopt_files(struct supervisor *);
/* The new files do not serve: the ones before are the last good ones. */
void supervisor_revert_files(struct supervisor *);
/* Opens logs and events again, and sockets whose paths are gone. */
void supervisor_renew_places(struct supervisor *);

/* Nobody serves, and nobody is about to. */
bool supervisor_is_closed(const struct supervisor *);
/* Closes one connection that waits. */
void supervisor_turn_away(int listener);
/* Wakes libmilter's pool in a worker that asked for it. */
void supervisor_nudge(struct supervisor *);

#endif
