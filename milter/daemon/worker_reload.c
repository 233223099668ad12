/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker works with, at its start and at each reload. */
#include "daemon/worker_reload.h"

#include "base/bundle.h"
#include "base/log.h"
#include "daemon/alerts.h"
#include "daemon/descriptors.h"
#include "daemon/diagnose.h"
#include "daemon/milter.h"
#include "daemon/report.h"
#include "daemon/storage.h"
#include "daemon/trouble.h"
#include "verdict/metrics.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a reload cannot change, because it was used before. The supervisor
 * goes where listen says now; a worker by itself cannot. */
static void
warn_fixed(const struct worker *worker, const struct config *old,
	const struct config *new)
{
	bool alone = worker->link < 0;
	const struct {
		const char *name, *old, *new;
	} fixed[] = {
		{"listen", alone ? old->listen : new->listen, new->listen},
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

/* Half a list is rather a file that was cut short than a decision. */
static void
warn_shrunk(const struct sigma_program *old, const struct sigma_program *new)
{
	const struct sigma_list_size *before, *after;
	size_t before_count = sigma_program_lists(old, &before);
	size_t after_count = sigma_program_lists(new, &after);

	for (size_t i = 0; i < after_count; i++) {
		for (size_t k = 0; k < before_count; k++) {
			if (!slice_equal(before[k].name, after[i].name) ||
				after[i].count * 2 >= before[k].count)
				continue;
			log_write(LOG_LEVEL_WARNING,
				"reload: the list \"%.*s\" has %zu entries, "
				"where it had %zu: is its file whole?",
				SLICE_ARG(after[i].name), after[i].count,
				before[k].count);
		}
	}
}

static void
renew_logins(const struct worker *worker, const struct config *config)
{
	struct err err = {0};

	if (!storage_log_in(worker->store, config, &err)) {
		log_write(LOG_LEVEL_ERROR,
			"reload: %s: the ones before are used", err.text);
	}
}

void
worker_reload_use_places(struct worker *worker, const struct config *config)
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

const struct generation *
worker_reload_read(const struct worker *worker, int files)
{
	const struct generation *generation = NULL;
	struct diags *diags = diags_new();
	struct bundle *bundle = NULL;
	struct err err = {0};

	if (files != WORKER_NO_FILES)
		bundle = bundle_open(files, &err);
	if (diags != NULL && (bundle != NULL || files == WORKER_NO_FILES)) {
		bundle_use(bundle);
		generation =
			generation_load(worker->file, &worker->loading, diags);
		bundle_use(NULL);
	}
	if (err.code != ERR_NONE)
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	diagnose_log(diags);
	bundle_free(bundle);
	diags_free(diags);
	return generation;
}

void
worker_reload_tell_refused(void)
{
	trouble_set(TROUBLE_RELOAD,
		"the configuration or a policy on disk is wrong: what was "
		"there before is in use; `forwarden check` says what it is");
}

static bool
refuse_reload(struct worker *worker)
{
	log_write(LOG_LEVEL_ERROR,
		"reload: refused; the configuration and the policies in use "
		"stay");
	atomic_fetch_add(&worker->api.reloads_refused, 1);
	worker_reload_tell_refused();
	return false;
}

void
worker_reload_limit_sessions(const struct config *config)
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

	worker_reload_use_places(
		worker, new != NULL ? new->config : old->config);
	if (new == NULL) {
		generation_unref(old);
		return refuse_reload(worker);
	}
	warn_fixed(worker, old->config, new->config);
	warn_shrunk(old->program, new->program);
	renew_logins(worker, new->config);
	worker_reload_limit_sessions(new->config);
	alerts_choose(new->config);
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

void
worker_reload_alone(struct worker *worker)
{
	unsigned number = worker->api.reload_asked;
	const struct generation *new =
		worker_reload_read(worker, WORKER_NO_FILES);
	const struct generation *old = generation_slot_get(worker->slot);
	const struct privilege same = {
		PRIVILEGE_SAME_USER, PRIVILEGE_SAME_GROUP};

	places_close(&worker->places);
	places_open(new != NULL ? new->config : old->config, &same,
		&worker->places);
	generation_unref(old);
	(void)use_generation_take(worker, new);
	worker->api.reload_answered = number;
}

static bool
is_same_socket(int one, int two)
{
	struct stat a, b;

	return fstat(one, &a) == 0 && fstat(two, &b) == 0 &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool
worker_reload_http(
	struct worker *worker, const struct config *config, struct err *err)
{
	worker->http = http_start(&worker->api, worker->sockets.control,
		worker->sockets.http, (unsigned)config->limit_connections, err);
	return worker->http != NULL;
}

/* The old one is shut last: libmilter, which waits on it, wakes then and finds
 * the new one. Shut before, it fails until libmilter gives up. */
static void
renew_milter(struct worker *worker, int milter)
{
	int old = dup(worker->sockets.milter);

	if (dup2(milter, worker->sockets.milter) < 0) {
		log_write(LOG_LEVEL_ERROR, "listen: %s", strerror(errno));
	} else if (old >= 0) {
		(void)shutdown(old, SHUT_RDWR);
	}
	if (old >= 0)
		(void)close(old);
}

/* Sockets that were made again because their path was gone. */
static void
renew_sockets(struct worker *worker, const struct link_message *message)
{
	const struct generation *generation;
	int milter = message->fds[LINK_FD_MILTER];
	int control = message->fds[LINK_FD_CONTROL];
	struct err err = {0};

	if (milter >= 0 && !is_same_socket(milter, worker->sockets.milter))
		renew_milter(worker, milter);
	if (control < 0 || is_same_socket(control, worker->sockets.control))
		return;
	worker->api.ending = true; /* nobody's question is waited for */
	http_stop(worker->http);
	worker->api.ending = false;
	(void)dup2(control, worker->sockets.control);
	generation = generation_slot_get(worker->slot);
	if (!worker_reload_http(worker, generation->config, &err))
		log_write(LOG_LEVEL_ERROR, "control: %s", err.text);
	generation_unref(generation);
}

void
worker_reload_take_places(struct worker *worker, struct link_message *message)
{
	places_close(&worker->places);
	worker->places.log = message->fds[LINK_FD_LOG];
	worker->places.events = message->fds[LINK_FD_EVENTS];
	memcpy(worker->places.missing, message->text, sizeof(message->text));
	message->fds[LINK_FD_LOG] = LINK_FD_NONE;
	message->fds[LINK_FD_EVENTS] = LINK_FD_NONE;
}

void
worker_reload(struct worker *worker, struct link_message *message)
{
	const struct generation *new = NULL;
	bool taken;

	worker_reload_take_places(worker, message);
	renew_sockets(worker, message);
	if (message->fds[LINK_FD_FILES] != LINK_FD_NONE)
		new = worker_reload_read(worker, message->fds[LINK_FD_FILES]);
	taken = use_generation_take(worker, new);
	worker->api.reload_answered = message->number;
	if (message->fds[LINK_FD_FILES] != LINK_FD_NONE) {
		(void)link_say(worker->link, taken ? LINK_TAKEN : LINK_REFUSED);
	}
	for (size_t i = 0; i < LINK_FD_COUNT; i++) {
		if (message->fds[i] >= 0)
			(void)close(message->fds[i]);
	}
}
