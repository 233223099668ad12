/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders and files the daemon needs and may make itself. */
#ifndef DAEMON_STATE_DIR_H
#define DAEMON_STATE_DIR_H

#include "base/err.h"
#include "daemon/privilege.h"

#include <sys/types.h>

/* Makes the last part of path if it is missing and gives it to the user;
 * what is there already stays as it is. */
bool state_dir_make(const char *path, mode_t mode, const struct privilege *user,
	struct err *err);
/* For a place to write to, "file:/path" or another: the file is made if it is
 * missing and given to the user, so that a worker without rights can write
 * to it. What is there already stays as it is. */
bool state_dir_make_file(
	const char *place, const struct privilege *user, struct err *err);

#endif
