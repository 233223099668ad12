/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories the daemon needs and may make itself. */
#ifndef DAEMON_STATE_DIR_H
#define DAEMON_STATE_DIR_H

#include "base/err.h"
#include "daemon/privilege.h"

#include <sys/types.h>

/* Makes the last part of path if it is missing and gives it to the user;
 * what is there already stays as it is. */
bool state_dir_make(const char *path, mode_t mode, const struct privilege *user,
	struct err *err);
/*
 * The directory of the store's files, made if it is missing, so that the user
 * can read and write it and what is in it. What an earlier start as root left
 * there is given to the user, where only root can have put it there; else,
 * and where it holds other things, -1 with what to do. Else a descriptor.
 */
int state_dir_take(
	const char *path, const struct privilege *user, struct err *err);
/* Closes the directory. One daemon works in it, until it ends. One that is
 * about to end is waited for; false with what to do when it stays. */
bool state_dir_hold(int directory, const char *path,
	const struct privilege *user, struct err *err);

#endif
