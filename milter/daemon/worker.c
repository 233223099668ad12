/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's life: load, drop rights, serve, reload, drain.
 *
 * Draining without cutting a transaction: libmilter accepts on a descriptor
 * by its number, so one on which nothing ever comes is put in its place with
 * dup2(). New connections then wait in the socket's queue for the next worker
 * (or are refused, when nobody will serve any more); the old ones go on until
 * their clients leave or the time is up. From then on no transaction begins,
 * those under way are finished, and when none is left nobody uses the store
 * any more: it is closed, and the process ends from here, since libmilter
 * itself would look only every few seconds whether it is to stop.
 */
#include "daemon/worker.h"

#include "base/bundle.h"
#include "base/log.h"
#include "daemon/api.h"
#include "daemon/confine.h"
#include "daemon/descriptors.h"
#include "daemon/diagnose.h"
#include "daemon/generation.h"
#include "daemon/http.h"
#include "daemon/link.h"
#include "daemon/milter.h"
#include "daemon/privilege.h"
#include "daemon/probes.h"
#include "daemon/report.h"
#include "daemon/signals.h"
#include "daemon/storage.h"
#include "daemon/trouble.h"
#include "verdict/metrics.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_LOOK_MS 20
/* For connections that libmilter has accepted and whose MTA has not said
 * anything yet, and for replies that libmilter has not written yet. */
#define DRAIN_GRACE_MS 200
/* At most so long between two signs of life, and so many in the time after
 * which a worker counts as hanging. */
#define ALIVE_MS 5000
#define ALIVE_PART 4
#define LOOK_MS 1000
#define CROWD_THREADS 8 /* more than at the start */
#define NO_FILES (-1)

struct worker {
	const struct worker_options *options;
	int files; /* the bundle to begin with, or NO_FILES: the disk */
	struct sockets sockets;
	struct places places;
	struct generation_slot *slot;
	struct store *store;
	struct metrics *metrics;
	struct report *report;
	struct probes *probes;
	struct session_service service;
	struct api api;
	struct http *http;
	pthread_t control;
	bool has_control;
	atomic_bool draining;
	int64_t said_ms; /* when the last sign of life was given */
	size_t threads; /* when it began to serve */
	int pipe[2]; /* the first takes the listener's place while draining */
};

