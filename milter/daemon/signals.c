/* SPDX-License-Identifier: BSD-2-Clause */
/* The self-pipe. */
#include "daemon/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int ends[2] = {-1, -1};
static const int for_all[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

static void
on_signal(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;

	/* A full pipe holds enough to wake the reader. */
	while (write(ends[1], &byte, 1) < 0 && errno == EINTR)
		continue;
	errno = saved;
}

static bool
make_pipe(struct err *err)
{
	if (ends[0] >= 0)
		return true;
	if (pipe(ends) < 0)
		return err_system(err, "cannot make a pipe");
	for (int i = 0; i < 2; i++) {
		if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) < 0 ||
			fcntl(ends[i], F_SETFL, O_NONBLOCK) < 0)
			return err_system(err, "cannot set up a pipe");
	}
	return true;
}

bool
signals_open(const int *numbers, size_t count, struct err *err)
{
	struct sigaction action;

	if (!make_pipe(err))
		return false;
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = SA_RESTART;
	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < count; i++) {
		if (sigaction(numbers[i], &action, NULL) < 0) {
			return err_system(
				err, "cannot catch signal %d", numbers[i]);
		}
	}
	/* Whoever started us may have blocked them, which is inherited. */
	(void)sigprocmask(SIG_SETMASK, &action.sa_mask, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	/* A file that may grow no more (ulimit -f) is a full disk. */
	(void)sigaction(SIGXFSZ, &action, NULL);
	return true;
}

int
signals_fd(void)
{
	return ends[0];
}

int
signals_next(void)
{
	unsigned char byte;
	ssize_t got;

	do {
		got = read(ends[0], &byte, 1);
	} while (got < 0 && errno == EINTR);
	return got == 1 ? byte : 0;
}

/* Blocked meanwhile: the child would write into its parent's pipe. */
pid_t
signals_fork(void)
{
	sigset_t all, before;
	pid_t pid;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	for (size_t i = 0; pid == 0 && i < sizeof(for_all) / sizeof(int); i++)
		(void)signal(for_all[i], SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* libmilter's. */
int
sigwait(const sigset_t *restrict set, int *restrict number)
{
	(void)set;
	(void)number;
	for (;;)
		(void)pause();
}
