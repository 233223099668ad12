/* SPDX-License-Identifier: BSD-2-Clause */
/* A child with a deadline, under another name. */
#include "mta/rules/guarded.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_BYTES ((size_t)64 << 20)
#define BURY_MS 500
#define BURY_LOOK_MS 5

/* Groups as well: of root's own none stays. */
static bool
become(const struct guarded *job)
{
	return setgroups(1, &job->gid) == 0 && setgid(job->gid) == 0 &&
		setuid(job->uid) == 0 && getuid() == job->uid &&
		geteuid() == job->uid && (job->uid == 0 || setuid(0) != 0);
}

static _Noreturn void
be_child(const struct guarded *job, int fd)
{
	const struct rlimit none = {0, 0};
	FILE *out = fdopen(fd, "w");

	(void)signal(SIGPIPE, SIG_DFL);
	(void)setrlimit(RLIMIT_CORE, &none);
	if (out == NULL || (job->drop && !become(job)))
		_exit(1);
	job->deed(job->ctx, out);
	_exit(fflush(out) == 0 ? 0 : 1);
}

/* Waits for one that should be gone, and not for ever: one that sleeps in the
 * kernel cannot be killed. */
static bool
bury(pid_t pid, int *status)
{
	const struct timespec pause = {0, BURY_LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + BURY_MS;
	pid_t got;

	while ((got = waitpid(pid, status, WNOHANG)) != pid) {
		if ((got < 0 && errno != EINTR) || clock_monotonic_ms() > until)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

/* Of one that has closed its pipe, which it does by ending. */
static bool
await_end(pid_t pid, int *status)
{
	pid_t got;

	do {
		got = waitpid(pid, status, 0);
	} while (got < 0 && errno == EINTR);
	return got == pid;
}

static bool
read_pipe(int fd, const struct guarded *job, struct buf *out, struct err *err)
{
	int64_t until = clock_monotonic_ms() + job->milliseconds;
	const size_t most = out->len + OUTPUT_BYTES;
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char piece[16384];

	for (;;) {
		int64_t left = until - clock_monotonic_ms();
		int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0) {
			return err_set(err, ERR_DOWN, "no answer within %u ms",
				job->milliseconds);
		}
		ssize_t got = read(fd, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			return buf_ok(out);
		if (got < 0 || out->len + (size_t)got > most)
			return err_set(err, ERR_LIMIT, "too much of it");
		buf_add(out, (struct slice){piece, (size_t)got});
	}
}

bool
guarded_run(const struct guarded *job, struct buf *out, struct err *err)
{
	int ends[2], status = 0;
	pid_t pid;

	if (pipe(ends) != 0)
		return err_system(err, "pipe");
	/* What waits in our own streams is not to be written twice. */
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		be_child(job, ends[1]);
	}
	(void)close(ends[1]);
	bool done = pid > 0 ? read_pipe(ends[0], job, out, err)
			    : err_system(err, "fork");
	(void)close(ends[0]);
	if (pid <= 0)
		return false;
	if (!done)
		(void)kill(pid, SIGKILL);
	bool gone = done ? await_end(pid, &status) : bury(pid, &status);
	if (done && (!gone || !WIFEXITED(status) || WEXITSTATUS(status) != 0))
		return err_set(err, ERR_SYSTEM, "its reader failed");
	return done;
}
