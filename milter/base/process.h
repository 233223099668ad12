/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs, run for their output. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Runs argv (argv[0] is looked for in PATH and in the system
 * administrator's folders), no shell between, and appends what it writes to
 * its standard output. False with err when it cannot be run, ends with
 * another status than 0 or writes more than a megabyte.
 */
bool process_read(const char *const argv[], struct buf *out, struct err *err);

#endif
