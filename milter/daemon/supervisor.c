/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The supervisor's loop: signals, the workers' links, the deaths of workers.
 *
 * Workers are started by fork and exec, so that each begins with memory of
 * its own and may be a newer program. At most two live at a time: the one in
 * office, and while the daemon changes hands its successor (not ready yet)
 * or its predecessor (draining).
 */
#include "daemon/supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/notify.h"
#include "daemon/signals.h"
#include "daemon/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A worker that lives this long has not died at once. */
#define LIVES_MS 5000
#define PAUSE_FIRST_MS 100
#define PAUSE_MOST_MS 10000
#define WORKERS_MAX 4
#define NOT_DUE (-1)

enum role {
	ROLE_FREE,
	ROLE_IN_OFFICE,
	ROLE_SUCCESSOR,
	ROLE_PREDECESSOR
};

struct worker_process {
	enum role role;
	pid_t pid;
	int link;
	bool ready;
	int64_t started_ms;
};

struct supervisor {
	const struct supervisor_options *options;
	struct sockets sockets;
	struct worker_process workers[WORKERS_MAX];
	bool stopping, killed, ever_ready;
	int64_t restart_ms; /* when to start a worker, or NOT_DUE */
	int64_t pause_ms; /* before the next start */
	int status;
};

static const int supervisor_signals[] = {
	SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGCHLD};

static struct worker_process *
find_role(struct supervisor *supervisor, enum role role)
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role == role)
			return &supervisor->workers[i];
	}
	return NULL;
}

static struct worker_process *
find_pid(struct supervisor *supervisor, pid_t pid)
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role != ROLE_FREE &&
			supervisor->workers[i].pid == pid)
			return &supervisor->workers[i];
	}
	return NULL;
}

/* In the child: becomes a worker, or ends. */
static void
become_worker(const struct supervisor *supervisor, int link)
{
	const struct sockets *sockets = &supervisor->sockets;
	char fds[64];

	(void)snprintf(fds, sizeof(fds), "%d,%d,%d,%d", sockets->milter,
		sockets->control, sockets->http, link);
	if (!sockets_inherit(sockets, true) || fcntl(link, F_SETFD, 0) < 0)
		_exit(WORKER_EXIT_SYSTEM);
	/* Orders that come before the worker listens must not kill it; and
	 * Ctrl-C in a terminal is for the supervisor alone. */
	(void)signal(SIGUSR1, SIG_IGN);
	(void)signal(SIGUSR2, SIG_IGN);
	(void)setpgid(0, 0);
	(void)execl(supervisor->options->program, supervisor->options->program,
		"serve", "-c", supervisor->options->file, "--worker", fds,
		(char *)NULL);
	log_write(LOG_LEVEL_ERROR, "cannot run %s: %s",
		supervisor->options->program, strerror(errno));
	_exit(WORKER_EXIT_SYSTEM);
}

