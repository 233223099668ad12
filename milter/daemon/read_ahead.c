/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold, whatever a libmilter does with its sockets:
 *
 * No byte is read that could not be given out: a descriptor's bytes are read
 * ahead only by a poll() of that descriptor alone, and only once a read() of
 * it has come by here. A libmilter whose calls have other names (a C library's
 * checked ones are known here, too) is then served as ever.
 *
 * Bytes that wait are bytes that can be read: any poll() of their descriptor
 * says so at once. The end of a connection and its errors are told by the
 * system, after the last byte was given out.
 *
 * A descriptor's number is another connection's once it was closed: so close()
 * forgets it, and accept() begins anew.
 *
 * One thread at a time works on a connection; libmilter hands it on under a
 * lock of its own.
 */
#include "daemon/read_ahead.h"

#ifdef HAVE_READ_AHEAD
#include "daemon/accepted.h"
#include "daemon/turns.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define GLANCE_MS 1 /* libmilter, for the next command */
#define AHEAD_BYTES 8192 /* a message's envelope and header, mostly */

static atomic_bool on;

static void
drop_bytes(struct accepted *ahead)
{
	free(ahead->bytes);
	ahead->bytes = NULL;
	ahead->left = 0;
}

static void
forget(int fd)
{
	struct accepted *ahead = accepted_find(fd);

	if (ahead == NULL)
		return;
	drop_bytes(ahead);
	turns_closed(ahead);
	ahead->is_open = false;
}

static void
begin(int fd)
{
	struct accepted *ahead;

	forget(fd);
	ahead = on ? accepted_begin(fd) : NULL;
	if (ahead != NULL)
		turns_accepted(ahead);
}

/* Room first: what was read must be kept. */
static bool
fill(struct accepted *ahead, int fd)
{
	ssize_t n = 0;

	if (ahead->bytes != NULL)
		return true;
	if (!ahead->is_read)
		return false;
	ahead->bytes = malloc(AHEAD_BYTES);
	if (ahead->bytes != NULL)
		n = recv(fd, ahead->bytes, AHEAD_BYTES, MSG_DONTWAIT);
	if (n > 0) {
		ahead->at = 0;
		ahead->left = (size_t)n;
		return true;
	}
	drop_bytes(ahead);
	return false;
}

static size_t
give(struct accepted *ahead, void *room, size_t size)
{
	size_t n = ahead->left;

	if (n > size)
		n = size;
	memcpy(room, ahead->bytes + ahead->at, n);
	ahead->at += n;
	ahead->left -= n;
	if (ahead->left == 0)
		drop_bytes(ahead);
	return n;
}

/* Those with bytes that wait, beside what the system says of them. */
static int
poll_many(struct pollfd *fds, nfds_t count, int ms)
{
	bool waiting = false;
	int ready;

	for (nfds_t i = 0; i < count; i++)
		waiting = waiting || read_ahead_waiting(fds[i].fd) > 0;
	ready = accepted_poll(fds, count, waiting ? 0 : ms);
	for (nfds_t i = 0; waiting && ready >= 0 && i < count; i++) {
		if (read_ahead_waiting(fds[i].fd) == 0 ||
			(fds[i].events & POLLIN) == 0)
			continue;
		ready += fds[i].revents == 0;
		fds[i].revents |= POLLIN;
	}
	return ready;
}

/* Of the thread that waits for all connections: its own descriptor, and
 * theirs. */
static bool
is_of_all(const struct pollfd *fds, nfds_t count)
{
	return accepted_find(fds->fd) == NULL &&
		accepted_find(fds[count - 1].fd) != NULL;
}

/* Nothing is there. Where others wait for their turn, it is not waited for as
 * long as libmilter likes to, lest its thread be needed again at once. */
static int
wait_for(struct accepted *ahead, struct pollfd *one, int ms)
{
	int ready;

	turns_listen(ahead);
	if (ms > 0 && ms <= GLANCE_MS && turns_are_wanted())
		ms = 0;
	ready = accepted_poll(one, 1, ms);
	if (ready > 0)
		turns_work(ahead);
	return ready;
}

