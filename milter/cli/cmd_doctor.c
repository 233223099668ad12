/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden doctor: looks at the running system and says what is blind or
 * wrong, each with its remedy.
 */
#include "cli/command.h"
#include "cli/doctor.h"
#include "cli/screen.h"
#include "mta/postfix_check.h"

#include <getopt.h>
#include <stdio.h>

static const char usage[] = "forwarden doctor [-c FILE] [--postfix FOLDER | "
			    "--no-postfix] [--json]";

struct doctor_options {
	struct ask_options ask;
	const char *postfix; /* folder of main.cf; NULL: Postfix's own */
	bool no_postfix;
};

enum {
	OPTION_POSTFIX = 256,
	OPTION_NO_POSTFIX
};

static bool
parse_options(int argc, char **argv, struct doctor_options *options)
{
	static const struct option longs[] = {
		ASK_LONG_OPTIONS,
		{"postfix", required_argument, NULL, OPTION_POSTFIX},
		{"no-postfix", no_argument, NULL, OPTION_NO_POSTFIX},
		{NULL, 0, NULL, 0},
	};
	int c;

	*options = (struct doctor_options){0};
	ask_options_init(&options->ask);
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == OPTION_POSTFIX) {
			options->postfix = optarg;
		} else if (c == OPTION_NO_POSTFIX) {
			options->no_postfix = true;
		} else if (!ask_option(&options->ask, c, optarg)) {
			return false;
		}
	}
	return optind == argc;
}

static void
look_at_postfix(struct doctor *doctor, const struct doctor_options *options)
{
	struct err err = {0};
	struct postfix *postfix;

	if (options->no_postfix)
		return;
	postfix = postfix_read(options->postfix, &err);
	if (postfix == NULL) {
		checkup_add(doctor->checkup,
			&(struct remedy){CHECKUP_NOTE, "postfix",
				"--postfix FOLDER says where main.cf is; "
				"--no-postfix if there is none"},
			"cannot look at Postfix: %s", err.text);
		return;
	}
	const struct postfix_check check = {postfix, &doctor->listen,
		doctor->generation->realm,
		doctor->generation->config->mode == MODE_ENFORCE,
		doctor->checkup};
	postfix_check(&check);
	postfix_domains_check(&check);
	postfix_free(postfix);
}

static void
look_at_daemon(struct doctor *doctor, const struct doctor_options *options)
{
	struct err err = {0};
	struct ask *ask = ask_open(options->ask.socket != NULL
			? options->ask.socket
			: doctor->generation->config->control,
		&err);

	doctor_daemon(doctor, ask);
	ask_close(ask);
}

static void
print_checkup(const struct doctor *doctor, bool json)
{
	struct buf text = {0};

	if (json) {
		screen_print_json(doctor_json(doctor));
	} else {
		doctor_add_text(doctor, &text);
		screen_print(&text);
	}
	buf_fini(&text);
}

static int
examine(const struct generation *generation,
	const struct doctor_options *options)
{
	struct doctor doctor;
	int status = COMMAND_FAILED;

	if (doctor_init(&doctor, generation)) {
		checkup_add_fine(doctor.checkup, "files",
			"%s and its policies are sound", options->ask.file);
		look_at_daemon(&doctor, options);
		look_at_postfix(&doctor, options);
		print_checkup(&doctor, options->ask.json);
		if (checkup_count(doctor.checkup, CHECKUP_WRONG) == 0)
			status = COMMAND_OK;
	}
	doctor_fini(&doctor);
	return status;
}

int
cmd_doctor(int argc, char **argv)
{
	struct doctor_options options;
	const struct generation *generation = NULL;
	struct diags *diags = diags_new();

	if (!parse_options(argc, argv, &options)) {
		diags_free(diags);
		return command_usage(usage);
	}
	if (diags != NULL)
		generation = generation_load(options.ask.file, NULL, diags);
	if (generation == NULL) {
		(void)fprintf(stderr,
			"forwarden: %s cannot be used; `forwarden check -c "
			"%s` says why, and comes first\n",
			options.ask.file, options.ask.file);
	}
	int status = generation != NULL ? examine(generation, &options)
					: COMMAND_FAILED;
	generation_unref(generation);
	diags_free(diags);
	return status;
}