/* What came over the link, or a signal for it. */
enum order {
	ORDER_NONE,
	ORDER_LEAVE, /* another worker serves on the same socket */
	ORDER_END
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

/* Errors in place of what was there stay in the log as they were. */
static void
use_places(struct worker *worker, const struct config *config)
{
	const struct report_options options = {
		config->events, worker->places.events, config->log_all};
	struct err err = {0};

	if (!places_use_log(config, &worker->places, &err))
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	if (worker->report != NULL &&
		!report_open(worker->report, &options, &err))
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	trouble_set(TROUBLE_FILES, "%s", worker->places.missing);
}

/* The generation of a bundle, or NO_FILES: of the files on disk. */
static const struct generation *
load_generation(const struct worker *worker, int files)
{
	const struct generation *generation = NULL;
	struct diags *diags = diags_new();
	struct bundle *bundle = NULL;
	struct err err = {0};

	if (files != NO_FILES)
		bundle = bundle_open(files, &err);
	if (diags != NULL && (bundle != NULL || files == NO_FILES)) {
		bundle_use(bundle);
		generation =
			generation_load(worker->options->file, NULL, diags);
		bundle_use(NULL);
	}
	if (err.code != ERR_NONE)
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	if (generation == NULL)
		diagnose_log(diags);
	bundle_free(bundle);
	diags_free(diags);
	return generation;
}

static bool
refuse_reload(struct worker *worker)
{
	log_write(LOG_LEVEL_ERROR,
		"reload: refused; the configuration and the policies in use "
		"stay");
	atomic_fetch_add(&worker->api.reloads_refused, 1);
	trouble_set(TROUBLE_RELOAD,
		"the configuration or a policy on disk is wrong: what was "
		"there before is in use; `forwarden check` says what it is");
	return false;
}

static void
limit_sessions(const struct config *config)
{
	size_t room = descriptors_sessions();
	size_t wanted = (size_t)config->limit_sessions;

	milter_limit(wanted == 0 || wanted > room ? room : wanted);
	trouble_set(TROUBLE_SESSIONS, "%s", "");
}

/* generation is taken; NULL: there is none to go on with. */
static bool
use_generation_take(struct worker *worker, const struct generation *new)
{
	const struct generation *old = generation_slot_get(worker->slot);
	const char *missing = worker->places.missing;

	use_places(worker, new != NULL ? new->config : old->config);
	if (new == NULL) {
		generation_unref(old);
		return refuse_reload(worker);
	}
	warn_fixed(old->config, new->config);
	limit_sessions(new->config);
	(void)metrics_bind(worker->metrics, new->program);
	log_write(*missing != '\0' ? LOG_LEVEL_ERROR : LOG_LEVEL_NOTICE,
		"reload: done%s: %zu policies, %zu local domains%s%s",
		*missing != '\0' ? " but for a file" : "",
		sigma_program_rules(new->program), realm_domains(new->realm),
		*missing != '\0' ? "; " : "", missing);
	generation_slot_set_take(worker->slot, new);
	trouble_set(TROUBLE_RELOAD, "%s", "");
	atomic_fetch_add(&worker->api.reloads, 1);
	generation_unref(old);
	return true;
}

/* Without a supervisor: by itself, with the rights it has left. */
static void
reload_alone(struct worker *worker)
{
	const struct generation *new = load_generation(worker, NO_FILES);
	const struct generation *old = generation_slot_get(worker->slot);
	const struct privilege same = {
		PRIVILEGE_SAME_USER, PRIVILEGE_SAME_GROUP};

	places_close(&worker->places);
	places_open(new != NULL ? new->config : old->config, &same,
		&worker->places);
	generation_unref(old);
	(void)use_generation_take(worker, new);
}

static bool
is_same_socket(int one, int two)
{
	struct stat a, b;

	return fstat(one, &a) == 0 && fstat(two, &b) == 0 &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static bool
start_http(struct worker *worker, const struct config *config, struct err *err)
{
	worker->http = http_start(&worker->api, worker->sockets.control,
		worker->sockets.http, (unsigned)config->limit_connections, err);
	return worker->http != NULL;
}

/* Sockets that were made again because their path was gone. */
static void
renew_sockets(struct worker *worker, const struct link_message *message)
{
	const struct generation *generation;
	int milter = message->fds[LINK_FD_MILTER];
	int control = message->fds[LINK_FD_CONTROL];
	struct err err = {0};

	if (milter >= 0 && !is_same_socket(milter, worker->sockets.milter) &&
		dup2(milter, worker->sockets.milter) < 0)
		log_write(LOG_LEVEL_ERROR, "listen: %s", strerror(errno));
	if (control < 0 || is_same_socket(control, worker->sockets.control))
		return;
	worker->api.ending = true; /* nobody's question is waited for */
	http_stop(worker->http);
	worker->api.ending = false;
	(void)dup2(control, worker->sockets.control);
	generation = generation_slot_get(worker->slot);
	if (!start_http(worker, generation->config, &err))
		log_write(LOG_LEVEL_ERROR, "control: %s", err.text);
	generation_unref(generation);
}

/* Takes over what files a message brings. */
static void
take_places(struct worker *worker, struct link_message *message)
{
	places_close(&worker->places);
	worker->places.log = message->fds[LINK_FD_LOG];
	worker->places.events = message->fds[LINK_FD_EVENTS];
	memcpy(worker->places.missing, message->text, sizeof(message->text));
	message->fds[LINK_FD_LOG] = LINK_FD_NONE;
	message->fds[LINK_FD_EVENTS] = LINK_FD_NONE;
}

static void
reload(struct worker *worker, struct link_message *message)
{
	const struct generation *new = NULL;
	bool taken;

	take_places(worker, message);
	renew_sockets(worker, message);
	if (message->fds[LINK_FD_FILES] != LINK_FD_NONE)
		new = load_generation(worker, message->fds[LINK_FD_FILES]);
	taken = use_generation_take(worker, new);
	if (message->fds[LINK_FD_FILES] != LINK_FD_NONE) {
		(void)link_say(worker->options->link,
			taken ? LINK_TAKEN : LINK_REFUSED);
	}
	for (size_t i = 0; i < LINK_FD_COUNT; i++) {
		if (message->fds[i] >= 0)
			(void)close(message->fds[i]);
	}
}

static long long
drain_time(struct worker *worker)
{
	const struct generation *generation = generation_slot_get(worker->slot);
	long long time = generation->config->drain_time;

	generation_unref(generation);
	return time;
}

/* Nothing is under way, and nothing can begin: nobody uses the store. */
static bool
is_drained(int64_t since, int64_t until)
{
	int64_t now = clock_monotonic_ms();

	if (now >= until)
		milter_end();
	if (now < since + DRAIN_GRACE_MS)
		return false;
	return milter_load().sessions == 0 ||
		(now >= until && milter_load().messages == 0);
}

/* Where nobody will serve any more, clients are to see that at once, also
 * while libmilter waits on the old socket. */
static void
leave_socket(struct worker *worker, enum order order)
{
	int old = dup(worker->sockets.milter);

	if (dup2(worker->pipe[0], worker->sockets.milter) < 0) {
		log_write(LOG_LEVEL_ERROR, "cannot leave the socket: %s",
			strerror(errno));
	}
	if (old >= 0 && order == ORDER_END)
		(void)shutdown(old, SHUT_RDWR);
	if (old >= 0)
		(void)close(old);
}

static void
drain(struct worker *worker, enum order order)
{
	const struct timespec pause = {0, DRAIN_LOOK_MS * 1000000L};
	const struct timespec grace = {0, DRAIN_GRACE_MS * 1000000L};
	int64_t since = clock_monotonic_ms();
	int64_t until = since + drain_time(worker);

	log_write(LOG_LEVEL_NOTICE, "draining: %zu connections, %zu messages",
		milter_load().sessions, milter_load().messages);
	leave_socket(worker, order);
	worker->draining = true;
	worker->api.ending = true;
	http_stop(worker->http);
	worker->http = NULL;
	while (!is_drained(since, until))
		(void)nanosleep(&pause, NULL);
	/* A connection may have come between the look and now. */
	milter_end();
	while (milter_load().messages > 0)
		(void)nanosleep(&pause, NULL);
	(void)nanosleep(&grace, NULL);
}

static enum order
read_link(struct worker *worker)
{
	struct link_message message;

	switch (link_receive(worker->options->link, &message)) {
	case LINK_NOTHING:
		return ORDER_NONE;
	case LINK_ENDED:
		return ORDER_END;
	case LINK_MESSAGE:
		break;
	}
	if (message.word == LINK_END)
		return ORDER_END;
	if (message.word == LINK_LEAVE)
		return ORDER_LEAVE;
	if (message.word == LINK_RELOAD)
		reload(worker, &message);
	return ORDER_NONE;
}

static long long
hang_time(struct worker *worker)
{
	const struct generation *generation = generation_slot_get(worker->slot);
	long long time = generation->config->hang_time;

	generation_unref(generation);
	return time;
}

/* 0 where it cannot be told. */
static size_t
count_threads(void)
{
	DIR *folder = opendir("/proc/self/task");
	size_t count = 0;

	while (folder != NULL && readdir(folder) != NULL)
		count++;
	if (folder != NULL)
		(void)closedir(folder);
	return count;
}

/* Threads that peers hold, and connections that may wait because of it. */
static void
look_at_threads(struct worker *worker)
{
	if (count_threads() > worker->threads + CROWD_THREADS)
		(void)link_say(worker->options->link, LINK_NUDGE);
}

/* What is wrong may come and go without anybody's doing. */
static void
look_around(struct worker *worker)
{
	struct store_health health = {0};

	descriptors_watch();
	store_health(worker->store, &health);
	trouble_set(TROUBLE_STATE, "%s", health.unsaved);
}

/* Time until the next sign of life is due. A worker whose judgement of one
 * message does not end gives none. */
static int
say_alive(struct worker *worker)
{
	int64_t now = clock_monotonic_ms(), limit = hang_time(worker);
	int64_t every = limit / ALIVE_PART;

	if (every <= 0 || every > ALIVE_MS)
		every = ALIVE_MS;
	if (worker->options->link < 0)
		return -1;
	if (now >= worker->said_ms + every &&
		(limit == 0 || milter_longest_ms() < limit)) {
		worker->said_ms = now;
		look_around(worker);
		(void)link_say(worker->options->link, LINK_ALIVE);
	}
	look_at_threads(worker);
	return every < LOOK_MS ? (int)every : LOOK_MS;
}

/* Waits for a word, a signal or the supervisor's end. */
static enum order
wait_for_orders(struct worker *worker)
{
	struct pollfd fds[2] = {
		{.fd = signals_fd(), .events = POLLIN},
		{.fd = worker->options->link, .events = POLLIN},
	};
	enum order order = ORDER_NONE;
	int number;

	if (poll(fds, 2, say_alive(worker)) < 0)
		return ORDER_NONE;
	if ((fds[1].revents & (POLLIN | POLLHUP)) != 0)
		order = read_link(worker);
	while (order == ORDER_NONE && (number = signals_next()) != 0) {
		if (number == SIGUSR2) {
			order = ORDER_END;
		} else if (worker->options->link < 0) {
			reload_alone(worker);
		} else {
			(void)link_say(worker->options->link, LINK_ASK);
		}
	}
	return order;
}

static void
remove_own_sockets(struct worker *worker)
{
	const struct generation *generation;

	if (worker->slot == NULL || worker->options->link >= 0)
		return;
	generation = generation_slot_get(worker->slot);
	sockets_remove(generation->config, &worker->options->sockets);
	generation_unref(generation);
}

/* Sessions without a message may live on: but for the store, what they use
 * stays until the process ends. So do descriptors: libmilter still listens on
 * one of them, by its number. */
static void *
control_main(void *arg)
{
	struct worker *worker = arg;
	enum order order = ORDER_NONE;

	while (order == ORDER_NONE)
		order = wait_for_orders(worker);
	remove_own_sockets(worker);
	drain(worker, order);
	store_close(worker->store);
	log_write(LOG_LEVEL_NOTICE, "stopped");
	exit(WORKER_EXIT_OK);
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
	const struct report_options options = {
		config->events, worker->places.events, config->log_all};

	if (!drop_rights(config, err) ||
		!milter_open(&worker->service, &worker->sockets.milter,
			config->state, err))
		return false;
	confine_worker(config, worker->options->link < 0);
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
	worker->probes = probes_new();
	if (worker->probes == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (pipe(worker->pipe) < 0)
		return err_system(err, "cannot make a pipe");
	worker->service = (struct session_service){
		.slot = worker->slot,
		.store = worker->store,
		.report = worker->report,
		.probes = worker->probes,
		.clock = clock_real(),
	};
	worker->api.slot = worker->slot;
	worker->api.store = worker->store;
	worker->api.metrics = worker->metrics;
	worker->api.probes = worker->probes;
	worker->api.clock = clock_real();
	worker->api.started_ms = clock_now_ms(clock_real());
	return true;
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
say_ready(struct worker *worker, const struct generation *generation)
{
	log_write(LOG_LEVEL_NOTICE,
		"ready: %s, %zu policies, %zu local domains, mode %s",
		generation->config->listen,
		sigma_program_rules(generation->program),
		realm_domains(generation->realm),
		respond_mode_name(generation->judge.respond.mode));
	log_echo(false);
	if (worker->options->link >= 0 &&
		!link_say(worker->options->link, LINK_READY))
		log_write(LOG_LEVEL_WARNING, "the supervisor is gone");
}

static bool
begin(struct worker *worker, const struct generation *generation,
	struct err *err)
{
	use_places(worker, generation->config);
	limit_sessions(generation->config);
	if (!prepare(worker, generation, err) || !start_control(worker, err) ||
		!start_http(worker, generation->config, err))
		return false;
	worker->threads = count_threads();
	say_ready(worker, generation);
	return true;
}

/* Returns only when libmilter was stopped by a signal of its own, or never
 * started. */
static int
serve(struct worker *worker)
{
	const struct generation *generation =
		load_generation(worker, worker->files);
	struct err err = {0};
	bool ok;

	if (generation == NULL)
		return WORKER_EXIT_CONFIG;
	worker->slot = generation_slot_new_take(generation);
	if (worker->slot == NULL)
		return WORKER_EXIT_SYSTEM;
	ok = begin(worker, generation, &err) && milter_run(&err);
	if (worker->has_control)
		stop_control(worker);
	if (!ok)
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	remove_own_sockets(worker);
	http_stop(worker->http);
	if (worker->store != NULL)
		store_close(worker->store);
	log_write(LOG_LEVEL_NOTICE, "stopped");
	return ok ? WORKER_EXIT_OK : WORKER_EXIT_SYSTEM;
}

/* Reads what a worker would, with the rights it does not have, and keeps it
 * for one. */
static int
check(struct worker *worker, const struct link_message *message)
{
	const struct generation *generation;
	struct diags *diags = diags_new();
	struct bundle *bundle = bundle_new();
	struct err err = {0};
	bool ok;

	if (message->fds[LINK_FD_LOG] != LINK_FD_NONE) {
		(void)log_use(message->fds[LINK_FD_LOG], LOG_LEVEL_INFO, &err);
	} else if (strncmp(message->text, "file:", 5) != 0) {
		(void)log_open(message->text, LOG_LEVEL_INFO, &err);
	}
	if (diags == NULL || bundle == NULL)
		return WORKER_EXIT_SYSTEM;
	bundle_use(bundle);
	generation = generation_load(worker->options->file, NULL, diags);
	bundle_use(NULL);
	if (generation == NULL)
		diagnose_log(diags);
	ok = generation != NULL &&
		bundle_save(bundle, message->fds[LINK_FD_FILES], &err);
	if (err.code != ERR_NONE)
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	generation_unref(generation);
	bundle_free(bundle);
	diags_free(diags);
	return ok ? WORKER_EXIT_OK : WORKER_EXIT_CONFIG;
}

/* The first word says what this process is. */
static int
obey(struct worker *worker)
{
	struct link_message message;
	enum link_outcome outcome;

	do {
		outcome = link_receive(worker->options->link, &message);
	} while (outcome == LINK_NOTHING);
	if (outcome == LINK_ENDED)
		return WORKER_EXIT_SYSTEM;
	if (message.word == LINK_CHECK)
		return check(worker, &message);
	worker->files = message.fds[LINK_FD_FILES];
	worker->sockets = (struct sockets){
		.milter = message.fds[LINK_FD_MILTER],
		.control = message.fds[LINK_FD_CONTROL],
		.http = message.fds[LINK_FD_HTTP],
	};
	take_places(worker, &message);
	log_echo(true);
	return serve(worker);
}

int
worker_run(const struct worker_options *options)
{
	/* The control thread may outlive this call. */
	static struct worker worker;

	worker = (struct worker){
		.options = options,
		.files = NO_FILES,
		.sockets = options->sockets,
		.places = options->places,
		.pipe = {-1, -1},
	};
	return options->link >= 0 ? obey(&worker) : serve(&worker);
}
