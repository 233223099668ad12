/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where listen says nothing in forwarden.yaml, attach gives the daemon a unix
 * socket that Postfix alone may open: it makes the directory, writes the line
 * and asks for a reload. What somebody chose stays.
 */
#ifndef CLI_ATTACH_LISTEN_H
#define CLI_ATTACH_LISTEN_H

#include "cli/ask.h"
#include "daemon/config.h"
#include "mta/attach_help.h"
#include "mta/postfix.h"

struct attach_listen {
	struct ask *ask;
	const struct config *config;
	const struct attach_help *help;
	bool only_show;
};

/* Where the daemon listens then, in its own spelling, into listen. Where a
 * socket of its own cannot be had it is said why, and all stays as it was.
 * False with err when forwarden.yaml cannot be read. */
bool attach_listen(const struct attach_listen *, const struct postfix *,
	struct buf *listen, struct err *err);

#endif
