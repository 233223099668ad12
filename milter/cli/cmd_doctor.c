/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden doctor: looks at the running system and says what is blind or
 * wrong, each with its remedy.
 */
#include "cli/checkup.h"
#include "cli/command.h"
#include "cli/screen.h"

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
look_at_postfix(struct checkup *checkup, const struct doctor_options *options)
{
	struct err err = {0};
	struct postfix *postfix;

	if (options->no_postfix)
		return;
	postfix = postfix_read(options->postfix, &err);
	if (postfix == NULL) {
		checkup_add(checkup,
			&(struct remedy){CHECKUP_NOTE, "postfix",
				"--postfix FOLDER says where main.cf is; "
				"--no-postfix if there is none"},
			"cannot look at Postfix: %s", err.text);
		return;
	}
	checkup_postfix(checkup, postfix);
	checkup_domains(checkup, postfix);
	postfix_free(postfix);
}

static void
look_at_daemon(struct checkup *checkup, const struct doctor_options *options)
{
	struct err err = {0};
	struct ask *ask = ask_open(options->ask.socket != NULL
			? options->ask.socket
			: checkup->generation->config->control,
		&err);

	checkup_daemon(checkup, ask);
	ask_close(ask);
}

static void
print_findings(struct checkup *checkup, bool json)
{
	struct buf text = {0};

	if (json) {
		if (json_write(checkup->list, &text))
			(void)puts(buf_slice(&text).p);
	} else {
		buf_printf(&checkup->text, "\n%u fine, %u to know, %u wrong\n",
			checkup->count[CHECKUP_FINE],
			checkup->count[CHECKUP_NOTE],
			checkup->count[CHECKUP_WRONG]);
		screen_print(&checkup->text);
	}
	buf_fini(&text);
}

static int
examine(const struct generation *generation,
	const struct doctor_options *options)
{
	struct checkup checkup;

	checkup_init(&checkup, generation);
	checkup_fine(&checkup, "files", "%s and its policies are sound",
		options->ask.file);
	look_at_daemon(&checkup, options);
	look_at_postfix(&checkup, options);
	print_findings(&checkup, options->ask.json);
	int status =
		checkup.count[CHECKUP_WRONG] == 0 ? COMMAND_OK : COMMAND_FAILED;
	checkup_fini(&checkup);
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
