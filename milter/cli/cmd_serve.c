/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden serve: reads and checks everything, opens the sockets, and
 * becomes the supervisor. --worker is how a supervisor starts its workers.
 */
#include "base/log.h"
#include "cli/command.h"
#include "cli/options.h"
#include "daemon/generation.h"
#include "daemon/privilege.h"
#include "daemon/sockets.h"
#include "daemon/state_dir.h"
#include "daemon/supervisor.h"
#include "daemon/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM_BYTES 4096

struct serve_options {
	const char *file;
	const char *worker; /* descriptors, from the supervisor */
	bool alone;
};

static bool
parse_options(int argc, char **argv, struct serve_options *options, int *status)
{
	const struct options_row rows[] = {
		{"config", 'c', "FILE", &options_text, &options->file,
			"the configuration (" COMMAND_CONFIG_FILE ")"},
		{"no-supervisor", 0, NULL, &options_flag, &options->alone,
			"one process: for debugging"},
		{"worker", 0, "DESCRIPTORS", &options_text, &options->worker,
			NULL},
	};
	const struct options table = {
		.about = "Runs the daemon, in the foreground.",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};

	*options = (struct serve_options){.file = COMMAND_CONFIG_FILE};
	return options_read(&table, argc, argv, NULL, status);
}

static int
serve_as_worker(const struct serve_options *options)
{
	struct worker_options worker = {.file = options->file};

	if (sscanf(options->worker, "%d,%d,%d,%d", &worker.sockets.milter,
		    &worker.sockets.control, &worker.sockets.http,
		    &worker.link) != 4)
		return options_refuse("serve", "--worker is the supervisor's");
	(void)sockets_inherit(&worker.sockets, false);
	return worker_run(&worker);
}

/* Everything that is wrong with the files, before anything is opened. */
static bool
check_files(const char *file, const struct generation **generation)
{
	struct diags *diags = diags_new();
	struct buf text = {0};

	*generation = diags != NULL ? generation_load(file, NULL, diags) : NULL;
	if (diags != NULL &&
		(*generation == NULL || diags_count(diags, DIAG_WARNING) > 0)) {
		diags_print(diags, &text);
		(void)fputs(buf_slice(&text).p, stderr);
	}
	buf_fini(&text);
	diags_free(diags);
	return *generation != NULL;
}

static bool
prepare(const struct config *config, struct sockets *sockets, struct err *err)
{
	struct privilege user;

	return privilege_find(config->user, config->group, &user, err) &&
		state_dir_make_file(config->log_target, &user, err) &&
		state_dir_make_file(config->events, &user, err) &&
		log_open(config->log_target, (enum log_level)config->log_level,
			err) &&
		state_dir_make(config->state, 0750, &user, err) &&
		sockets_open(config, &user, sockets, err);
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
	const struct sockets *sockets)
{
	char room[PROGRAM_BYTES];
	struct supervisor_options supervisor = {
		.program = find_program(room),
		.file = options->file,
		.config = config,
		.sockets = *sockets,
	};
	struct worker_options worker = {
		.file = options->file,
		.sockets = *sockets,
		.link = -1,
	};
	int status;

	if (!options->alone)
		return supervisor_run(&supervisor);
	status = worker_run(&worker);
	sockets_remove(config);
	return status;
}

int
cmd_serve(int argc, char **argv)
{
	struct serve_options options;
	const struct generation *generation;
	struct sockets sockets;
	struct err err = {0};
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	if (options.worker != NULL)
		return serve_as_worker(&options);
	if (!check_files(options.file, &generation))
		return WORKER_EXIT_CONFIG;
	status = WORKER_EXIT_SYSTEM;
	if (prepare(generation->config, &sockets, &err)) {
		status = run(&options, generation->config, &sockets);
	} else {
		(void)fprintf(stderr, "forwarden: %s\n", err.text);
	}
	generation_unref(generation);
	log_close();
	return status;
}
