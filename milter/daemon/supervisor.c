/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The supervisor's loop: signals, the workers' links, the deaths of workers.
 *
 * At most two workers live at a time: the one in office, and while the daemon
 * changes hands its successor (not ready yet) or its predecessor (draining).
 *
 * Reading files again is a third process' work, the checker's: a child with
 * the supervisor's rights that fills a bundle and ends. Only what it found
 * sound is handed to a worker, and is kept: so a worker that dies while the
 * files on disk are broken or gone is back at once with the last good ones,
 * and nothing that a file holds can hurt the process that owns the sockets.
 */
#include "daemon/supervisor.h"

#include "base/bundle.h"
#include "base/clock.h"
#include "base/log.h"
#include "daemon/notify.h"
#include "daemon/signals.h"
#include "daemon/supervisor_alerts.h"
#include "daemon/supervisor_door.h"
#include "daemon/supervisor_files.h"
#include "daemon/supervisor_staff.h"
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
#define LIVES_MS 500
#define PAUSE_FIRST_MS 100
#define PAUSE_MOST_MS 10000
/* What an MTA rather waits than be told that nobody is here; so no worker
 * that has served is waited for longer, whatever kills them. */
#define WAIT_MS 1000
/* For the old worker to write one. */
#define HAND_MS 30000
#define TICK_MS SUPERVISOR_STAFF_TICK_MS
/* Of the listener, the workers' links and the signals. */
#define POLL_MAX (WORKERS_MAX + 2)

static const int supervisor_signals[] = {
	SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGCHLD};

static void
start_later(struct supervisor *supervisor)
{
	supervisor->closed = supervisor->pause_ms > WAIT_MS;
	supervisor->restart_ms = clock_monotonic_ms() + supervisor->pause_ms;
	if (supervisor->pause_ms == 0) {
		supervisor->pause_ms = PAUSE_FIRST_MS;
		return;
	}
	log_write(LOG_LEVEL_WARNING, "the next worker starts in %lld ms%s",
		(long long)supervisor->pause_ms,
		supervisor->closed ? "; until then connections are closed"
				   : "");
	supervisor->pause_ms *= 2;
	if (supervisor->pause_ms > PAUSE_MOST_MS)
		supervisor->pause_ms = PAUSE_MOST_MS;
}

static bool
start_worker(struct supervisor *supervisor, enum role role)
{
	struct link_message first;

	supervisor_files_fill(supervisor, LINK_SERVE, &first);
	first.number =
		link_serve_number(supervisor->refused, supervisor->deaths);
	if (role == ROLE_IN_OFFICE)
		supervisor->restart_ms = NOT_DUE;
	if (role == ROLE_IN_OFFICE &&
		supervisor_staff_promote(supervisor, &first))
		return true;
	if (supervisor_staff_start(supervisor, role, &first))
		return true;
	if (role == ROLE_IN_OFFICE)
		start_later(supervisor);
	return false;
}

/* One in office can be told something at any time. */
static void
tell_office(struct supervisor *supervisor, enum link_word word)
{
	const struct worker_process *worker =
		supervisor_staff_role(supervisor, ROLE_IN_OFFICE);

	if (worker != NULL)
		(void)link_say(worker->link, word);
}

/* It did not come about: the one in office goes on as before. */
static void
keep_office(struct supervisor *supervisor)
{
	supervisor_files_revert(supervisor);
	log_write(
		LOG_LEVEL_ERROR, "the successor failed: the old worker stays");
	tell_office(supervisor, LINK_KEEP);
}

static void
start_successor(struct supervisor *supervisor)
{
	supervisor->handing_ms = NOT_DUE;
	if (!start_worker(supervisor, ROLE_SUCCESSOR))
		keep_office(supervisor);
}

/* The one in office first writes down what it has counted; without one that
 * can, the successor begins with what there is. */
static void
prepare_successor(struct supervisor *supervisor)
{
	const struct worker_process *old =
		supervisor_staff_role(supervisor, ROLE_IN_OFFICE);

	if (old != NULL && old->ready && link_say(old->link, LINK_HAND)) {
		supervisor->handing_ms = clock_monotonic_ms() + HAND_MS;
	} else {
		start_successor(supervisor);
	}
}

/* The worker goes on with what could be opened, and with the files if they
 * are sound. */
static void
hand_over(struct supervisor *supervisor, bool sound)
{
	struct worker_process *worker =
		supervisor_staff_role(supervisor, ROLE_IN_OFFICE);
	struct link_message message;

	if (worker == NULL || !worker->ready)
		return;
	supervisor_files_fill(supervisor, LINK_RELOAD, &message);
	message.number = worker->checked;
	if (!sound)
		message.fds[LINK_FD_FILES] = LINK_FD_NONE;
	if (!link_send(worker->link, &message)) {
		log_write(LOG_LEVEL_ERROR,
			"reload: worker %ld does not listen: %s",
			(long)worker->pid, strerror(errno));
	}
}

