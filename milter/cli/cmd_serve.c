/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden serve: reads and checks everything, opens the sockets, and
 * becomes the supervisor. --worker is how a supervisor starts its workers.
 */
#include "base/bundle.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/options.h"
#include "daemon/descriptors.h"
#include "daemon/generation.h"
#include "daemon/privilege.h"
#include "daemon/sockets.h"
#include "daemon/state_dir.h"
#include "daemon/supervisor.h"
#include "daemon/worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define PROGRAM_BYTES 4096

struct serve_options {
	const char *file;
	const char *worker; /* its link, from the supervisor */
	bool alone, allow_empty;
};

static bool
parse_options(int argc, char **argv, struct serve_options *options, int *status)
{
	const struct options_row rows[] = {
		{"config", 'c', "FILE", &options_text, &options->file,
			"the configuration (" COMMAND_CONFIG_FILE ")"},
		{"no-supervisor", 0, NULL, &options_flag, &options->alone,
			"one process: for debugging"},
		{"allow-empty", 0, NULL, &options_flag, &options->allow_empty,
			"starts without a policy, too: for tests"},
		{"worker", 0, "DESCRIPTOR", &options_text, &options->worker,
			NULL},
	};
	const struct options table = {
		.about = "Runs the daemon, in the foreground.",
		.example = "serve -c /etc/forwarden/forwarden.yaml",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};

	*options = (struct serve_options){.file = COMMAND_CONFIG_FILE};
	return options_read(&table, argc, argv, NULL, status);
}

/* What is opened once, by whoever starts the program. */
struct opened {
	int files; /* a bundle of the configuration and its policies */
	struct sockets sockets;
	struct places places;
};

static int
serve_as_worker(const struct serve_options *options)
{
	struct worker_options worker = {
		.file = options->file, .allow_empty = options->allow_empty};

	if (sscanf(options->worker, "%d", &worker.link) != 1 ||
		fcntl(worker.link, F_SETFD, FD_CLOEXEC) != 0)
		return options_refuse("serve", "--worker is the supervisor's");
	return worker_run(&worker);
}

/* Everything that is wrong with the files, before anything is opened. What
 * was read is kept. */
static bool
check_files(const struct serve_options *options, struct bundle *bundle,
	const struct generation **generation)
{
	const struct generation_options loading = {
		.allow_empty = options->allow_empty};
	struct diags *diags = diags_new();
	struct buf text = {0};

	*generation = NULL;
	if (diags == NULL || bundle == NULL)
		return false;
	bundle_use(bundle);
	*generation = generation_load(options->file, &loading, diags);
	bundle_use(NULL);
	if (*generation == NULL || diags_count(diags, DIAG_WARNING) > 0) {
		diags_print(diags, &text);
		(void)fputs(buf_slice(&text).p, stderr);
	}
	buf_fini(&text);
	diags_free(diags);
	return *generation != NULL;
}

static bool
keep_files(const struct bundle *bundle, int *files, struct err *err)
{
	*files = bundle_memory("forwarden-files", err);
	if (*files < 0 || !bundle_save(bundle, *files, err))
		return false;
	bundle_seal(*files);
	return true;
}

static bool
prepare(const struct config *config, struct opened *opened, struct err *err)
{
	struct privilege user;
	int state;

	descriptors_raise();
	if (!privilege_find(config->user, config->group, &user, err))
		return false;
	places_open(config, &user, &opened->places);
	if (!places_use_log(config, &opened->places, err))
		return false;
	log_echo(true);
	/* Whose sockets are in use is told first, at once. */
	state = state_dir_take(config->state, &user, err);
	return state >= 0 &&
		sockets_open(config, &user, &opened->sockets, err) &&
		state_dir_hold(state, config->state, &user, err);
}

/* The path under which this program can be run again, or a newer one put
 * there in its place. */
static const char *
find_program(char room[PROGRAM_BYTES])
{
	ssize_t len = readlink("/proc/self/exe", room, PROGRAM_BYTES - 1);

	if (len > 0) {
		room[len] = '\0';
		return room;
	}
	return "forwarden";
}

static int
run(const struct serve_options *options, const struct config *config,
	const struct opened *opened)
{
	char room[PROGRAM_BYTES];
	struct supervisor_options supervisor = {
		.program = find_program(room),
		.file = options->file,
		.allow_empty = options->allow_empty,
		.config = config,
		.files = opened->files,
		.sockets = opened->sockets,
		.places = opened->places,
	};
	struct worker_options worker = {
		.file = options->file,
		.allow_empty = options->allow_empty,
		.link = -1,
		.sockets = opened->sockets,
		.places = opened->places,
	};

	return options->alone ? worker_run(&worker)
			      : supervisor_run(&supervisor);
}

static int
serve(const struct serve_options *options, struct bundle *bundle)
{
	const struct generation *generation;
	struct opened opened;
	struct err err = {0};
	int status = WORKER_EXIT_SYSTEM;

	if (!check_files(options, bundle, &generation))
		return WORKER_EXIT_CONFIG;
	if (keep_files(bundle, &opened.files, &err) &&
		prepare(generation->config, &opened, &err)) {
		status = run(options, generation->config, &opened);
	} else {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	}
	generation_unref(generation);
	log_close();
	return status;
}

int
cmd_serve(int argc, char **argv)
{
	struct serve_options options;
	struct bundle *bundle;
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	if (options.worker != NULL)
		return serve_as_worker(&options);
	bundle = bundle_new();
	status = serve(&options, bundle);
	bundle_free(bundle);
	return status;
}
