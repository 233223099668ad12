/* SPDX-License-Identifier: BSD-2-Clause */
/* Making folders and files for whom the worker becomes. */
#include "daemon/state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
state_dir_make(const char *path, mode_t mode, const struct privilege *user,
	struct err *err)
{
	if (mkdir(path, mode) < 0) {
		return errno == EEXIST ||
			err_system(err, "cannot make %s", path);
	}
	if (geteuid() == 0 && user->uid != PRIVILEGE_SAME_USER &&
		lchown(path, user->uid, user->gid) < 0)
		return err_system(err, "cannot give %s away", path);
	return true;
}

bool
state_dir_make_file(
	const char *place, const struct privilege *user, struct err *err)
{
	int fd;
	bool ok;

	if (strncmp(place, "file:", 5) != 0 || geteuid() != 0 ||
		user->uid == PRIVILEGE_SAME_USER)
		return true;
	/* Nothing that is there is followed or given away. */
	fd = open(place + 5, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0) {
		return errno == EEXIST ||
			err_system(err, "cannot make %s", place + 5);
	}
	ok = fchown(fd, user->uid, user->gid) == 0 ||
		err_system(err, "cannot give %s away", place + 5);
	(void)close(fd);
	return ok;
}
