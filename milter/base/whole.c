/* SPDX-License-Identifier: BSD-2-Clause */
/* write(2), again and again. */
#include "base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A process that is stopped while it writes holds another one up for a second
 * or two, once. */
#define LOCK_TRIES 1000
#define LOCK_PAUSE_NS 1000000

size_t
whole_write(int fd, struct slice bytes)
{
	size_t done = 0;

	while (done < bytes.len) {
		ssize_t n = write(fd, bytes.p + done, bytes.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

static bool
set_lock(int fd, short type)
{
	struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

	return fcntl(fd, F_SETLK, &whole) == 0;
}

static bool
is_held(void)
{
	return errno == EAGAIN || errno == EACCES;
}

/* Two processes append, and the system may take a part of what one of them
 * writes: then the other's line would be in the midst of it. */
static bool
lock(int fd)
{
	const struct timespec pause = {0, LOCK_PAUSE_NS};
	static atomic_bool in_vain; /* the last wait was */
	bool locked = set_lock(fd, F_WRLCK);

	for (int tries = 1; !locked && is_held() && !in_vain; tries++) {
		if (tries == LOCK_TRIES) {
			in_vain = true;
			return false;
		}
		(void)nanosleep(&pause, NULL);
		locked = set_lock(fd, F_WRLCK);
	}
	if (locked)
		in_vain = false;
	return locked;
}

/* Under the lock, so that what was written last is the file's end. */
static bool
cut_end(int fd, size_t bytes)
{
	struct stat status;

	return (fcntl(fd, F_GETFL) & O_APPEND) != 0 &&
		fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		status.st_size >= (off_t)bytes &&
		ftruncate(fd, status.st_size - (off_t)bytes) == 0;
}

/* Who was killed while it wrote may have left the beginning of a line. */
static bool
is_torn(int fd)
{
	struct stat status;
	char last;

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		status.st_size > 0 &&
		pread(fd, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

bool
whole_line(int fd, struct slice line, bool *torn)
{
	bool locked = lock(fd);
	size_t done;
	int error;

	*torn = *torn || (locked && is_torn(fd));
	if (*torn && whole_write(fd, SLICE("\n")) == 1)
		*torn = false;
	done = whole_write(fd, line);
	error = done < line.len ? errno : 0;
	if (error != 0 && done > 0 && (!locked || !cut_end(fd, done)))
		*torn = true;
	if (locked)
		(void)set_lock(fd, F_UNLCK);
	errno = error;
	return error == 0;
}
