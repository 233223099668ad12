/* SPDX-License-Identifier: BSD-2-Clause */
/* Files replaced by rename; a lock and a journal in their directory. */
#include "mta/cf_file.h"

#include "base/file.h"
#include "base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES (8 * 1024 * 1024)
#define JOURNAL "forwarden-attach.journal"
#define FRESH ".forwarden-new"

bool
cf_file_read(const char *path, struct buf *out, struct err *err)
{
	return file_read(path, FILE_BYTES, out, err) ||
		err_wrap(err, "%s", path);
}

/* As the file that is there; nobody but its owner reads it before. */
static bool
fill(int fd, const char *path, struct slice text)
{
	struct stat info = {.st_mode = 0644};
	bool is_there = stat(path, &info) == 0;

	return whole_write(fd, text) == text.len &&
		(!is_there || fchown(fd, info.st_uid, info.st_gid) == 0) &&
		fchmod(fd, info.st_mode & 07777) == 0 && fsync(fd) == 0;
}

/* The directory's entry must be on the disk, too. */
static void
sync_directory_of(const char *path)
{
	char directory[PATH_MAX];
	char *slash;

	(void)snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (slash == NULL)
		return;
	*slash = '\0';
	int fd = open(
		slash == directory ? "/" : directory, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
}

bool
cf_file_write(const char *path, struct slice text, struct err *err)
{
	char real[PATH_MAX], fresh[PATH_MAX + 32];

	if (realpath(path, real) == NULL)
		(void)snprintf(real, sizeof(real), "%s", path);
	(void)snprintf(fresh, sizeof(fresh), "%s" FRESH, real);
	(void)unlink(fresh);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_system(err, "cannot write %s", fresh);
	bool done = fill(fd, real, text);
	if (close(fd) != 0)
		done = false;
	if (!done || rename(fresh, real) != 0) {
		(void)err_system(err, "cannot replace %s", real);
		(void)unlink(fresh);
		return false;
	}
	sync_directory_of(real);
	return true;
}

int
cf_lock(const char *directory, struct err *err)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		(void)err_system(err, "cannot open %s", directory);
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)err_set(err, ERR_SYSTEM,
			"another `forwarden attach` is at work on %s",
			directory);
		(void)close(fd);
		return -1;
	}
	if (access(directory, W_OK) != 0) {
		(void)err_system(err, "cannot write into %s%s", directory,
			geteuid() != 0 ? " (run this as root)" : "");
		(void)close(fd);
		return -1;
	}
	return fd;
}

void
cf_unlock(int lock)
{
	if (lock >= 0)
		(void)close(lock);
}

static void
journal_path(const char *directory, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s/" JOURNAL, directory);
}

bool
cf_journal_begin(const char *directory, struct slice note, struct err *err)
{
	char path[PATH_MAX];
	struct buf text = {0};

	journal_path(directory, path);
	buf_puts(&text,
		"`forwarden attach` is at work, or was cut short: run "
		"`forwarden attach --undo`.\n");
	buf_printf(&text, "%.*s\n", SLICE_ARG(note));
	bool done = buf_ok(&text) ? cf_file_write(path, buf_slice(&text), err)
				  : err_set(err, ERR_MEMORY, "out of memory");
	buf_fini(&text);
	return done;
}

void
cf_journal_read(const char *directory, struct buf *out)
{
	char path[PATH_MAX];
	struct err err;

	journal_path(directory, path);
	(void)cf_file_read(path, out, &err);
}

void
cf_journal_end(const char *directory)
{
	/* What a run that was killed may have left half written. */
	static const char *const begun[] = {"main.cf", "master.cf", JOURNAL};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(begun) / sizeof(*begun); i++) {
		(void)snprintf(
			path, PATH_MAX, "%s/%s" FRESH, directory, begun[i]);
		(void)unlink(path);
	}
	journal_path(directory, path);
	(void)unlink(path);
	sync_directory_of(path);
}

bool
cf_journal_is_there(const char *directory)
{
	char path[PATH_MAX];

	journal_path(directory, path);
	return access(path, F_OK) == 0;
}