static void
start_checker(struct supervisor *supervisor)
{
	struct worker_process *worker =
		supervisor_staff_role(supervisor, ROLE_IN_OFFICE);
	struct link_message first;
	struct err err = {0};

	if (worker != NULL)
		worker->checked = worker->asked;
	supervisor->fresh = bundle_memory("forwarden-files", &err);
	if (supervisor->fresh < 0)
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	link_message_init(&first, LINK_CHECK);
	(void)snprintf(first.text, sizeof(first.text), "%s",
		supervisor->config->log_target);
	first.fds[LINK_FD_FILES] = supervisor->fresh;
	first.fds[LINK_FD_LOG] = supervisor->places.log;
	if (supervisor->fresh >= 0 &&
		supervisor_staff_start(supervisor, ROLE_CHECKER, &first))
		return;
	supervisor_files_close(&supervisor->fresh);
	log_write(LOG_LEVEL_ERROR, "reload: the files cannot be read");
	supervisor_files_renew(supervisor);
	hand_over(supervisor, false);
}

static void
check_files(struct supervisor *supervisor, enum purpose purpose)
{
	if (supervisor->stopping)
		return;
	if (supervisor_staff_role(supervisor, ROLE_CHECKER) != NULL) {
		supervisor->again =
			supervisor->again || purpose == PURPOSE_RELOAD;
		return;
	}
	supervisor->purpose = purpose;
	notify_manager("RELOADING=1");
	start_checker(supervisor);
}

/* Whoever waits for a worker to start again has seen to what was wrong. */
static void
reload(struct supervisor *supervisor)
{
	if (supervisor->restart_ms != NOT_DUE) {
		supervisor->restart_ms = clock_monotonic_ms();
		supervisor->pause_ms = PAUSE_FIRST_MS;
	}
	check_files(supervisor, PURPOSE_RELOAD);
}

static void
on_checked(struct supervisor *supervisor, bool sound)
{
	bool again = supervisor->again;

	supervisor->refused = !sound;
	if (sound) {
		supervisor_files_adopt(supervisor);
	} else {
		supervisor_files_close(&supervisor->fresh);
	}
	supervisor_files_renew(supervisor);
	if (supervisor->purpose == PURPOSE_RELOAD) {
		hand_over(supervisor, sound);
	} else if (!sound) {
		log_write(LOG_LEVEL_ERROR,
			"no new worker takes over: the files are wrong");
	} else {
		prepare_successor(supervisor);
	}
	supervisor_alerts_renew(supervisor);
	notify_manager("READY=1");
	supervisor->again = false;
	if (again)
		check_files(supervisor, PURPOSE_RELOAD);
}

/* A worker that does not serve yet has nothing to finish. */
static void
order_drain(struct worker_process *worker, enum link_word word)
{
	if (!worker->ready || !link_say(worker->link, word))
		(void)kill(worker->pid, SIGKILL);
}

static void
on_ready(struct supervisor *supervisor, struct worker_process *worker)
{
	struct worker_process *old =
		supervisor_staff_role(supervisor, ROLE_IN_OFFICE);

	worker->ready = true;
	if (worker->role == ROLE_RESERVE || worker->role == ROLE_ALERTER)
		return;
	supervisor->ever_ready = true;
	supervisor_files_close(&supervisor->kept);
	if (worker->role == ROLE_SUCCESSOR) {
		worker->role = ROLE_IN_OFFICE;
		if (old != NULL) {
			old->role = ROLE_PREDECESSOR;
			order_drain(old, LINK_LEAVE);
		}
		supervisor_staff_dismiss(supervisor);
		supervisor->restart_ms = NOT_DUE;
		log_write(LOG_LEVEL_NOTICE, "worker %ld has taken over",
			(long)worker->pid);
	}
	log_echo(false);
	notify_manager("READY=1\nSTATUS=judging mail");
}

/* Ends at once where nobody could be waiting for mail yet: a wrong
 * configuration at the first start. */
