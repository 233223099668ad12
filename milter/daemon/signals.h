/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals as bytes of a pipe that poll(2) waits for: the handler writes, the
 * loop reads. One for a process.
 *
 * libmilter waits for SIGHUP, SIGINT and SIGTERM in a thread of its own, and
 * cuts what is under way when it gets one: here its sigwait() never returns.
 */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Catches these signals from now on. */
bool signals_open(const int *numbers, size_t count, struct err *err);
/* Readable when a signal has come. */
int signals_fd(void);
/* The next signal that has come, or 0. */
int signals_next(void);
/* As fork(); until the child catches them itself, it has none of those that
 * administrators send to all processes of a name (killall). */
pid_t signals_fork(void);

#endif
