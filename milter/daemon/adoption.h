/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Putting a socket of ours in the place of one that a library opens by an
 * address of its own choice and accepts on by its number.
 */
#ifndef DAEMON_ADOPTION_H
#define DAEMON_ADOPTION_H

#include "base/err.h"

#include <stdbool.h>

#define ADOPTION_FDS 256
#define ADOPTION_SPEC_BYTES 160

struct adoption {
	char spec[ADOPTION_SPEC_BYTES]; /* what the library is to open */
	const char *path; /* of a unix socket, within spec; or NULL */
	bool open[ADOPTION_FDS]; /* descriptors there were before */
};

/* Chooses a harmless address of the family of ours: a file in folder, or any
 * free port of loopback. */
bool adoption_begin(
	struct adoption *, int ours, const char *folder, struct err *err);
/* Finds what the library has opened since and puts ours there; ours itself
 * is closed. The library's number, or -1. No other thread may have opened
 * anything meanwhile. */
int adoption_end(struct adoption *, int ours, struct err *err);

#endif
