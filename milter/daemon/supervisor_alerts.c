/* SPDX-License-Identifier: BSD-2-Clause */
/* Started, renewed, ended. */
#include "daemon/supervisor_alerts.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/alert_board.h"
#include "daemon/alerts.h"
#include "daemon/supervisor_staff.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define READER 0 /* the ends of the socket */
#define WRITER 1
#define SOCKET_BYTES (1024 * 1024)
#define PAUSE_FIRST_MS 1000
#define PAUSE_MOST_MS 60000
/* One that lives so long has not died at once. */
#define LIVES_MS 60000
/* What it has at the end, when workers took all of the drain time. */
#define END_LEAST_MS 2000

void
supervisor_alerts_open(struct supervisor *supervisor)
{
	struct supervisor_alerts *alerts = &supervisor->alerts;
	const int bytes = SOCKET_BYTES;
	struct err err = {0};

	*alerts = (struct supervisor_alerts){.ends = {-1, -1},
		.board = -1,
		.pause_ms = PAUSE_FIRST_MS,
		.start_ms = clock_monotonic_ms()};
	if (!link_pair(alerts->ends)) {
		(void)err_system(&err, "cannot make a socket");
		alerts->ends[READER] = alerts->ends[WRITER] = -1;
	} else {
		(void)setsockopt(alerts->ends[WRITER], SOL_SOCKET, SO_SNDBUF,
			&bytes, sizeof(bytes));
		alerts->board = alert_board_make(&err);
	}
	if (err.code != ERR_NONE)
		log_write(LOG_LEVEL_ERROR, "alerts: %s", err.text);
}

void
supervisor_alerts_fill(
	const struct supervisor *supervisor, struct link_message *message)
{
	message->fds[LINK_FD_ALERTS] = supervisor->alerts.ends[WRITER];
	message->fds[LINK_FD_BOARD] = supervisor->alerts.board;
}

static void
fill(const struct supervisor *supervisor, enum link_word word,
	struct link_message *message)
{
	link_message_init(message, word);
	message->fds[LINK_FD_FILES] = supervisor->files;
	message->fds[LINK_FD_LOG] = supervisor->places.log;
	message->fds[LINK_FD_ALERTS] = supervisor->alerts.ends[READER];
	message->fds[LINK_FD_BOARD] = supervisor->alerts.board;
}

static void
pause_start(struct supervisor_alerts *alerts)
{
	alerts->start_ms = clock_monotonic_ms() + alerts->pause_ms;
	alerts->pause_ms *= 2;
	if (alerts->pause_ms > PAUSE_MOST_MS)
		alerts->pause_ms = PAUSE_MOST_MS;
}

static void
start(struct supervisor *supervisor)
{
	struct link_message first;

	fill(supervisor, LINK_ALERT, &first);
	if (!supervisor_staff_start(supervisor, ROLE_ALERTER, &first))
		pause_start(&supervisor->alerts);
}

static void
tell(struct supervisor *supervisor, struct worker_process *alerter)
{
	struct link_message message;

	fill(supervisor, LINK_RELOAD, &message);
	message.fds[LINK_FD_ALERTS] = LINK_FD_NONE;
	message.fds[LINK_FD_BOARD] = LINK_FD_NONE;
	alerter->files_number = supervisor->files_number;
	if (!link_send(alerter->link, &message))
		(void)kill(alerter->pid, SIGKILL);
}

void
supervisor_alerts_renew(struct supervisor *supervisor)
{
	struct worker_process *alerter =
		supervisor_staff_role(supervisor, ROLE_ALERTER);

	if (alerter != NULL && alerter->ready)
		tell(supervisor, alerter);
}

static bool
others_are_gone(const struct supervisor *supervisor)
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (supervisor->workers[i].role != ROLE_FREE &&
			supervisor->workers[i].role != ROLE_ALERTER)
			return false;
	}
	return true;
}

/* Once: what is in the socket then is all that will ever be. */
static void
end(struct supervisor *supervisor, const struct worker_process *alerter)
{
	int64_t left = supervisor->alerts.end_ms - clock_monotonic_ms();
	struct link_message message;

	if (supervisor->alerts.told_end || !others_are_gone(supervisor))
		return;
	supervisor->alerts.told_end = true;
	link_message_init(&message, LINK_END);
	message.number = (unsigned)(left > END_LEAST_MS ? left : END_LEAST_MS);
	if (!link_send(alerter->link, &message))
		(void)kill(alerter->pid, SIGKILL);
}

void
supervisor_alerts_tend(struct supervisor *supervisor)
{
	struct worker_process *alerter =
		supervisor_staff_role(supervisor, ROLE_ALERTER);

	if (supervisor->stopping && alerter != NULL) {
		end(supervisor, alerter);
	} else if (alerter != NULL && alerter->ready &&
		alerter->files_number != supervisor->files_number) {
		tell(supervisor, alerter);
	} else if (alerter == NULL && !supervisor->stopping &&
		supervisor->alerts.board >= 0 &&
		alerts_are_on(&supervisor->config->alerts) &&
		clock_monotonic_ms() >= supervisor->alerts.start_ms) {
		start(supervisor);
	}
}

void
supervisor_alerts_lost(
	struct supervisor *supervisor, const struct worker_process *dead)
{
	struct supervisor_alerts *alerts = &supervisor->alerts;

	if (clock_monotonic_ms() >= dead->started_ms + LIVES_MS)
		alerts->pause_ms = PAUSE_FIRST_MS;
	pause_start(alerts);
}

void
supervisor_alerts_stop(struct supervisor *supervisor)
{
	supervisor->alerts.end_ms =
		clock_monotonic_ms() + supervisor->config->drain_time;
}

void
supervisor_alerts_close(struct supervisor *supervisor)
{
	struct supervisor_alerts *alerts = &supervisor->alerts;

	for (int i = 0; i < 2; i++) {
		if (alerts->ends[i] >= 0)
			(void)close(alerts->ends[i]);
	}
	if (alerts->board >= 0)
		(void)close(alerts->board);
}
