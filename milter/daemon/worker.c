/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's life: load, drop rights, serve, reload, drain.
 *
 * Draining without cutting a transaction: libmilter accepts on a descriptor
 * by its number, so a pipe that never becomes readable is put in its place
 * with dup2(). New connections then wait in the socket's queue for the next
 * worker (or are refused, when the supervisor has closed it, too); the old
 * ones go on until their clients leave. When none is left, or the time is up
 * and no message is under way, the process ends from here: libmilter itself
 * would look only every few seconds whether it is to stop.
 */
#include "daemon/worker.h"

#include "base/log.h"
#include "daemon/api.h"
#include "daemon/diagnose.h"
#include "daemon/generation.h"
#include "daemon/http.h"
#include "daemon/milter.h"
#include "daemon/privilege.h"
#include "daemon/report.h"
#include "daemon/signals.h"
#include "daemon/storage.h"
#include "verdict/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_LOOK_MS 20
#define DRAIN_GRACE_MS 200

struct worker {
	const struct worker_options *options;
	struct sockets sockets;
	struct generation_slot *slot;
	struct store *store;
	struct metrics *metrics;
	struct report *report;
	struct session_service service;
	struct api api;
	struct http *http;
	pthread_t control;
	bool has_control;
	atomic_bool draining;
	int pipe[2]; /* the first takes the listener's place while draining */
};

static const int worker_signals[] = {SIGUSR1, SIGUSR2};

/* What a reload cannot change, because it was used before. */
static void
warn_fixed(const struct config *old, const struct config *new)
{
	const struct {
		const char *name, *old, *new;
	} fixed[] = {
		{"listen", old->listen, new->listen},
		{"control", old->control, new->control},
		{"http", old->http, new->http},
		{"user", old->user, new->user},
		{"store", old->store, new->store},
		{"state", old->state, new->state},
		{"redis.prefix", old->store_prefix, new->store_prefix},
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		if (strcmp(fixed[i].old, fixed[i].new) != 0) {
			log_write(LOG_LEVEL_WARNING,
				"reload: %s changed: restart to use it",
				fixed[i].name);
		}
	}
}

static struct report_options
report_options(const struct config *config)
{
	return (struct report_options){config->events, config->log_all};
}

static void
use_log(const struct config *config, struct report *report)
{
	const struct report_options options = report_options(config);
	struct err err = {0};

	if (!log_open(config->log_target, (enum log_level)config->log_level,
		    &err))
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	if (report != NULL && !report_open(report, &options, &err))
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
}

static void
reload(struct worker *worker)
{
	const struct generation *old = generation_slot_get(worker->slot);
	const struct generation *new;
	struct diags *diags = diags_new();

	new = diags != NULL
		? generation_load(worker->options->file, NULL, diags)
		: NULL;
	if (new == NULL) {
		diagnose_log(diags);
		log_write(LOG_LEVEL_ERROR,
			"reload: refused; the configuration and the policies "
			"in use stay");
		atomic_fetch_add(&worker->api.reloads_refused, 1);
	} else {
		warn_fixed(old->config, new->config);
		use_log(new->config, worker->report);
		(void)metrics_bind(worker->metrics, new->program);
		log_write(LOG_LEVEL_NOTICE,
			"reload: done: %zu policies, %zu "
			"local domains",
			sigma_program_rules(new->program),
			realm_domains(new->realm));
		generation_slot_set_take(worker->slot, new);
		atomic_fetch_add(&worker->api.reloads, 1);
	}
	generation_unref(old);
	diags_free(diags);
}

static long long
drain_time(struct worker *worker)
{
	const struct generation *generation = generation_slot_get(worker->slot);
	long long time = generation->config->drain_time;

	generation_unref(generation);
	return time;
}

/* The grace is for connections that libmilter has accepted and whose MTA has
 * not said anything yet: they are nobody's session so far. */
static bool
is_drained(int64_t since, int64_t until)
{
	struct milter_load load = milter_load();
	int64_t now = clock_monotonic_ms();

	if (load.sessions == 0)
		return now >= since + DRAIN_GRACE_MS;
	return load.messages == 0 && now >= until;
}

static void
drain(struct worker *worker)
{
	const struct timespec pause = {0, DRAIN_LOOK_MS * 1000000L};
	int64_t since = clock_monotonic_ms();
	int64_t until = since + drain_time(worker);

	log_write(LOG_LEVEL_NOTICE, "draining: %zu connections, %zu messages",
		milter_load().sessions, milter_load().messages);
	if (dup2(worker->pipe[0], worker->sockets.milter) < 0) {
		log_write(LOG_LEVEL_ERROR, "cannot leave the socket: %s",
			strerror(errno));
	}
	worker->draining = true;
	worker->api.ending = true;
	http_stop(worker->http);
	worker->http = NULL;
	while (!is_drained(since, until))
		(void)nanosleep(&pause, NULL);
}

