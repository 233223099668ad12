/* SPDX-License-Identifier: BSD-2-Clause */
/* Fork, exec, and the first word. */
#include "daemon/worker_process.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/signals.h"
#include "daemon/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In the child: becomes a worker, or ends. */
static void
become_worker(const struct worker_program *program, int link)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%d", link);
	if (fcntl(link, F_SETFD, 0) < 0)
		_exit(WORKER_EXIT_SYSTEM);
	/* Ctrl-C in a terminal is for the supervisor alone. */
	(void)setpgid(0, 0);
	(void)execl(program->path, program->path, "serve", "-c", program->file,
		"--worker", number,
		program->allow_empty ? "--allow-empty" : (char *)NULL,
		(char *)NULL);
	log_write(LOG_LEVEL_ERROR, "cannot run %s: %s", program->path,
		strerror(errno));
	_exit(WORKER_EXIT_SYSTEM);
}

bool
worker_process_start(struct worker_process *worker,
	const struct worker_program *program, const struct link_message *first,
	struct err *err)
{
	int64_t now = clock_monotonic_ms();
	int ends[2];
	pid_t pid;

	if (!link_pair(ends))
		return err_system(err, "cannot make a link to a worker");
	pid = signals_fork();
	if (pid == 0)
		become_worker(program, ends[1]);
	(void)close(ends[1]);
	if (pid < 0 || !link_send(ends[0], first)) {
		(void)err_system(err, "cannot start a worker");
		(void)close(ends[0]);
		if (pid > 0)
			(void)kill(pid, SIGKILL);
		return false;
	}
	*worker = (struct worker_process){
		.pid = pid,
		.link = ends[0],
		.started_ms = now,
		.heard_ms = now,
	};
	return true;
}
