/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing files wholly or not at all. */
#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PENDING_BYTES 65536
#define DAMAGED_MAX 9

/* Opens the temporary file and locks it. When another process was done with
 * it, the name stands for another file, or none, and we begin again. */
static int
open_locked(const char *temporary)
{
	struct stat mine, named;
	int fd;

	for (;;) {
		fd = open(temporary,
			O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX) == 0 && fstat(fd, &mine) == 0 &&
			stat(temporary, &named) == 0 &&
			mine.st_ino == named.st_ino &&
			mine.st_dev == named.st_dev)
			break;
		(void)close(fd);
	}
	if (ftruncate(fd, 0) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static void
release(struct atomic_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	buf_fini(&file->pending);
	free(file->path);
	free(file->temporary);
}

bool
atomic_file_open(struct atomic_file *file, const char *path, struct err *err)
{
	size_t bytes = strlen(path) + sizeof(".new");

	*file = (struct atomic_file){
		.fd = -1,
		.path = strdup(path),
		.temporary = malloc(bytes),
	};
	if (file->path == NULL || file->temporary == NULL) {
		release(file);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	(void)snprintf(file->temporary, bytes, "%s.new", path);
	file->fd = open_locked(file->temporary);
	if (file->fd >= 0)
		return true;
	(void)err_system(err, "cannot write %s", file->temporary);
	release(file);
	return false;
}

void
atomic_file_fail(struct atomic_file *file, int error)
{
	if (file->error == 0)
		file->error = error;
}

static void
write_through(struct atomic_file *file, const char *p, size_t left)
{
	while (left > 0 && file->error == 0) {
		ssize_t n = write(file->fd, p, left);

		if (n < 0 && errno != EINTR)
			atomic_file_fail(file, errno);
		if (n > 0) {
			p += n;
			left -= (size_t)n;
		}
	}
}

static void
flush(struct atomic_file *file)
{
	if (!buf_ok(&file->pending))
		atomic_file_fail(file, ENOMEM);
	write_through(file, file->pending.p, file->pending.len);
	buf_reset(&file->pending);
}

void
atomic_file_write(struct atomic_file *file, const void *bytes, size_t count)
{
	if (count >= PENDING_BYTES - file->pending.len)
		flush(file);
	if (count >= PENDING_BYTES) {
		write_through(file, bytes, count);
	} else {
		buf_add(&file->pending, (struct slice){bytes, count});
	}
}

/* The name is on the disk only when its directory is. */
static void
sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash != NULL
		? strndup(path, (size_t)(slash - path) + 1)
		: strdup(".");
	int fd = directory != NULL
		? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
		: -1;

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(directory);
}

static bool
put_in_place(struct atomic_file *file, struct stat *written, struct err *err)
{
	flush(file);
	if (file->error == 0 &&
		(fsync(file->fd) != 0 ||
			(written != NULL && fstat(file->fd, written) != 0)))
		file->error = errno;
	if (file->error != 0) {
		errno = file->error;
		return err_system(err, "cannot write %s", file->temporary);
	}
	if (rename(file->temporary, file->path) != 0)
		return err_system(err, "cannot rename %s", file->temporary);
	sync_directory(file->path);
	return true;
}

bool
atomic_file_commit(
	struct atomic_file *file, struct stat *written, struct err *err)
{
	bool ok = put_in_place(file, written, err);

	if (ok) {
		release(file);
	} else {
		atomic_file_abandon(file);
	}
	return ok;
}

void
atomic_file_abandon(struct atomic_file *file)
{
	(void)unlink(file->temporary);
	release(file);
}

bool
atomic_file_set_aside(const char *path, struct buf *name, struct err *err)
{
	struct stat status;

	for (int i = 1; i <= DAMAGED_MAX; i++) {
		buf_reset(name);
		buf_printf(name, "%s.damaged-%d", path, i);
		if (!buf_ok(name))
			return err_set(err, ERR_MEMORY, "out of memory");
		if (lstat(name->p, &status) != 0)
			break;
	}
	return rename(path, name->p) == 0 ||
		err_system(err, "cannot rename %s", path);
}
