/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs, run for their output. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/buf.h"
#include "base/err.h"

#include <stdio.h>
#include <sys/types.h>

#define PROCESS_READ_SECONDS 10U

/*
 * Runs argv (argv[0] is looked for in PATH and in the system
 * administrator's directories), no shell between, and appends what it writes to
 * its standard output. False with err when it cannot be run, ends with
 * another status than 0, writes more than a megabyte or is not done within
 * PROCESS_READ_SECONDS; then it is killed.
 */
bool process_read(const char *const argv[], struct buf *out, struct err *err);

/*
 * Calls deed in a child of this process and appends what it writes, for as
 * long as process_read() waits: for calls that know no deadline of their own.
 * When it is late out has what came until then.
 */
typedef void process_deed_fn(void *ctx, FILE *out);
bool process_call(
	process_deed_fn *, void *ctx, struct buf *out, struct err *err);

/*
 * Runs argv with a text as its standard input and for so many seconds at
 * most, then it is killed. What it writes to its standard output is appended
 * to out, unless that is NULL. False with err, which holds the last line of
 * what it complains of, when it cannot be run, is too late or ends with
 * another status than 0.
 */
struct process_job {
	const char *const *argv;
	struct slice input;
	unsigned seconds;
};
bool process_run(const struct process_job *, struct buf *out, struct err *err);
/* The same, of what it complains of, whatever its status is. */
bool process_run_said(
	const struct process_job *, struct buf *said, struct err *err);
/* The same where more than a megabyte may come: most bytes. */
bool process_run_long(const struct process_job *, size_t most, struct buf *out,
	struct err *err);

/* Runs argv until it ends or is ended; what it writes comes from *out, which
 * does not wait, what it complains of goes where our own complaints do. */
bool process_begin(
	const char *const argv[], int *out, pid_t *pid, struct err *err);
/* Ends it, if it has not ended by itself: with which status, -1: by a signal,
 * or nobody knows. */
int process_end(pid_t pid);

#endif
