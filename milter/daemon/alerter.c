/* SPDX-License-Identifier: BSD-2-Clause */
/* The alerter's life: load, drop rights, wait, reload, end. */
#include "daemon/alerter.h"

#include "base/bundle.h"
#include "base/clock.h"
#include "base/log.h"
#include "daemon/alerter_state.h"
#include "daemon/confine.h"
#include "daemon/diagnose.h"
#include "daemon/places.h"
#include "daemon/privilege.h"
#include "daemon/signals.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define ALIVE_MS 1000
/* Without a supervisor there is nobody to say how long. */
#define ORPHAN_MS 5000
#define FDS_MAX (ALERT_COMMANDS_MAX + 3)

static const int alerter_signals[] = {SIGCHLD};

static struct config *
read_config(const struct alerter *alerter, int files)
{
	struct config *config = NULL;
	struct diags *diags = diags_new();
	struct err err = {0};
	struct bundle *bundle = bundle_open(files, &err);

	if (bundle != NULL && diags != NULL) {
		bundle_use(bundle);
		config = config_load(alerter->file, diags);
		bundle_use(NULL);
	} else {
		log_write(LOG_LEVEL_ERROR, "alerts: %s", err.text);
	}
	if (config != NULL && diags_count(diags, DIAG_ERROR) > 0) {
		diagnose_log(diags);
		config_free(config);
		config = NULL;
	}
	bundle_free(bundle);
	diags_free(diags);
	return config;
}

/* config is taken. */
static void
use_config_take(struct alerter *alerter, struct config *config, int log_fd)
{
	const struct places places = {.log = log_fd, .events = -1};
	const struct throttle_options bounds = {
		.window_ms = config->alerts.throttle,
		.per_minute = (unsigned)config->alerts.rate,
		.pairs = 10000,
		.distinct = 65536,
	};
	struct err err = {0};

	if (!places_use_log(config, &places, &err))
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	if (alerter->throttle == NULL) {
		alerter->throttle = throttle_new(&bounds);
	} else {
		throttle_change(alerter->throttle, &bounds);
	}
	config_free(alerter->config);
	alerter->config = config;
	alerter_send_open(alerter);
}

static void
reload(struct alerter *alerter, struct link_message *message)
{
	struct config *config =
		read_config(alerter, message->fds[LINK_FD_FILES]);

	if (config != NULL) {
		if (strcmp(config->alerts.user, alerter->config->alerts.user) !=
			0) {
			log_write(LOG_LEVEL_WARNING,
				"reload: alerts.user changed: restart to use "
				"it");
		}
		use_config_take(alerter, config, message->fds[LINK_FD_LOG]);
	}
}

static void
close_fds(struct link_message *message)
{
	for (size_t i = 0; i < LINK_FD_COUNT; i++) {
		if (message->fds[i] >= 0)
			(void)close(message->fds[i]);
	}
}

static void
begin_end(struct alerter *alerter, unsigned time_ms)
{
	if (alerter->ending)
		return;
	alerter->ending = true;
	alerter->end_ms = clock_monotonic_ms() + time_ms;
	for (int i = 0; i < ALERT_WAY_COUNT; i++)
		outbox_hurry(&alerter->boxes[i], clock_monotonic_ms());
}

static void
read_link(struct alerter *alerter)
{
	struct link_message message;

	switch (link_receive(alerter->link, &message)) {
	case LINK_NOTHING:
		return;
	case LINK_ENDED:
		(void)close(alerter->link);
		alerter->link = -1;
		begin_end(alerter, ORPHAN_MS);
		return;
	case LINK_MESSAGE:
		break;
	}
	if (message.word == LINK_RELOAD)
		reload(alerter, &message);
	if (message.word == LINK_END)
		begin_end(alerter, message.number);
	close_fds(&message);
}

/* Milliseconds until something is due. */
static int
time_left(const struct alerter *alerter, int64_t now_ms)
{
	const int64_t dues[] = {alerter->alive_ms + ALIVE_MS,
		throttle_next_ms(alerter->throttle),
		alerter_send_next_ms(alerter),
		alerter->ending ? alerter->end_ms : INT64_MAX};
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < sizeof(dues) / sizeof(*dues); i++) {
		if (dues[i] < next)
			next = dues[i];
	}
	if (next <= now_ms)
		return 0;
	return next - now_ms > ALIVE_MS ? ALIVE_MS : (int)(next - now_ms);
}

