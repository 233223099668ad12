/* SPDX-License-Identifier: BSD-2-Clause */
/* Where Forwarden listens, as Postfix's daemons find it. */
#ifndef MTA_MILTER_PATH_H
#define MTA_MILTER_PATH_H

#include "base/buf.h"
#include "base/err.h"
#include "base/socket_name.h"
#include "mta/postfix.h"

#include <stdbool.h>

/*
 * Appends it in Postfix's spelling. A path below the queue directory is
 * relative to it, and found by daemons that are chrooted there and others.
 * False with err, which says what to write instead, when a daemon that is
 * chrooted could not reach it.
 */
bool milter_path_spell(const struct postfix *, const struct socket_name *,
	struct buf *out, struct err *err);
/* The service that is chrooted and cannot reach a path; NULL if all can. */
const struct postfix_service *milter_path_barrier(
	const struct postfix *, const char *path);

#endif
