/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that the daemon writes lines to: its log and its events. Opened
 * with the rights of whoever starts the program, at the start and at each
 * reload, and handed to the worker.
 */
#ifndef DAEMON_PLACES_H
#define DAEMON_PLACES_H

#include "base/err.h"
#include "daemon/config.h"
#include "daemon/privilege.h"

#define PLACES_NONE (-1)
#define PLACES_TEXT_BYTES 512

struct places {
	int log, events; /* PLACES_NONE: no file, or it cannot be opened */
	char missing[PLACES_TEXT_BYTES]; /* what cannot be opened, and why */
};

/* A file that cannot be opened keeps nobody from judging mail. */
void places_open(
	const struct config *, const struct privilege *owner, struct places *);
void places_close(struct places *);
/* Something else that cannot be opened. */
void places_miss(struct places *, const char *what, const char *why);
/* The log goes there; the descriptor stays the caller's. False when the
 * configuration names no place at all. Where the file cannot be opened,
 * entries go on to where they went. */
bool places_use_log(
	const struct config *, const struct places *, struct err *err);

#endif
