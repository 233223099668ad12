/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers of all roles. */
#include "daemon/supervisor_staff.h"

#include "base/clock.h"
#include "base/log.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* So long after whatever changed the files or the worker: a reserve for each
 * of many reloads in a row would be work for nothing. */
#define CALM_MS 200
/* After one that died by itself. */
#define RETRY_MS 60000
#define CHECK_MS 60000
/* For the first word of one that is to serve; after that a large snapshot
 * takes its time. */
#define HEAR_MS 5000
#define START_MS 120000

static const char *
name_of(const struct worker_process *worker)
{
	return worker->role == ROLE_ALERTER ? "alerter" : "worker";
}

struct worker_process *
supervisor_staff_role(struct supervisor *supervisor, enum role role)
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role == role)
			return &supervisor->workers[i];
	}
	return NULL;
}

struct worker_process *
supervisor_staff_pid(struct supervisor *supervisor, pid_t pid)
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role != ROLE_FREE &&
			supervisor->workers[i].pid == pid)
			return &supervisor->workers[i];
	}
	return NULL;
}

bool
supervisor_staff_is_empty(const struct supervisor *supervisor)
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role != ROLE_FREE)
			return false;
	}
	return true;
}

void
supervisor_staff_each(struct supervisor *supervisor,
	void (*f)(struct supervisor *, struct worker_process *))
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role != ROLE_FREE)
			f(supervisor, &supervisor->workers[i]);
	}
}

bool
supervisor_staff_start(struct supervisor *supervisor, enum role role,
	const struct link_message *first)
{
	struct worker_process *worker =
		supervisor_staff_role(supervisor, ROLE_FREE);
	struct err err = {0};

	if (worker == NULL) {
		log_write(LOG_LEVEL_ERROR,
			"cannot start a worker: too many drain still");
		return false;
	}
	if (!worker_process_start(worker, &supervisor->program, first, &err)) {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
		return false;
	}
	worker->role = role;
	worker->files_number = supervisor->files_number;
	log_write(LOG_LEVEL_DEBUG, "%s %ld started", name_of(worker),
		(long)worker->pid);
	return true;
}

bool
supervisor_staff_promote(
	struct supervisor *supervisor, const struct link_message *first)
{
	struct worker_process *reserve =
		supervisor_staff_role(supervisor, ROLE_RESERVE);

	if (reserve == NULL || !reserve->ready ||
		reserve->files_number != supervisor->files_number)
		return false;
	reserve->ready = false;
	if (!link_send(reserve->link, first)) {
		supervisor_staff_dismiss(supervisor);
		return false;
	}
	reserve->role = ROLE_IN_OFFICE;
	reserve->started_ms = reserve->heard_ms = clock_monotonic_ms();
	return true;
}

/* Its death is dealt with as any. */
void
supervisor_staff_dismiss(struct supervisor *supervisor)
{
	struct worker_process *reserve =
		supervisor_staff_role(supervisor, ROLE_RESERVE);

	if (reserve != NULL) {
		reserve->role = ROLE_DISMISSED;
		(void)kill(reserve->pid, SIGKILL);
	}
}

void
supervisor_staff_lost(struct supervisor *supervisor)
{
	supervisor->reserve_ms = clock_monotonic_ms() + RETRY_MS;
}

/* Nothing changes just now, and a worker serves. */
static bool
is_calm(struct supervisor *supervisor)
{
	const struct worker_process *worker =
		supervisor_staff_role(supervisor, ROLE_IN_OFFICE);

	return !supervisor->stopping && worker != NULL && worker->ready &&
		supervisor->kept == NO_FILES &&
		supervisor_staff_role(supervisor, ROLE_CHECKER) == NULL &&
		supervisor_staff_role(supervisor, ROLE_SUCCESSOR) == NULL &&
		supervisor_staff_role(supervisor, ROLE_PREDECESSOR) == NULL;
}

static void
start_reserve(struct supervisor *supervisor)
{
	struct link_message first;

	link_message_init(&first, LINK_PREPARE);
	first.fds[LINK_FD_FILES] = supervisor->files;
	(void)supervisor_staff_start(supervisor, ROLE_RESERVE, &first);
}

void
supervisor_staff_tend(struct supervisor *supervisor)
{
	const struct worker_process *reserve =
		supervisor_staff_role(supervisor, ROLE_RESERVE);
	int64_t now = clock_monotonic_ms();

	if (reserve != NULL &&
		reserve->files_number != supervisor->files_number) {
		supervisor_staff_dismiss(supervisor);
		reserve = NULL;
	}
	if (reserve != NULL || !is_calm(supervisor)) {
		supervisor->reserve_ms = NOT_DUE;
	} else if (supervisor->reserve_ms == NOT_DUE) {
		supervisor->reserve_ms = now + CALM_MS;
	} else if (now >= supervisor->reserve_ms) {
		start_reserve(supervisor);
	}
}

/* How long it may be silent; 0: for ever. */
static int64_t
silence_limit(const struct supervisor *supervisor,
	const struct worker_process *worker)
{
	switch (worker->role) {
	case ROLE_CHECKER:
	case ROLE_RESERVE:
		return worker->ready ? 0 : CHECK_MS;
	case ROLE_IN_OFFICE:
	case ROLE_SUCCESSOR:
	case ROLE_ALERTER:
		if (worker->ready)
			return supervisor->config->hang_time;
		return worker->heard_ms == worker->started_ms ? HEAR_MS
							      : START_MS;
	case ROLE_PREDECESSOR:
	case ROLE_DISMISSED:
	case ROLE_FREE:
		break;
	}
	return 0;
}

/* One that is not heard of is of no use to anybody. If this process itself
 * was stopped for a while, nobody could be heard. */
void
supervisor_staff_watch(struct supervisor *supervisor)
{
	int64_t now = clock_monotonic_ms();
	bool slept = now >
		supervisor->ticked_ms + 3 * (int64_t)SUPERVISOR_STAFF_TICK_MS;

	supervisor->ticked_ms = now;
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		struct worker_process *worker = &supervisor->workers[i];
		int64_t limit = silence_limit(supervisor, worker);

		if (limit == 0)
			continue;
		if (slept)
			worker->heard_ms = now;
		if (now <= worker->heard_ms + limit)
			continue;
		log_write(LOG_LEVEL_ERROR,
			"%s %ld hangs: nothing was heard of it for %lld "
			"ms; it is killed",
			name_of(worker), (long)worker->pid,
			(long long)(now - worker->heard_ms));
		worker->heard_ms = now;
		(void)kill(worker->pid, SIGKILL);
	}
}

void
supervisor_staff_say_death(const struct worker_process *worker, int status)
{
	enum log_level level = LOG_LEVEL_NOTICE;

	if (worker->role == ROLE_DISMISSED)
		return;
	if (status != 0 && worker->role != ROLE_PREDECESSOR)
		level = LOG_LEVEL_ERROR;
	if (WIFSIGNALED(status)) {
		log_write(level, "%s %ld died of signal %d (%s)",
			name_of(worker), (long)worker->pid, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	} else if (worker->role != ROLE_CHECKER) {
		log_write(level, "%s %ld ended with status %d", name_of(worker),
			(long)worker->pid, WEXITSTATUS(status));
	}
}
