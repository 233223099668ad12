/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The place for a milter's socket that Postfix alone may open: a directory
 * below its queue directory, where chrooted daemons reach it, that only the
 * milter's user writes to and only Postfix's group may enter.
 */
#ifndef MTA_MILTER_PLACE_H
#define MTA_MILTER_PLACE_H

#include "base/socket_name.h"
#include "mta/postfix.h"

/* Appends the socket's path. */
void milter_place_path(const struct postfix *, struct buf *out);
/* Does Postfix speak of this socket in main.cf? */
bool milter_place_is_used(const struct postfix *, const struct socket_name *);
/* Makes the directory for the user; empty: root. Needs root's rights. */
bool milter_place_make(
	const struct postfix *, const char *user, struct err *err);
/* Takes it away, if nothing is in it. */
void milter_place_remove(const struct postfix *);

#endif
