/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals as bytes of a pipe that poll(2) waits for: the handler writes, the
 * loop reads. One for a process.
 */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Catches these signals from now on. */
bool signals_open(const int *numbers, size_t count, struct err *err);
/* Readable when a signal has come. */
int signals_fd(void);
/* The next signal that has come, or 0. */
int signals_next(void);

#endif
