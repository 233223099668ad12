/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processes of a supervisor: found, started, and one kept in reserve.
 *
 * The reserve has run its exec, has its libraries and has read the files in
 * use, and waits. A worker that dies is replaced by it in the time that it
 * takes to open a store and to listen; without it the next worker would first
 * be linked and compile every policy. It is a process of its own rather than
 * a fork of this one, so that each worker has its memory elsewhere.
 */
#ifndef DAEMON_SUPERVISOR_STAFF_H
#define DAEMON_SUPERVISOR_STAFF_H

#include "daemon/link.h"
#include "daemon/supervisor_state.h"

/* The supervisor's loop goes round at least so often. */
#define SUPERVISOR_STAFF_TICK_MS 1000

/* NULL: there is none. */
struct worker_process *supervisor_staff_role(struct supervisor *, enum role);
struct worker_process *supervisor_staff_pid(struct supervisor *, pid_t);
bool supervisor_staff_is_empty(const struct supervisor *);
void supervisor_staff_each(struct supervisor *,
	void (*f)(struct supervisor *, struct worker_process *));

/* A new process; false after saying why not. */
bool supervisor_staff_start(
	struct supervisor *, enum role, const struct link_message *first);
/* The reserve takes office, told to serve; false: there is none. */
bool supervisor_staff_promote(
	struct supervisor *, const struct link_message *first);
/* Has a reserve of the files in use where a worker serves, when it is due. */
void supervisor_staff_tend(struct supervisor *);
/* The one there is goes: it is of another program, or of no use. */
void supervisor_staff_dismiss(struct supervisor *);
/* It died by itself: another one later. */
void supervisor_staff_lost(struct supervisor *);
/* Tells the log how one ended; status: of waitpid(2). */
void supervisor_staff_say_death(const struct worker_process *, int status);
/* Kills whoever is not heard of for too long: he is of no use to anybody. */
void supervisor_staff_watch(struct supervisor *);

#endif