static int
poll_one(struct pollfd *one, int ms)
{
	struct accepted *ahead = accepted_find(one->fd);

	if (ahead == NULL || (one->events & POLLIN) == 0)
		return accepted_poll(one, 1, ms);
	if (!fill(ahead, one->fd))
		return wait_for(ahead, one, ms);
	turns_work(ahead);
	one->revents = POLLIN;
	return 1;
}

static int
poll_ahead(struct pollfd *fds, nfds_t count, int ms)
{
	if (count == 1)
		return poll_one(fds, ms);
	if (count > 1 && is_of_all(fds, count))
		return turns_poll(fds, count, ms);
	return poll_many(fds, count, ms);
}

static ssize_t
read_ahead(int fd, void *room, size_t size)
{
	const struct iovec whole = {room, size};
	struct accepted *ahead = accepted_find(fd);

	if (ahead == NULL)
		return readv(fd, &whole, 1);
	ahead->reads++;
	if (ahead->bytes != NULL)
		return (ssize_t)give(ahead, room, size);
	ahead->is_read = true;
	return readv(fd, &whole, 1);
}

/* Named here as the C library names them: the linker knows no other way to be
 * asked instead of it. */
#define CALLED(name) __asm__(name) __attribute__((visibility("default"), used))

int read_ahead_poll(struct pollfd *, nfds_t, int) CALLED("poll");
int read_ahead_poll_checked(struct pollfd *, nfds_t, int, size_t)
	CALLED("__poll_chk");
ssize_t read_ahead_read(int, void *, size_t) CALLED("read");
ssize_t read_ahead_read_checked(int, void *, size_t, size_t)
	CALLED("__read_chk");
int read_ahead_accept(int, struct sockaddr *, socklen_t *) CALLED("accept");
int read_ahead_close(int) CALLED("close");

int
read_ahead_poll(struct pollfd *fds, nfds_t count, int ms)
{
	return poll_ahead(fds, count, ms);
}

int
read_ahead_poll_checked(struct pollfd *fds, nfds_t count, int ms, size_t room)
{
	if (room / sizeof(*fds) < count)
		abort();
	return poll_ahead(fds, count, ms);
}

ssize_t
read_ahead_read(int fd, void *room, size_t size)
{
	return read_ahead(fd, room, size);
}

ssize_t
read_ahead_read_checked(int fd, void *room, size_t size, size_t most)
{
	if (size > most)
		abort();
	return read_ahead(fd, room, size);
}

int
read_ahead_accept(int fd, struct sockaddr *address, socklen_t *len)
{
	int accepted;

	if (on)
		turns_let_in();
	accepted = accept4(fd, address, len, 0);
	begin(accepted);
	return accepted;
}

int
read_ahead_close(int fd)
{
	forget(fd);
	return (int)syscall(SYS_close, fd);
}

void
read_ahead_begin(void)
{
	turns_begin();
	on = true;
}

size_t
read_ahead_waiting(int fd)
{
	const struct accepted *ahead = accepted_find(fd);

	return ahead != NULL ? ahead->left : 0;
}

/* For how long something has waited there that nobody reads. */
static int64_t
waited_ms(struct accepted *ahead, int fd, int64_t now_ms)
{
	unsigned reads = ahead->reads;
	int coming = 0;

	if ((ahead->left == 0 &&
		    (ioctl(fd, FIONREAD, &coming) != 0 || coming <= 0)) ||
		reads != ahead->seen_reads) {
		ahead->seen_reads = reads;
		ahead->since_ms = 0;
	} else if (ahead->since_ms == 0) {
		ahead->since_ms = now_ms;
	}
	return ahead->since_ms != 0 ? now_ms - ahead->since_ms : 0;
}

int64_t
read_ahead_longest_ms(int64_t now_ms)
{
	int64_t longest = 0;

	for (int fd = 0; fd <= accepted_highest(); fd++) {
		struct accepted *ahead = accepted_find(fd);
		int64_t ms = ahead != NULL ? waited_ms(ahead, fd, now_ms) : 0;

		if (ms > longest)
			longest = ms;
	}
	return longest;
}
#else
void
read_ahead_begin(void)
{
}

size_t
read_ahead_waiting(int fd)
{
	(void)fd;
	return 0;
}

int64_t
read_ahead_longest_ms(int64_t now_ms)
{
	(void)now_ms;
	return 0;
}
#endif