static bool
make_link(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 &&
		fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
		fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 &&
		fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static void
start_later(struct supervisor *supervisor)
{
	if (supervisor->pause_ms == 0) {
		supervisor->restart_ms = clock_monotonic_ms();
		supervisor->pause_ms = PAUSE_FIRST_MS;
		return;
	}
	supervisor->restart_ms = clock_monotonic_ms() + supervisor->pause_ms;
	log_write(LOG_LEVEL_WARNING, "the next worker starts in %lld ms",
		(long long)supervisor->pause_ms);
	supervisor->pause_ms *= 2;
	if (supervisor->pause_ms > PAUSE_MOST_MS)
		supervisor->pause_ms = PAUSE_MOST_MS;
}

static void
start_worker(struct supervisor *supervisor, enum role role)
{
	struct worker_process *worker = find_role(supervisor, ROLE_FREE);
	int ends[2];
	pid_t pid;

	supervisor->restart_ms = NOT_DUE;
	if (worker == NULL || !make_link(ends)) {
		log_write(LOG_LEVEL_ERROR, "cannot start a worker: %s",
			strerror(errno));
		start_later(supervisor);
		return;
	}
	pid = fork();
	if (pid == 0)
		become_worker(supervisor, ends[1]);
	(void)close(ends[1]);
	if (pid < 0) {
		log_write(LOG_LEVEL_ERROR, "cannot start a worker: %s",
			strerror(errno));
		(void)close(ends[0]);
		start_later(supervisor);
		return;
	}
	*worker = (struct worker_process){
		.role = role,
		.pid = pid,
		.link = ends[0],
		.started_ms = clock_monotonic_ms(),
	};
	log_write(LOG_LEVEL_DEBUG, "worker %ld started", (long)pid);
}

/* A worker that does not serve yet has nothing to finish. */
static void
order_drain(struct worker_process *worker)
{
	(void)kill(worker->pid, worker->ready ? SIGUSR2 : SIGKILL);
}

static void
on_ready(struct supervisor *supervisor, struct worker_process *worker)
{
	struct worker_process *old = find_role(supervisor, ROLE_IN_OFFICE);

	worker->ready = true;
	supervisor->ever_ready = true;
	if (worker->role == ROLE_SUCCESSOR) {
		worker->role = ROLE_IN_OFFICE;
		if (old != NULL) {
			old->role = ROLE_PREDECESSOR;
			order_drain(old);
		}
		log_write(LOG_LEVEL_NOTICE, "worker %ld has taken over",
			(long)worker->pid);
	}
	notify_manager("READY=1\nSTATUS=judging mail");
}

/* Ends at once where nobody could be waiting for mail yet: a wrong
 * configuration at the first start. */
static void
on_death_in_office(struct supervisor *supervisor, int64_t lived_ms, int status)
{
	if (!supervisor->ever_ready) {
		supervisor->stopping = true;
		supervisor->status =
			WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		return;
	}
	if (lived_ms >= LIVES_MS)
		supervisor->pause_ms = 0;
	start_later(supervisor);
}

static void
say_death(const struct worker_process *worker, int status)
{
	enum log_level level = LOG_LEVEL_NOTICE;

	if (status != 0 && worker->role != ROLE_PREDECESSOR)
		level = LOG_LEVEL_ERROR;
	if (WIFSIGNALED(status)) {
		log_write(level, "worker %ld died of signal %d (%s)",
			(long)worker->pid, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	} else {
		log_write(level, "worker %ld ended with status %d",
			(long)worker->pid, WEXITSTATUS(status));
	}
}

static void
on_death(struct supervisor *supervisor, struct worker_process *worker,
	int status)
{
	int64_t lived_ms = clock_monotonic_ms() - worker->started_ms;
	enum role role = worker->role;

	say_death(worker, status);
	(void)close(worker->link);
	*worker = (struct worker_process){.role = ROLE_FREE};
	if (role == ROLE_SUCCESSOR) {
		log_write(LOG_LEVEL_ERROR,
			"the successor failed: the old worker stays");
	} else if (role == ROLE_IN_OFFICE && !supervisor->stopping) {
		on_death_in_office(supervisor, lived_ms, status);
	}
}

static void
reap(struct supervisor *supervisor)
{
	struct worker_process *worker;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		worker = find_pid(supervisor, pid);
		if (worker != NULL)
			on_death(supervisor, worker, status);
	}
}

static void
reload(struct supervisor *supervisor)
{
	struct worker_process *worker = find_role(supervisor, ROLE_IN_OFFICE);
	struct err err = {0};

	if (!log_reopen(&err))
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	if (worker != NULL && worker->ready)
		(void)kill(worker->pid, SIGUSR1);
}

static void
take_over(struct supervisor *supervisor)
{
	if (supervisor->stopping ||
		find_role(supervisor, ROLE_SUCCESSOR) != NULL ||
		find_role(supervisor, ROLE_IN_OFFICE) == NULL)
		return;
	log_write(LOG_LEVEL_NOTICE, "a new worker takes over");
	start_worker(supervisor, ROLE_SUCCESSOR);
}

static void
each_worker(struct supervisor *supervisor, void (*f)(struct worker_process *))
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role != ROLE_FREE)
			f(&supervisor->workers[i]);
	}
}

