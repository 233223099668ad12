/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the worker share: its life (worker.c), what it works with
 * and how that is replaced (worker_reload.c), its signs of life
 * (worker_watch.c), and the reading of files for one (worker_check.c).
 */
#ifndef DAEMON_WORKER_PARTS_H
#define DAEMON_WORKER_PARTS_H

#include "daemon/api.h"
#include "daemon/generation.h"
#include "daemon/http.h"
#include "daemon/link.h"
#include "daemon/session.h"
#include "daemon/worker.h"

#include <pthread.h>
#include <stdatomic.h>

#define WORKER_NO_FILES (-1)

struct worker {
	const struct worker_options *options;
	int files; /* the bundle to begin with, or WORKER_NO_FILES: the disk */
	struct sockets sockets;
	struct places places;
	struct generation_slot *slot;
	struct store *store;
	struct metrics *metrics;
	struct report *report;
	struct probes *probes;
	struct session_service service;
	struct api api;
	struct http *http;
	pthread_t control;
	bool has_control;
	atomic_bool draining;
	int64_t said_ms; /* when the last sign of life was given */
	atomic_size_t threads; /* when it began to serve; 0: it did not yet */
	int pipe[2]; /* the first takes the listener's place while draining */
};

/* The log and the events go where the configuration and the places say; what
 * was there before stays where a file is missing. */
void worker_use_places(struct worker *, const struct config *);
/* Takes over what files a message brings. */
void worker_take_places(struct worker *, struct link_message *);
/* The generation of a bundle, or WORKER_NO_FILES: of the files on disk. */
const struct generation *worker_load(const struct worker *, int files);
void worker_limit_sessions(const struct config *);
bool worker_start_http(struct worker *, const struct config *, struct err *);
/* All that came is closed. */
void worker_reload(struct worker *, struct link_message *);
/* Without a supervisor: by itself, with the rights it has left. */
void worker_reload_alone(struct worker *);

/* Says that it lives, where that is due, and looks at what may be wrong. The
 * result is the time until then, for poll(2). */
int worker_say_alive(struct worker *);
/* 0 where it cannot be told. */
size_t worker_threads(void);

/* Reads what a worker would, with the rights it does not have, and keeps it
 * for one. The result is the exit status. */
int worker_check(const struct worker *, const struct link_message *);

#endif