static bool
link_has_ended(int fd)
{
	char byte;
	ssize_t n = read(fd, &byte, 1);

	return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

/* Waits for a signal or the supervisor's end. True: time to drain. */
static bool
wait_for_orders(struct worker *worker)
{
	struct pollfd fds[2] = {
		{.fd = signals_fd(), .events = POLLIN},
		{.fd = worker->options->link, .events = POLLIN},
	};
	int number;

	if (poll(fds, 2, -1) < 0)
		return false;
	if ((fds[1].revents & (POLLIN | POLLHUP)) != 0 &&
		link_has_ended(fds[1].fd))
		return true;
	while ((number = signals_next()) != 0) {
		if (number == SIGUSR2)
			return true;
		reload(worker);
	}
	return false;
}

static void
fini(struct worker *worker)
{
	const struct generation *generation;

	if (worker->slot != NULL && worker->options->link < 0) {
		generation = generation_slot_get(worker->slot);
		sockets_remove(generation->config);
		generation_unref(generation);
	}
	http_stop(worker->http);
	if (worker->store != NULL)
		store_close(worker->store);
	report_free(worker->report);
	metrics_free(worker->metrics);
	generation_slot_free(worker->slot);
	log_write(LOG_LEVEL_NOTICE, "stopped");
	log_close();
}

/* Descriptors stay open until the process ends: libmilter still listens on
 * one of them, by its number. */
static void *
control_main(void *arg)
{
	struct worker *worker = arg;

	while (!wait_for_orders(worker))
		;
	drain(worker);
	fini(worker);
	exit(WORKER_EXIT_OK);
}

static bool
load(struct worker *worker)
{
	struct diags *diags = diags_new();
	const struct generation *generation = NULL;

	if (diags != NULL) {
		generation =
			generation_load(worker->options->file, NULL, diags);
	}
	if (generation == NULL)
		diagnose_log(diags);
	diags_free(diags);
	if (generation != NULL)
		worker->slot = generation_slot_new_take(generation);
	return worker->slot != NULL;
}

static bool
drop_rights(const struct config *config, struct err *err)
{
	struct privilege user;

	if (!privilege_find(config->user, config->group, &user, err) ||
		!privilege_drop(config->user, &user, err))
		return false;
	if (geteuid() == 0) {
		log_write(LOG_LEVEL_WARNING,
			"judging mail as root: give the worker a user of its "
			"own (user: forwarden)");
	}
	return true;
}

static bool
prepare(struct worker *worker, const struct generation *generation,
	struct err *err)
{
	const struct config *config = generation->config;
	const struct report_options options = report_options(config);

	if (!drop_rights(config, err) ||
		!milter_open(&worker->service, &worker->sockets.milter,
			config->state, err))
		return false;
	worker->store = storage_open(config, err);
	if (worker->store == NULL)
		return err_wrap(err, "store");
	worker->metrics = metrics_new();
	if (worker->metrics == NULL ||
		!metrics_bind(worker->metrics, generation->program))
		return err_set(err, ERR_MEMORY, "out of memory");
	worker->report = report_new(&options, worker->metrics, err);
	if (worker->report == NULL)
		return false;
	if (pipe(worker->pipe) < 0)
		return err_system(err, "cannot make a pipe");
	worker->service = (struct session_service){
		.slot = worker->slot,
		.store = worker->store,
		.report = worker->report,
		.clock = clock_real(),
	};
	worker->api.slot = worker->slot;
	worker->api.store = worker->store;
	worker->api.metrics = worker->metrics;
	worker->api.clock = clock_real();
	worker->api.started_ms = clock_now_ms(clock_real());
	return true;
}

static bool
start_http(struct worker *worker, const struct config *config, struct err *err)
{
	worker->http = http_start(&worker->api, worker->sockets.control,
		worker->sockets.http, (unsigned)config->limit_connections, err);
	return worker->http != NULL;
}

static bool
start_control(struct worker *worker, struct err *err)
{
	if (!signals_open(worker_signals,
		    sizeof(worker_signals) / sizeof(*worker_signals), err))
		return false;
	if (pthread_create(&worker->control, NULL, control_main, worker) != 0)
		return err_set(err, ERR_SYSTEM, "cannot start a thread");
	worker->has_control = true;
	return true;
}

/* A drain that has begun ends the process by itself. */
static void
stop_control(struct worker *worker)
{
	while (worker->draining)
		(void)pause();
	(void)pthread_cancel(worker->control);
	(void)pthread_join(worker->control, NULL);
}

static void
say_ready(const struct worker *worker, const struct generation *generation)
{
	const char byte = WORKER_READY;

	log_write(LOG_LEVEL_NOTICE,
		"ready: %s, %zu policies, %zu local domains, mode %s",
		generation->config->listen,
		sigma_program_rules(generation->program),
		realm_domains(generation->realm),
		respond_mode_name(generation->judge.respond.mode));
	if (worker->options->link >= 0 &&
		write(worker->options->link, &byte, 1) < 0)
		log_write(LOG_LEVEL_WARNING, "the supervisor is gone");
}

/* Returns only when libmilter was stopped by a signal of its own, or never
 * started. */
static int
serve(struct worker *worker)
{
	const struct generation *generation = generation_slot_get(worker->slot);
	struct err err = {0};
	bool ok;

	use_log(generation->config, NULL);
	ok = prepare(worker, generation, &err) && start_control(worker, &err) &&
		start_http(worker, generation->config, &err);
	if (ok)
		say_ready(worker, generation);
	generation_unref(generation);
	if (!ok || !milter_run(&err)) {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
		return WORKER_EXIT_SYSTEM;
	}
	return WORKER_EXIT_OK;
}

int
worker_run(const struct worker_options *options)
{
	/* The control thread may outlive this call. */
	static struct worker worker;
	int status = WORKER_EXIT_CONFIG;

	worker = (struct worker){
		.options = options,
		.sockets = options->sockets,
		.pipe = {-1, -1},
	};
	if (load(&worker))
		status = serve(&worker);
	if (worker.has_control)
		stop_control(&worker);
	fini(&worker);
	return status;
}
