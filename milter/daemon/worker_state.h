/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker from the inside, for the files that it is made of: its life
 * (worker.c), what it works with and how that is replaced (worker_reload.c),
 * and its signs of life (worker_watch.c).
 */
#ifndef DAEMON_WORKER_STATE_H
#define DAEMON_WORKER_STATE_H

#include "daemon/api.h"
#include "daemon/generation.h"
#include "daemon/held_seen.h"
#include "daemon/http.h"
#include "daemon/places.h"
#include "daemon/session.h"
#include "daemon/sockets.h"

#include <pthread.h>
#include <stdatomic.h>

#define WORKER_NO_FILES (-1)

struct worker {
	const char *file; /* the configuration */
	struct generation_options loading; /* how it is read */
	int link; /* to the supervisor, or -1 without one */
	int files; /* the bundle to begin with, or WORKER_NO_FILES: the disk */
	struct sockets sockets;
	struct places places;
	struct generation_slot *slot;
	struct store *store;
	struct metrics *metrics;
	struct report *report;
	struct probes *probes;
	struct held_seen *held;
	struct session_service service;
	struct api api;
	struct http *http;
	pthread_t control;
	bool has_control;
	atomic_bool draining;
	int64_t said_ms; /* when the last sign of life was given */
	bool said_unread; /* that a connection is not read */
	atomic_size_t threads; /* when it began to serve; 0: it did not yet */
	int pipe[2]; /* the first takes the listener's place while draining */
};

#endif