static void
order_death(struct worker_process *worker)
{
	(void)kill(worker->pid, SIGKILL);
}

/* The socket goes at once: an MTA that comes now is told that nobody is
 * here, and does what its administrator chose for that. */
static void
stop(struct supervisor *supervisor)
{
	if (supervisor->stopping) {
		supervisor->killed = true;
		each_worker(supervisor, order_death);
		return;
	}
	supervisor->stopping = true;
	log_write(LOG_LEVEL_NOTICE, "stopping: the worker drains");
	notify_manager("STOPPING=1");
	sockets_close(&supervisor->sockets);
	each_worker(supervisor, order_drain);
}

static void
on_signal(struct supervisor *supervisor, int number)
{
	switch (number) {
	case SIGHUP:
	case SIGUSR1:
		reload(supervisor);
		break;
	case SIGUSR2:
		take_over(supervisor);
		break;
	case SIGTERM:
	case SIGINT:
		stop(supervisor);
		break;
	default:
		reap(supervisor);
	}
}

static void
read_link(struct supervisor *supervisor, struct worker_process *worker)
{
	char byte;

	if (read(worker->link, &byte, 1) == 1 && byte == WORKER_READY)
		on_ready(supervisor, worker);
}

static int
time_left(const struct supervisor *supervisor)
{
	int64_t left;

	if (supervisor->restart_ms == NOT_DUE || supervisor->stopping)
		return -1;
	left = supervisor->restart_ms - clock_monotonic_ms();
	return left > 0 ? (int)left : 0;
}

/* Waits for one thing to happen and deals with it. */
static void
step(struct supervisor *supervisor)
{
	struct pollfd fds[WORKERS_MAX + 1] = {
		{.fd = signals_fd(), .events = POLLIN}};
	int number;

	for (size_t i = 0; i < WORKERS_MAX; i++) {
		const struct worker_process *worker = &supervisor->workers[i];

		/* After its first word a worker only ever closes its end,
		 * which its death tells as well. */
		fds[i + 1].fd = worker->role != ROLE_FREE && !worker->ready
			? worker->link
			: -1;
		fds[i + 1].events = POLLIN;
	}
	if (poll(fds, WORKERS_MAX + 1, time_left(supervisor)) < 0 &&
		errno != EINTR)
		log_write(LOG_LEVEL_ERROR, "poll: %s", strerror(errno));
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (fds[i + 1].fd >= 0 && (fds[i + 1].revents & POLLIN) != 0)
			read_link(supervisor, &supervisor->workers[i]);
	}
	while ((number = signals_next()) != 0)
		on_signal(supervisor, number);
	if (time_left(supervisor) == 0)
		start_worker(supervisor, ROLE_IN_OFFICE);
}

static bool
has_workers(const struct supervisor *supervisor)
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role != ROLE_FREE)
			return true;
	}
	return false;
}

int
supervisor_run(const struct supervisor_options *options)
{
	struct supervisor supervisor = {
		.options = options,
		.sockets = options->sockets,
		.restart_ms = NOT_DUE,
	};
	struct err err = {0};

	if (!signals_open(supervisor_signals,
		    sizeof(supervisor_signals) / sizeof(*supervisor_signals),
		    &err)) {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
		return WORKER_EXIT_SYSTEM;
	}
	start_worker(&supervisor, ROLE_IN_OFFICE);
	while (!supervisor.stopping || has_workers(&supervisor))
		step(&supervisor);
	sockets_close(&supervisor.sockets);
	sockets_remove(options->config);
	return supervisor.status;
}
