/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Putting a socket of ours in the place of one that a library opens by an
 * address of its own choice and accepts on by its number.
 */
#ifndef DAEMON_SOCKET_HANDOVER_H
#define DAEMON_SOCKET_HANDOVER_H

#include "base/err.h"

#include <stdbool.h>

#define SOCKET_HANDOVER_FDS 256
#define SOCKET_HANDOVER_SPEC_BYTES 160

struct socket_handover {
	char spec[SOCKET_HANDOVER_SPEC_BYTES]; /* what the library is to open */
	const char *path; /* of a unix socket, within spec; or NULL */
	bool open[SOCKET_HANDOVER_FDS]; /* descriptors there were before */
};

/* Chooses a harmless address of the family of ours: a file in directory, or any
 * free port of loopback. */
bool socket_handover_begin(struct socket_handover *, int ours,
	const char *directory, struct err *err);
/* Finds what the library has opened since and puts ours there; ours itself
 * is closed. The library's number, or -1. No other thread may have opened
 * anything meanwhile. */
int socket_handover_end(struct socket_handover *, int ours, struct err *err);

#endif
