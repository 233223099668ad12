/* SPDX-License-Identifier: BSD-2-Clause */
/* Making folders. */
#include "daemon/folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

bool
folder_make(const char *path, mode_t mode, const struct privilege *user,
	struct err *err)
{
	if (mkdir(path, mode) < 0)
		return errno == EEXIST ||
			err_system(err, "cannot make %s", path);
	if (geteuid() == 0 && user->uid != PRIVILEGE_SAME_USER &&
		lchown(path, user->uid, user->gid) < 0)
		return err_system(err, "cannot give %s away", path);
	return true;
}
