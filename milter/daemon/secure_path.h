/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths that root touches for a user with fewer rights. Whoever can write to
 * a directory on the way can put a link there, and have root open, make or give
 * away what is at its other end. So links are followed only where nobody but
 * root could have put them, and what is opened in other directories is looked
 * at before it is used. Without root's rights none of this is needed or done.
 */
#ifndef DAEMON_SECURE_PATH_H
#define DAEMON_SECURE_PATH_H

#include "base/err.h"
#include "daemon/privilege.h"

#include <stdbool.h>

/* Opens the directory that the last part of path is in; *name is that part.
 * -1 with err. */
int secure_path_directory(const char *path, const char **name, struct err *err);
/* Could nobody but root make, remove or rename something in it? */
bool secure_path_is_roots(int directory);
/* A file to append to, made if it is missing and then given to owner. -1 with
 * err. */
int secure_path_append(
	const char *path, const struct privilege *owner, struct err *err);

/* While a directory is held, nobody but root can change what is in it. */
struct secure_hold {
	int directory;
	bool held;
	uid_t uid;
	gid_t gid;
	mode_t mode;
};
/* directory stays the caller's. Nothing to do is success. */
bool secure_path_hold(int directory, struct secure_hold *, struct err *err);
void secure_path_release(struct secure_hold *);

#endif
