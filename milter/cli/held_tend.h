/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden held --tend: a service, run by root, that looks after held mail.
 * Again and again it reads the queue, tells the daemon what is held, and does
 * what was asked for from elsewhere and what held.expire says. It touches
 * nothing that no event of Forwarden's accounts for, and nothing at all while
 * the daemon is away.
 */
#ifndef CLI_HELD_TEND_H
#define CLI_HELD_TEND_H

#include "cli/held_run.h"

#define HELD_TEND_SECONDS 5

/* Until it is told to end, by a signal; false: something is wrong, and stderr
 * says what. */
bool held_tend(struct held_run *);

#endif
