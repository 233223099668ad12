/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk goes from directory to directory by descriptor. A part that is a
 * link is followed if the directory it is in is root's alone; what is behind it
 * is again judged by the directories there only as far as it is opened: root's
 * own links are root's own responsibility.
 */
#include "daemon/secure_path.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define APPEND_FLAGS (O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define FILE_MODE 0640
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static bool
is_root(void)
{
	return geteuid() == 0;
}

bool
secure_path_is_roots(int directory)
{
	struct stat status;

	return fstat(directory, &status) == 0 && status.st_uid == 0 &&
		(status.st_mode & OTHERS_WRITE) == 0;
}

/* The next part of the way. */
static int
enter(int directory, const char *part)
{
	int flags = DIRECTORY_FLAGS;

	if (is_root() && !secure_path_is_roots(directory))
		flags |= O_NOFOLLOW;
	return openat(directory, part, flags);
}

/* A link reads as "not a directory" with O_DIRECTORY on some systems. */
static bool
fail_part(const char *path, const char *part, int why, struct err *err)
{
	if (why == ELOOP || why == EMLINK || why == ENOTDIR) {
		return err_set(err, ERR_SYSTEM,
			"%s: \"%s\" is not a directory, or a link in a "
			"directory that others than root can write to",
			path, part);
	}
	errno = why;
	return err_system(err, "%s: cannot open \"%s\"", path, part);
}

int
secure_path_directory(const char *path, const char **name, struct err *err)
{
	char room[PATH_MAX], *part, *next;
	int directory, deeper;

	if (path[0] != '/' || strlen(path) >= sizeof(room)) {
		(void)err_set(err, ERR_INVALID,
			"%s: an absolute path is needed", path);
		return -1;
	}
	(void)snprintf(room, sizeof(room), "%s", path);
	directory = open("/", DIRECTORY_FLAGS);
	for (part = room + 1; (next = strchr(part, '/')) != NULL;
		part = next + 1) {
		*next = '\0';
		if (*part == '\0' || directory < 0)
			continue;
		deeper = enter(directory, part);
		if (deeper < 0)
			(void)fail_part(path, part, errno, err);
		(void)close(directory);
		directory = deeper;
		if (directory < 0)
			return -1;
	}
	*name = path + (part - room);
	if (directory < 0)
		(void)err_system(err, "cannot open /");
	return directory;
}

/* What somebody with fewer rights may have put there is not written to. */
static bool
is_harmless(int fd, const char *path, const struct privilege *owner,
	struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return err_system(err, "cannot look at %s", path);
	if (!S_ISREG(status.st_mode) || status.st_nlink != 1 ||
		(status.st_uid != 0 && status.st_uid != owner->uid)) {
		return err_set(err, ERR_SYSTEM,
			"%s, where others than root can write, must be a file "
			"without another name, of root's or of the worker's "
			"user's",
			path);
	}
	return true;
}

/* Made anew, if there is none, and given away. */
static int
make_file(int directory, const char *name, const struct privilege *owner)
{
	int fd = openat(
		directory, name, APPEND_FLAGS | O_CREAT | O_EXCL, FILE_MODE);

	if (fd >= 0 && is_root() && owner->uid != PRIVILEGE_SAME_USER &&
		fchown(fd, owner->uid, owner->gid) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* The same file opened for reading, too, so that its end can be looked at; a
 * pipe is not, which would have a reader by that. */
static int
with_reading(int directory, const char *name, int fd)
{
	struct stat one, other;
	int both;

	if (fstat(fd, &one) != 0 || !S_ISREG(one.st_mode))
		return fd;
	both = openat(directory, name, (APPEND_FLAGS & ~O_ACCMODE) | O_RDWR);
	if (both < 0)
		return fd;
	if (fstat(both, &other) != 0 || one.st_dev != other.st_dev ||
		one.st_ino != other.st_ino) {
		(void)close(both);
		return fd;
	}
	(void)close(fd);
	return both;
}

static int
open_in(int directory, const char *path, const char *name,
	const struct privilege *owner, struct err *err)
{
	bool guard = is_root() && !secure_path_is_roots(directory);
	int fd = make_file(directory, name, owner);

	if (fd < 0 && errno == EEXIST) {
		fd = openat(directory, name,
			APPEND_FLAGS | (guard ? O_NOFOLLOW : 0));
	}
	if (fd < 0) {
		(void)err_system(err, "cannot open %s", path);
		return -1;
	}
	if (guard && !is_harmless(fd, path, owner, err)) {
		(void)close(fd);
		return -1;
	}
	fd = with_reading(directory, name, fd);
	/* It was for a pipe that nobody reads. */
	(void)fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

int
secure_path_append(
	const char *path, const struct privilege *owner, struct err *err)
{
	const char *name;
	int directory = secure_path_directory(path, &name, err), fd;

	if (directory < 0)
		return -1;
	fd = open_in(directory, path, name, owner, err);
	(void)close(directory);
	return fd;
}

bool
secure_path_hold(int directory, struct secure_hold *hold, struct err *err)
{
	struct stat status;

	*hold = (struct secure_hold){.directory = directory};
	if (!is_root() || secure_path_is_roots(directory))
		return true;
	if (fstat(directory, &status) != 0)
		return err_system(err, "cannot look at a directory");
	/* Of others' things in a sticky directory nobody removes or renames
	 * any: what root makes there stays what it is. */
	if (status.st_uid == 0 && (status.st_mode & S_ISVTX) != 0)
		return true;
	hold->uid = status.st_uid;
	hold->gid = status.st_gid;
	hold->mode = status.st_mode & 07777;
	if (fchown(directory, 0, status.st_gid) != 0 ||
		fchmod(directory, hold->mode & (mode_t)~OTHERS_WRITE) != 0)
		return err_system(err, "cannot hold a directory");
	hold->held = true;
	return true;
}

void
secure_path_release(struct secure_hold *hold)
{
	if (!hold->held)
		return;
	if (fchmod(hold->directory, hold->mode) != 0 ||
		fchown(hold->directory, hold->uid, hold->gid) != 0) {
		log_write(LOG_LEVEL_ERROR,
			"cannot give a directory back to its owner: %s",
			strerror(errno));
	}
	hold->held = false;
}