static void
on_death_in_office(struct supervisor *supervisor,
	const struct worker_process *worker, int status)
{
	int64_t lived_ms = clock_monotonic_ms() - worker->started_ms;

	if (!supervisor->ever_ready) {
		supervisor->stopping = true;
		supervisor->status =
			WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		return;
	}
	supervisor->deaths++;
	if (supervisor->handing_ms != NOT_DUE) {
		supervisor->handing_ms = NOT_DUE;
	} else {
		supervisor_files_revert(supervisor);
	}
	if (worker->ready && lived_ms >= LIVES_MS) {
		supervisor->pause_ms = 0;
	} else if (worker->ready && supervisor->pause_ms > WAIT_MS) {
		supervisor->pause_ms = WAIT_MS;
	}
	start_later(supervisor);
}

static void
on_death(struct supervisor *supervisor, struct worker_process *worker,
	int status)
{
	const struct worker_process dead = *worker;

	supervisor_staff_say_death(&dead, status);
	if (dead.link >= 0)
		(void)close(dead.link);
	*worker = (struct worker_process){.role = ROLE_FREE};
	switch (dead.role) {
	case ROLE_CHECKER:
		if (!supervisor->stopping)
			on_checked(supervisor, status == 0);
		break;
	case ROLE_SUCCESSOR:
		keep_office(supervisor);
		break;
	case ROLE_PREDECESSOR:
		tell_office(supervisor, LINK_ADOPT);
		break;
	case ROLE_IN_OFFICE:
		if (!supervisor->stopping)
			on_death_in_office(supervisor, &dead, status);
		break;
	case ROLE_RESERVE:
		supervisor_staff_lost(supervisor);
		break;
	case ROLE_ALERTER:
		supervisor_alerts_lost(supervisor, &dead);
		break;
	case ROLE_DISMISSED:
	case ROLE_FREE:
		break;
	}
}

static void
reap(struct supervisor *supervisor)
{
	struct worker_process *worker;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		worker = supervisor_staff_pid(supervisor, pid);
		if (worker != NULL)
			on_death(supervisor, worker, status);
	}
}

static void
take_over(struct supervisor *supervisor)
{
	if (supervisor->stopping || supervisor->handing_ms != NOT_DUE ||
		supervisor_staff_role(supervisor, ROLE_SUCCESSOR) != NULL ||
		supervisor_staff_role(supervisor, ROLE_IN_OFFICE) == NULL)
		return;
	log_write(LOG_LEVEL_NOTICE, "a new worker takes over");
	check_files(supervisor, PURPOSE_TAKE_OVER);
}

static void
order_death(struct supervisor *supervisor, struct worker_process *worker)
{
	(void)supervisor;
	(void)kill(worker->pid, SIGKILL);
}

static void
order_end(struct supervisor *supervisor, struct worker_process *worker)
{
	/* A predecessor leaves already; the alerter is the last to go. */
	if (worker->role == ROLE_RESERVE) {
		(void)kill(worker->pid, SIGKILL);
		worker->role = ROLE_DISMISSED;
	} else if (worker->role != ROLE_PREDECESSOR &&
		worker->role != ROLE_ALERTER) {
		order_drain(worker, LINK_END);
	}
	(void)supervisor;
}

/* The sockets go at once: an MTA that comes now is told that nobody is here,
 * and does what its administrator chose for that. The worker takes the last
 * hold of the listener away, as soon as libmilter looks elsewhere. */
static void
stop(struct supervisor *supervisor)
{
	const struct worker_process *worker =
		supervisor_staff_role(supervisor, ROLE_IN_OFFICE);

	if (supervisor->stopping) {
		supervisor->killed = true;
		supervisor_staff_each(supervisor, order_death);
		return;
	}
	supervisor->stopping = true;
	log_write(LOG_LEVEL_NOTICE, "stopping: the worker drains");
	notify_manager("STOPPING=1");
	sockets_remove(supervisor->begun, &supervisor->sockets);
	if (worker == NULL || !worker->ready)
		(void)shutdown(supervisor->sockets.milter, SHUT_RDWR);
	sockets_close(&supervisor->sockets);
	supervisor_alerts_stop(supervisor);
	supervisor_staff_each(supervisor, order_end);
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
on_ask(struct supervisor *supervisor, struct worker_process *worker)
{
	(void)worker;
	reload(supervisor);
}

static void
on_nudge(struct supervisor *supervisor, struct worker_process *worker)
{
	(void)worker;
	supervisor_door_nudge(supervisor);
}

static void
on_taken(struct supervisor *supervisor, struct worker_process *worker)
{
	(void)worker;
	supervisor_files_close(&supervisor->kept);
}

static void
on_refused(struct supervisor *supervisor, struct worker_process *worker)
{
	(void)worker;
	supervisor->refused = true;
	supervisor_files_revert(supervisor);
}

static void
on_handed(struct supervisor *supervisor, struct worker_process *worker)
{
	(void)worker;
	if (supervisor->handing_ms != NOT_DUE)
		start_successor(supervisor);
}

static void
read_link(struct supervisor *supervisor, struct worker_process *worker)
{
	static const struct {
		enum link_word word;
		void (*act)(struct supervisor *, struct worker_process *);
	} words[] = {
		{LINK_READY, on_ready},
		{LINK_ASK, on_ask},
		{LINK_NUDGE, on_nudge},
		{LINK_TAKEN, on_taken},
		{LINK_REFUSED, on_refused},
		{LINK_HANDED, on_handed},
	};
	struct link_message message;

	switch (link_receive(worker->link, &message)) {
	case LINK_NOTHING:
		return;
	case LINK_ENDED: /* its death will be told; until then, no poll */
		(void)close(worker->link);
		worker->link = -1;
		return;
	case LINK_MESSAGE:
		break;
	}
	worker->heard_ms = clock_monotonic_ms();
	if (message.word == LINK_ASK)
		worker->asked = message.number;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (words[i].word == message.word)
			words[i].act(supervisor, worker);
	}
}

