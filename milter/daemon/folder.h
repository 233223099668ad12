/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders the daemon needs and may make itself. */
#ifndef DAEMON_FOLDER_H
#define DAEMON_FOLDER_H

#include "base/err.h"
#include "daemon/privilege.h"

#include <sys/types.h>

/* Makes the last part of path if it is missing and gives it to the user;
 * what is there already stays as it is. */
bool folder_make(const char *path, mode_t mode, const struct privilege *user,
	struct err *err);

#endif
