/* SPDX-License-Identifier: BSD-2-Clause */
/* Making directories for whom the worker becomes, and taking over old ones. */
#include "daemon/state_dir.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/secure_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STATE_MODE 0750
#define ENDING_MS 10000
#define LOOK_MS 100
#define LOCK "store.lock"

static bool
gives_away(const struct privilege *user)
{
	return geteuid() == 0 && user->uid != PRIVILEGE_SAME_USER;
}

/* Made, if it was not there; opened in any case. */
static int
open_made(const char *path, mode_t mode, bool *made, struct err *err)
{
	const char *name;
	int parent = secure_path_directory(path, &name, err), directory = -1;
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

	if (parent < 0)
		return -1;
	*made = mkdirat(parent, name, mode) == 0;
	if (!*made && errno != EEXIST) {
		(void)err_system(err, "cannot make %s", path);
	} else {
		if (!secure_path_is_roots(parent))
			flags |= O_NOFOLLOW;
		directory = openat(parent, name, flags);
		if (directory < 0)
			(void)err_system(err, "cannot open %s", path);
	}
	(void)close(parent);
	return directory;
}

bool
state_dir_make(const char *path, mode_t mode, const struct privilege *user,
	struct err *err)
{
	bool made, ok = true;
	int directory = open_made(path, mode, &made, err);

	if (directory < 0)
		return false;
	if (made && gives_away(user) && fchown(directory, user->uid, user->gid))
		ok = err_system(err, "cannot give %s away", path);
	(void)close(directory);
	return ok;
}

/* The store's, and what it sets aside. */
static bool
is_ours(const char *name)
{
	return strncmp(name, "store.", 6) == 0 ||
		strncmp(name, "damaged-", 8) == 0;
}

struct taking {
	const char *path;
	int directory;
	const struct privilege *user;
	bool gives; /* what is root's there is given to the user */
	unsigned given;
};

static bool
take_entry(struct taking *taking, const char *name, struct err *err)
{
	struct stat status;
	int fd;
	bool ok = true;

	if (taking->gives && !is_ours(name)) {
		return err_set(err, ERR_SYSTEM,
			"%s is root's and holds other things (%s): name a "
			"directory of its own in state, or chown it",
			taking->path, name);
	}
	if (!is_ours(name))
		return true;
	fd = openat(taking->directory, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_system(err, "cannot open %s/%s", taking->path, name);
	if (fstat(fd, &status) != 0 || status.st_uid == taking->user->uid) {
		(void)close(fd);
		return true;
	}
	if (!taking->gives || !S_ISREG(status.st_mode) ||
		status.st_nlink != 1) {
		ok = err_set(err, ERR_SYSTEM,
			"%s/%s belongs to another user than the worker's: "
			"chown it, or move it away",
			taking->path, name);
	} else if (fchown(fd, taking->user->uid, taking->user->gid) != 0) {
		ok = err_system(
			err, "cannot give %s/%s away", taking->path, name);
	} else {
		taking->given++;
	}
	(void)close(fd);
	return ok;
}

static bool
take_entries(struct taking *taking, struct err *err)
{
	int copy = fcntl(taking->directory, F_DUPFD_CLOEXEC, 0);
	DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *entry;
	bool ok = true;

	if (directory == NULL)
		return err_system(err, "cannot read %s", taking->path);
	while (ok && (entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0)
			ok = take_entry(taking, entry->d_name, err);
	}
	(void)closedir(directory);
	return ok;
}

static bool
take_directory(struct taking *taking, struct err *err)
{
	struct stat status;

	if (fstat(taking->directory, &status) != 0)
		return err_system(err, "cannot look at %s", taking->path);
	taking->gives = status.st_uid == 0 && taking->user->uid != 0;
	if (taking->gives && !secure_path_is_roots(taking->directory)) {
		return err_set(err, ERR_SYSTEM,
			"%s is root's and others can write to it: name a "
			"directory of its own in state",
			taking->path);
	}
	if (!take_entries(taking, err))
		return false;
	if (!taking->gives)
		return true;
	if (fchown(taking->directory, taking->user->uid, taking->user->gid) !=
		0)
		return err_system(err, "cannot give %s away", taking->path);
	log_write(LOG_LEVEL_NOTICE,
		"state: %s and %u files in it were root's and are the "
		"worker's user's now",
		taking->path, taking->given);
	return true;
}

static bool
is_usable(const char *path, struct err *err)
{
	return faccessat(AT_FDCWD, path, R_OK | W_OK | X_OK, AT_EACCESS) == 0 ||
		err_system(err, "cannot write to %s", path);
}

int
state_dir_take(const char *path, const struct privilege *user, struct err *err)
{
	struct taking taking = {.path = path, .user = user};
	bool made, ok = true;

	taking.directory = open_made(path, STATE_MODE, &made, err);
	if (taking.directory < 0) {
		(void)err_wrap(err, "state");
		return -1;
	}
	if (!gives_away(user)) {
		ok = is_usable(path, err);
	} else if (made) {
		ok = fchown(taking.directory, user->uid, user->gid) == 0 ||
			err_system(err, "cannot give %s away", path);
	} else {
		ok = take_directory(&taking, err);
	}
	if (ok)
		return taking.directory;
	(void)close(taking.directory);
	(void)err_wrap(err, "state");
	return -1;
}

/* A file that only the worker's user can open: whoever may read the directory
 * could else keep every daemon out. */
static int
open_lock(int directory, const struct privilege *user)
{
	int lock = openat(directory, LOCK,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	struct stat status;

	if (lock >= 0 && gives_away(user) && fstat(lock, &status) == 0 &&
		status.st_uid == 0 && status.st_nlink == 1 &&
		fchown(lock, user->uid, user->gid) != 0) {
		(void)close(lock);
		return -1;
	}
	return lock;
}

/* Not every file system has locks: there it is the administrator's to see
 * to. */
bool
state_dir_hold(int directory, const char *path, const struct privilege *user,
	struct err *err)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + ENDING_MS;
	int lock = open_lock(directory, user);
	int problem = errno;

	(void)close(directory);
	errno = problem;
	while (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK) {
			log_write(LOG_LEVEL_NOTICE,
				"state: whether another Forwarden works in %s "
				"is not known: %s",
				path, strerror(errno));
			return true;
		}
		if (clock_monotonic_ms() >= until) {
			(void)close(lock);
			return err_set(err, ERR_SYSTEM,
				"another Forwarden works in %s: stop it, or "
				"name a directory of its own in state",
				path);
		}
		(void)nanosleep(&pause, NULL);
	}
	return true;
}
