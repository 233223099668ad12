/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For LD_PRELOAD: memory that runs out, and a clock that jumps, when the test
 * says so in a file that all processes map (SCARCE names it): after how many
 * allocations one fails, by how many seconds the wall clock is wrong, and
 * whether calls are interrupted and cut short as often as the system may.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define POOL_BYTES (256 * sizeof(struct pollfd))

struct orders {
	atomic_long until; /* allocations that succeed; 0: all */
	atomic_long failed;
	atomic_long seconds;
	atomic_long
		storm; /* one call in three is interrupted, writes are short */
	atomic_long calls; /* that were */
	atomic_long pool; /* libmilter's list of connections finds no room */
};

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
int __clock_gettime(clockid_t, struct timespec *);

static struct orders *orders;

__attribute__((constructor)) static void
find_orders(void)
{
	const char *path = getenv("SCARCE");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(*orders), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		0);
	(void)close(fd);
	if (at != MAP_FAILED)
		orders = at;
}

static int
is_out(void)
{
	long left;

	if (orders == NULL || atomic_load(&orders->until) <= 0)
		return 0;
	left = atomic_fetch_sub(&orders->until, 1);
	if (left != 1)
		return 0;
	atomic_fetch_add(&orders->failed, 1);
	errno = ENOMEM;
	return 1;
}

/* libmilter takes an interrupted read for the end of its peer, libmicrohttpd
 * an interrupted write to itself for the end of the world. With handlers that
 * restart calls, as ours are, the system interrupts their poll alone. */
static int
is_restarted(const void *caller)
{
	Dl_info info;

	return dladdr(caller, &info) != 0 && info.dli_fname != NULL &&
		(strstr(info.dli_fname, "libmilter") != NULL ||
			strstr(info.dli_fname, "libmicrohttpd") != NULL);
}

/* The first one of this size is that of the thread that waits for all. */
static int
is_pool(size_t size, const void *caller)
{
	return orders != NULL && size == POOL_BYTES && is_restarted(caller) &&
		atomic_exchange(&orders->pool, 0) != 0;
}

void *
malloc(size_t size)
{
	return is_out() || is_pool(size, __builtin_return_address(0))
		? NULL
		: __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return is_out() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return is_out() ? NULL : __libc_realloc(old, size);
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int result;

	if (real == NULL) {
		/* A cast that ISO C does not know, and POSIX asks for. */
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	}
	result = real(clock, now);
	if (result == 0 && clock == CLOCK_REALTIME && orders != NULL)
		now->tv_sec += atomic_load(&orders->seconds);
	return result;
}

/* A cast that ISO C does not know, and POSIX asks for. */
#define FIND_REAL(name)                                           \
	do {                                                      \
		if (real == NULL)                                 \
			*(void **)&real = dlsym(RTLD_NEXT, name); \
	} while (0)

/* One in three, in no order that a loop could fall in step with. */
static int
is_its_turn(void)
{
	unsigned long number =
		(unsigned long)atomic_fetch_add(&orders->calls, 1);

	return (number * 2654435761UL >> 16) % 3 == 0;
}

static int
is_interrupted(const void *caller)
{
	if (orders == NULL || atomic_load(&orders->storm) == 0 ||
		!is_its_turn() || (caller != NULL && is_restarted(caller)))
		return 0;
	errno = EINTR;
	return 1;
}

/* Packets are taken whole or not at all. */
static int
is_stream(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
		type == SOCK_STREAM;
}

/* As a disk that is nearly full does; pipes take what is small whole. */
static size_t
cut_short(int fd, size_t len)
{
	struct stat status;

	return orders != NULL && atomic_load(&orders->storm) != 0 && len > 7 &&
			fstat(fd, &status) == 0 &&
			(S_ISREG(status.st_mode) || is_stream(fd))
		? (len + 1) / 2
		: len;
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	static ssize_t (*real)(int, const void *, size_t);

	FIND_REAL("write");
	return is_interrupted(__builtin_return_address(0))
		? -1
		: real(fd, bytes, cut_short(fd, len));
}

ssize_t
read(int fd, void *bytes, size_t len)
{
	static ssize_t (*real)(int, void *, size_t);

	FIND_REAL("read");
	return is_interrupted(__builtin_return_address(0))
		? -1
		: real(fd, bytes, len);
}

ssize_t
send(int fd, const void *bytes, size_t len, int flags)
{
	static ssize_t (*real)(int, const void *, size_t, int);

	FIND_REAL("send");
	return is_interrupted(__builtin_return_address(0))
		? -1
		: real(fd, bytes, cut_short(fd, len), flags);
}

ssize_t
recv(int fd, void *bytes, size_t len, int flags)
{
	static ssize_t (*real)(int, void *, size_t, int);

	FIND_REAL("recv");
	return is_interrupted(__builtin_return_address(0))
		? -1
		: real(fd, bytes, len, flags);
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	static ssize_t (*real)(int, const struct msghdr *, int);

	FIND_REAL("sendmsg");
	return is_interrupted(__builtin_return_address(0))
		? -1
		: real(fd, message, flags);
}

ssize_t
recvmsg(int fd, struct msghdr *message, int flags)
{
	static ssize_t (*real)(int, struct msghdr *, int);

	FIND_REAL("recvmsg");
	return is_interrupted(__builtin_return_address(0))
		? -1
		: real(fd, message, flags);
}

/* The daemon's own poll() and read() go by these to the system; of a socket
 * only libmilter reads so. */
int
ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time,
	const sigset_t *signals)
{
	static int (*real)(struct pollfd *, nfds_t, const struct timespec *,
		const sigset_t *);

	FIND_REAL("ppoll");
	return is_interrupted(NULL) ? -1 : real(fds, count, time, signals);
}

ssize_t
readv(int fd, const struct iovec *parts, int count)
{
	static ssize_t (*real)(int, const struct iovec *, int);
	struct stat status;
	int restarted = fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);

	FIND_REAL("readv");
	return !restarted && is_interrupted(NULL) ? -1 : real(fd, parts, count);
}

int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
	static int (*real)(struct pollfd *, nfds_t, int);

	FIND_REAL("poll");
	return is_interrupted(NULL) ? -1 : real(fds, count, timeout);
}