static int
time_left(const struct supervisor *supervisor)
{
	const int64_t dues[] = {supervisor->restart_ms, supervisor->reserve_ms,
		supervisor->handing_ms};
	int64_t now = clock_monotonic_ms(), left = TICK_MS;

	for (size_t i = 0; i < sizeof(dues) / sizeof(*dues); i++) {
		if (dues[i] != NOT_DUE && dues[i] - now < left)
			left = dues[i] - now;
	}
	if (supervisor->stopping)
		return TICK_MS;
	return left > 0 ? (int)left : 0;
}

static bool
is_due(int64_t when)
{
	return when != NOT_DUE && clock_monotonic_ms() >= when;
}

/* Waits for one thing to happen and deals with it. */
static void
step(struct supervisor *supervisor)
{
	struct pollfd fds[POLL_MAX] = {{.fd = signals_fd(), .events = POLLIN},
		{.fd = supervisor_door_is_closed(supervisor)
				? supervisor->sockets.milter
				: -1,
			.events = POLLIN}};
	int number;

	for (size_t i = 0; i < WORKERS_MAX; i++) {
		const struct worker_process *worker = &supervisor->workers[i];

		fds[i + 2].fd = worker->role != ROLE_FREE ? worker->link : -1;
		fds[i + 2].events = POLLIN;
	}
	if (poll(fds, POLL_MAX, time_left(supervisor)) < 0 && errno != EINTR)
		log_write(LOG_LEVEL_ERROR, "poll: %s", strerror(errno));
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if ((fds[i + 2].revents & POLLIN) != 0)
			read_link(supervisor, &supervisor->workers[i]);
	}
	if ((fds[1].revents & POLLIN) != 0)
		supervisor_door_turn_away(supervisor->sockets.milter);
	while ((number = signals_next()) != 0)
		on_signal(supervisor, number);
	supervisor_staff_watch(supervisor);
	supervisor_alerts_tend(supervisor);
	notify_watchdog();
	if (supervisor->stopping)
		return;
	supervisor_staff_tend(supervisor);
	if (is_due(supervisor->handing_ms))
		start_successor(supervisor);
	if (is_due(supervisor->restart_ms))
		(void)start_worker(supervisor, ROLE_IN_OFFICE);
}

int
supervisor_run(const struct supervisor_options *options)
{
	struct supervisor supervisor = {
		.program = {options->program, options->file,
			options->allow_empty},
		.begun = options->config,
		.config = options->config,
		.files = options->files,
		.kept = NO_FILES,
		.fresh = NO_FILES,
		.sockets = options->sockets,
		.places = options->places,
		.restart_ms = NOT_DUE,
		.handing_ms = NOT_DUE,
		.reserve_ms = NOT_DUE,
		.ticked_ms = clock_monotonic_ms(),
	};
	struct err err = {0};

	if (!signals_open(supervisor_signals,
		    sizeof(supervisor_signals) / sizeof(*supervisor_signals),
		    &err)) {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
		return WORKER_EXIT_SYSTEM;
	}
	supervisor_alerts_open(&supervisor);
	(void)start_worker(&supervisor, ROLE_IN_OFFICE);
	while (!supervisor.stopping || !supervisor_staff_is_empty(&supervisor))
		step(&supervisor);
	sockets_remove(options->config, &supervisor.sockets);
	sockets_close(&supervisor.sockets);
	places_close(&supervisor.places);
	supervisor_alerts_close(&supervisor);
	supervisor_files_close(&supervisor.files);
	supervisor_files_close(&supervisor.kept);
	supervisor_files_close(&supervisor.fresh);
	config_free(supervisor.own_config);
	return supervisor.status;
}
