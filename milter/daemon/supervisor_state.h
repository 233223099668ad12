/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A supervisor from the inside, for the files that it is made of: its loop
 * (supervisor.c), the files it keeps (supervisor_files.c), and the listening
 * socket while nobody serves on it, or not all of it (supervisor_door.c).
 */
#ifndef DAEMON_SUPERVISOR_STATE_H
#define DAEMON_SUPERVISOR_STATE_H

#include "daemon/config.h"
#include "daemon/places.h"
#include "daemon/sockets.h"
#include "daemon/worker_process.h"

#define WORKERS_MAX 9
#define NO_FILES (-1)
#define NOT_DUE (-1)

enum purpose {
	PURPOSE_RELOAD,
	PURPOSE_TAKE_OVER
};

/* daemon/supervisor_alerts.h */
struct supervisor_alerts {
	int ends[2]; /* of the socket: the alerter's and the workers' */
	int board;
	int64_t start_ms; /* when the next alerter may start */
	int64_t pause_ms; /* after one that dies */
	int64_t end_ms; /* until when the last one has time */
	bool told_end;
};

struct supervisor {
	struct worker_program program; /* this one, for workers */
	const struct config *begun; /* as it was at start: its sockets stay */
	const struct config *config; /* of files */
	struct config *own_config; /* the same, where it is ours to free */
	int files; /* the bundle in use */
	unsigned files_number; /* another with each change of it */
	int kept; /* the one before, until the new one is; or NO_FILES */
	int fresh; /* being filled by the checker; or NO_FILES */
	enum purpose purpose; /* of the checker */
	bool refused; /* what is on disk now is wrong, and not in use */
	bool again; /* a reload came while one was under way */
	struct sockets sockets;
	struct places places;
	struct worker_process workers[WORKERS_MAX];
	bool stopping, killed, ever_ready;
	int64_t restart_ms; /* when to start a worker, or NOT_DUE */
	int64_t pause_ms; /* before the next start */
	bool closed; /* until then: too long for anybody to wait */
	int64_t reserve_ms; /* when to start a reserve */
	int64_t handing_ms; /* until when to wait for the word of the one in
			       office that its successor may begin, or NOT_DUE
			     */
	int64_t ticked_ms; /* when this loop last went round */
	struct supervisor_alerts alerts;
	unsigned deaths; /* of workers in office */
	int status;
};

#endif