static void
wait_for_something(struct alerter *alerter)
{
	struct pollfd fds[FDS_MAX];
	size_t count = 0;

	fds[count++] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
	if (alerter->link >= 0)
		fds[count++] =
			(struct pollfd){.fd = alerter->link, .events = POLLIN};
	if (alerter->alerts >= 0)
		fds[count++] = (struct pollfd){
			.fd = alerter->alerts, .events = POLLIN};
	count += alert_command_fds(&alerter->commands, fds + count);
	webhook_wait(alerter->webhook, fds, count,
		time_left(alerter, clock_monotonic_ms()));
	while (signals_next() != 0)
		continue;
	if (alerter->link >= 0 &&
		(fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		read_link(alerter);
}

static void
say_alive(struct alerter *alerter, int64_t now_ms)
{
	if (alerter->link < 0 || now_ms < alerter->alive_ms + ALIVE_MS)
		return;
	alerter->alive_ms = now_ms;
	(void)link_say(alerter->link, LINK_ALIVE);
}

/* Has it sent what there was, or no time left? */
static bool
is_over(const struct alerter *alerter, int64_t now_ms)
{
	return alerter->ending &&
		(now_ms >= alerter->end_ms || alerter_send_left(alerter) == 0);
}

static int
serve(struct alerter *alerter)
{
	int64_t now_ms;

	do {
		wait_for_something(alerter);
		alerter_take(alerter);
		now_ms = clock_monotonic_ms();
		alerter_take_summaries(alerter, now_ms);
		alerter_send_step(alerter, now_ms);
		say_alive(alerter, now_ms);
	} while (!is_over(alerter, now_ms));
	alerter_send_close(alerter);
	alerter->board->pid = 0;
	log_write(LOG_LEVEL_DEBUG, "alerter stopped");
	return EX_OK;
}

/* A command may be any program, so calls and files are not taken away. */
static bool
drop_rights(const struct config *config, struct err *err)
{
	const char *user = *config->alerts.user != '\0' ? config->alerts.user
							: config->user;
	const char *group = *config->alerts.user != '\0' ? "" : config->group;
	const struct confine_options options = {
		.privileges = config->confine_privileges,
		.capabilities = config->confine_capabilities,
		.core = true,
	};
	struct buf done = {0}, missing = {0};
	struct privilege wanted;
	bool ok = privilege_find(user, group, &wanted, err) &&
		privilege_drop(user, &wanted, err);

	if (ok)
		confine(&options, &done, &missing);
	buf_fini(&done);
	buf_fini(&missing);
	return ok;
}

static bool
prepare(struct alerter *alerter, const struct link_message *first,
	struct err *err)
{
	struct config *config = read_config(alerter, first->fds[LINK_FD_FILES]);

	if (config == NULL)
		return err_set(err, ERR_INVALID, "the configuration is wrong");
	use_config_take(alerter, config, first->fds[LINK_FD_LOG]);
	alerter->board = alert_board_map(first->fds[LINK_FD_BOARD], err);
	if (alerter->board == NULL)
		return false;
	if (alerter->throttle == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (chdir("/") != 0)
		return err_system(err, "/");
	return drop_rights(config, err) &&
		signals_open(alerter_signals, 1, err);
}

int
alerter_run(const char *file, int link, const struct link_message *first)
{
	struct alerter alerter = {.file = file,
		.link = link,
		.alerts = first->fds[LINK_FD_ALERTS]};
	struct link_message given = *first;
	struct err err = {0};

	(void)signal(SIGPIPE, SIG_IGN);
	given.fds[LINK_FD_ALERTS] = LINK_FD_NONE;
	if (!prepare(&alerter, first, &err) || alerter.board == NULL) {
		log_write(LOG_LEVEL_ERROR, "alerts: %s", err.text);
		return EX_CONFIG;
	}
	close_fds(&given);
	alerter.board->pid = (unsigned)getpid();
	(void)link_say(link, LINK_READY);
	return serve(&alerter);
}
