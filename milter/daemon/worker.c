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
#include "daemon/alerter.h"
#include "daemon/alerts.h"
#include "daemon/confine.h"
#include "daemon/milter.h"
#include "daemon/privilege.h"
#include "daemon/probes.h"
#include "daemon/report.h"
#include "daemon/signals.h"
#include "daemon/steady_clock.h"
#include "daemon/storage.h"
#include "daemon/worker_check.h"
#include "daemon/worker_reload.h"
#include "daemon/worker_watch.h"
#include "verdict/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_LOOK_MS 20
/* For connections that libmilter has accepted and whose MTA has not said
 * anything yet. */
#define DRAIN_GRACE_MS 200
/* For replies that libmilter has not written yet: what is not answered comes
 * again. On a machine that is overloaded a thread waits long for its turn. */
#define DRAIN_REPLY_MS 600
/* For alerts that wait for the alerter. */
#define DRAIN_ALERTS_MS 2000

/* What came over the link, or a signal for it. */
enum order {
	ORDER_NONE,
	ORDER_LEAVE, /* another worker serves on the same socket */
	ORDER_END
};

static const int worker_signals[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

static long long
drain_time(struct worker *worker)
{
	const struct generation *generation = generation_slot_get(worker->slot);
	long long time = generation->config->drain_time;

	generation_unref(generation);
	return time;
}

/* Whoever asks twice does not want to wait. */
static bool
is_told_again(const struct worker *worker)
{
	int number = worker->link < 0 ? signals_next() : 0;

	return number == SIGINT || number == SIGTERM;
}

/* Nothing is under way, and nothing can begin: nobody uses the store. */
static bool
is_drained(const struct worker *worker, int64_t since, int64_t until)
{
	int64_t now = clock_monotonic_ms();

	if (is_told_again(worker))
		_exit(WORKER_EXIT_OK);
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
	const struct timespec grace = {0, DRAIN_REPLY_MS * 1000000L};
	int64_t since = clock_monotonic_ms();
	int64_t until = since + drain_time(worker);

	log_write(LOG_LEVEL_NOTICE, "draining: %zu connections, %zu messages",
		milter_load().sessions, milter_load().messages);
	leave_socket(worker, order);
	worker->draining = true;
	worker->api.ending = true;
	http_stop(worker->http);
	worker->http = NULL;
	while (!is_drained(worker, since, until))
		(void)nanosleep(&pause, NULL);
	/* A connection may have come between the look and now. */
	milter_end();
	while (milter_load().messages > 0)
		(void)nanosleep(&pause, NULL);
	(void)nanosleep(&grace, NULL);
	for (int i = 0; i < DRAIN_ALERTS_MS && !alerts_flush();
		i += DRAIN_LOOK_MS)
		(void)nanosleep(&pause, NULL);
}

/* What is counted here and goes on in another process. */
static void
hand(struct worker *worker, enum link_word word)
{
	struct err err = {0};
	bool ok = true;

	if (word == LINK_HAND) {
		ok = store_hand(worker->store, STORE_HAND_BEGIN, &err);
		(void)link_say(worker->link, LINK_HANDED);
	} else if (word == LINK_KEEP) {
		ok = store_hand(worker->store, STORE_HAND_CANCEL, &err);
	} else if (word == LINK_ADOPT) {
		ok = store_hand(worker->store, STORE_HAND_ADOPT, &err);
	}
	if (!ok)
		log_write(LOG_LEVEL_WARNING, "store: %s", err.text);
}

static enum order
read_link(struct worker *worker)
{
	struct link_message message;

	switch (link_receive(worker->link, &message)) {
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
	if (message.word == LINK_RELOAD) {
		worker_reload(worker, &message);
	} else {
		hand(worker, message.word);
	}
	return ORDER_NONE;
}

/* From any thread. Without a supervisor the signal does it. */
static bool
ask_reload(void *ctx, unsigned number)
{
	const struct worker *worker = ctx;
	struct link_message message;

	if (worker->link < 0)
		return kill(getpid(), SIGUSR1) == 0;
	link_message_init(&message, LINK_ASK);
	message.number = number;
	return link_send(worker->link, &message);
}

/* Whoever signals all processes of this name (killall) means the supervisor,
 * which says what is to be done. */
static enum order
on_signal(struct worker *worker, int number)
{
	bool alone = worker->link < 0;

	if (number == SIGUSR2)
		return ORDER_END;
	if (number == SIGUSR1 && !alone) {
		(void)ask_reload(worker, worker->api.reload_asked);
	} else if (!alone) {
		log_write(LOG_LEVEL_INFO,
			"signal %d (%s) is for the supervisor, process %ld",
			number, strsignal(number), (long)getppid());
	} else if (number == SIGINT || number == SIGTERM) {
		return ORDER_END;
	} else {
		worker_reload_alone(worker);
	}
	return ORDER_NONE;
}

/* Waits for a word, a signal or the supervisor's end. */
static enum order
wait_for_orders(struct worker *worker)
{
	struct pollfd fds[2] = {
		{.fd = signals_fd(), .events = POLLIN},
		{.fd = worker->link, .events = POLLIN},
	};
	enum order order = ORDER_NONE;
	int number;

	if (poll(fds, 2, worker_watch(worker)) < 0)
		return ORDER_NONE;
	if ((fds[1].revents & (POLLIN | POLLHUP)) != 0)
		order = read_link(worker);
	while (order == ORDER_NONE && (number = signals_next()) != 0)
		order = on_signal(worker, number);
	return order;
}

static void
remove_own_sockets(struct worker *worker)
{
	const struct generation *generation;

	if (worker->slot == NULL || worker->link >= 0)
		return;
	generation = generation_slot_get(worker->slot);
	sockets_remove(generation->config, &worker->sockets);
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

/* The file of a password is kept with the others. */
static struct store *
open_store(const struct worker *worker, const struct config *config,
	struct err *err)
{
	struct bundle *bundle = NULL;
	struct store *store;

	if (worker->files != WORKER_NO_FILES)
		bundle = bundle_open(worker->files, err);
	bundle_use(bundle);
	store = storage_open(config, err);
	bundle_use(NULL);
	bundle_free(bundle);
	return store;
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
	confine_worker(config, worker->link < 0);
	worker->store = open_store(worker, config, err);
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
	worker->held = held_seen_new();
	if (worker->probes == NULL || worker->held == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (pipe(worker->pipe) < 0)
		return err_system(err, "cannot make a pipe");
	worker->service = (struct session_service){
		.slot = worker->slot,
		.store = worker->store,
		.report = worker->report,
		.probes = worker->probes,
		.clock = steady_clock(),
	};
	worker->api.ask_reload = ask_reload;
	worker->api.ask_ctx = worker;
	worker->api.slot = worker->slot;
	worker->api.store = worker->store;
	worker->api.metrics = worker->metrics;
	worker->api.probes = worker->probes;
	worker->api.held = worker->held;
	worker->api.report = worker->report;
	worker->api.clock = steady_clock();
	worker->api.started_ms = clock_now_ms(steady_clock());
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
	if (worker->link >= 0 && !link_say(worker->link, LINK_READY))
		log_write(LOG_LEVEL_WARNING, "the supervisor is gone");
}

static bool
begin(struct worker *worker, const struct generation *generation,
	struct err *err)
{
	worker_reload_use_places(worker, generation->config);
	worker_reload_limit_sessions(generation->config);
	alerts_choose(generation->config);
	if (!prepare(worker, generation, err) || !start_control(worker, err) ||
		!worker_reload_http(worker, generation->config, err))
		return false;
	worker->threads = worker_watch_threads();
	say_ready(worker, generation);
	return true;
}

/* Returns only when libmilter was stopped by a signal of its own, or never
 * started. */
static int
serve_take(struct worker *worker, const struct generation *generation)
{
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

static bool
await_word(const struct worker *worker, struct link_message *message)
{
	enum link_outcome outcome;

	do {
		outcome = link_receive(worker->link, message);
	} while (outcome == LINK_NOTHING);
	return outcome == LINK_MESSAGE;
}

/* The first word says what this process is: it may have to read the files
 * long before it is needed. */
static int
obey(struct worker *worker)
{
	const struct generation *generation = NULL;
	struct link_message message;

	if (!await_word(worker, &message))
		return WORKER_EXIT_SYSTEM;
	if (message.word == LINK_CHECK)
		return worker_check(worker->file, &worker->loading, &message)
			? WORKER_EXIT_OK
			: WORKER_EXIT_CONFIG;
	if (message.word == LINK_ALERT)
		return alerter_run(worker->file, worker->link, &message);
	if (message.word == LINK_PREPARE) {
		generation =
			worker_reload_read(worker, message.fds[LINK_FD_FILES]);
		(void)close(message.fds[LINK_FD_FILES]);
		if (generation == NULL)
			return WORKER_EXIT_CONFIG;
		if (!link_say(worker->link, LINK_READY) ||
			!await_word(worker, &message)) {
			generation_unref(generation);
			return WORKER_EXIT_OK;
		}
	}
	worker->files = message.fds[LINK_FD_FILES];
	worker->sockets = (struct sockets){
		.milter = message.fds[LINK_FD_MILTER],
		.control = message.fds[LINK_FD_CONTROL],
		.http = message.fds[LINK_FD_HTTP],
	};
	worker_reload_take_places(worker, &message);
	(void)alerts_use(
		message.fds[LINK_FD_ALERTS], message.fds[LINK_FD_BOARD]);
	(void)link_say(worker->link, LINK_ALIVE);
	log_echo(true);
	worker->api.restarts = link_serve_deaths(message.number);
	if (link_serve_is_refused(message.number))
		worker_reload_tell_refused();
	if (generation == NULL)
		generation = worker_reload_read(worker, worker->files);
	return serve_take(worker, generation);
}

int
worker_run(const struct worker_options *options)
{
	/* The control thread may outlive this call. */
	static struct worker worker;

	worker = (struct worker){
		.file = options->file,
		.loading = {.allow_empty = options->allow_empty},
		.link = options->link,
		.files = WORKER_NO_FILES,
		.sockets = options->sockets,
		.places = options->places,
		.pipe = {-1, -1},
	};
	if (options->link >= 0)
		return obey(&worker);
	return serve_take(&worker, worker_reload_read(&worker, worker.files));
}
