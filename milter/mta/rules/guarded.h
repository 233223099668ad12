/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work in a child of this process: under another user's name, for a limited
 * time. What hangs (a home on a server that is gone) hangs there alone; what
 * cannot even be killed is left behind.
 */
#ifndef MTA_RULES_GUARDED_H
#define MTA_RULES_GUARDED_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct guarded {
	bool drop; /* become uid and gid first; nothing is done if that fails */
	uid_t uid;
	gid_t gid;
	unsigned milliseconds;
	void (*deed)(void *ctx, FILE *out);
	void *ctx;
};

/* Appends what the deed writes. False with err when it cannot be begun,
 * writes too much, dies or is late (ERR_DOWN). */
bool guarded_run(const struct guarded *, struct buf *out, struct err *err);

#endif
