/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For LD_PRELOAD: memory that runs out, and a clock that jumps, when the test
 * says so in a file that all processes map (SCARCE names it): after how many
 * allocations one fails, and by how many seconds the wall clock is wrong.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct orders {
	atomic_long until; /* allocations that succeed; 0: all */
	atomic_long failed;
	atomic_long seconds;
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

void *
malloc(size_t size)
{
	return is_out() ? NULL : __libc_malloc(size);
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
