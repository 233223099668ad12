/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden test: run the tests that lie beside policies. */
#include "cli/command.h"
#include "cli/engine.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "cli/test_report.h"
#include "lab/test_file.h"
#include "lab/test_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct test_options {
	const char *config; /* NULL: the defaults */
	struct options_words policies;
	char **paths;
	bool quiet, verbose, coverage;
	bool json, tap, junit;
	bool events;
};

/* The last format that was asked for. */
static enum test_format
format_of(const struct test_options *options)
{
	if (options->json)
		return FORMAT_JSON;
	if (options->junit)
		return FORMAT_JUNIT;
	return options->tap ? FORMAT_TAP : FORMAT_TEXT;
}

static bool
prepare(struct test_run *run, const struct test_options *options)
{
	if (!options->coverage || run->program == NULL)
		return run->program != NULL;
	run->coverage = calloc(
		sigma_program_rules(run->program) + 1, sizeof(*run->coverage));
	return run->coverage != NULL;
}

static int
run(struct test_options *options)
{
	struct test_report report = {.format = format_of(options),
		.quiet = options->quiet || options->events,
		.verbose = options->verbose};
	struct test_run run = {.each = test_report_add, .ctx = &report};
	struct engine_policies policies = {0};
	struct engine engine;
	struct err err = {0};
	bool good;

	if (!engine_open_config(&engine, options->config))
		return COMMAND_FAILED;
	(void)engine_load(&engine, options->policies.at,
		options->policies.count, &policies);
	run.sandbox = engine_sandbox(&engine);
	run.sandbox.judge.keywords = policies.keywords;
	if (options->events)
		run.sandbox.judged = screen_print_event;
	run.program = policies.program;
	good = prepare(&run, options);
	for (char **path = options->paths; good && *path != NULL; path++)
		good = test_run_path(&run, *path, &err);
	if (run.program != NULL && !good)
		fprintf(stderr, "forwarden test: %s\n", err.text);
	if (good)
		test_report_end(&report, &run);
	if (good && run.passed + run.failed == 0) {
		fputs("forwarden test: there is no *.test.yaml in or below "
		      "these paths\n",
			stderr);
	}
	test_run_fini(&run);
	free(run.coverage);
	engine_policies_free(&policies);
	engine_close(&engine);
	return good && run.failed == 0 && run.passed > 0 ? COMMAND_OK
							 : COMMAND_FAILED;
}

static bool
parse_options(int argc, char **argv, struct test_options *options, int *status)
{
	const struct options_row rows[] = {
		{"config", 'c', "FILE", &options_text, &options->config,
			"lists, limits and answers of this configuration, not "
			"the defaults"},
		{"policies", 'p', "PATH", &options_words, &options->policies,
			"policies, instead of those of the same paths"},
		{"quiet", 'q', NULL, &options_flag, &options->quiet,
			"nothing but failures"},
		{"verbose", 'v', NULL, &options_flag, &options->verbose,
			"name the tests that passed, too"},
		{"coverage", 0, NULL, &options_flag, &options->coverage,
			"which policies have no hit, or no near miss"},
		{"json", 'j', NULL, &options_flag, &options->json,
			"the results as JSON"},
		{"tap", 0, NULL, &options_flag, &options->tap,
			"the results as TAP"},
		{"junit", 0, NULL, &options_flag, &options->junit,
			"the results as XML, as JUnit writes it"},
		{"events", 0, NULL, &options_flag, &options->events,
			"failures, and the event of each message as a line "
			"of JSON"},
	};
	const struct options table = {
		.about =
			"Runs every *.test.yaml in and below the paths against "
			"the policies of the same\npaths, or of -p. Each test "
			"has an empty store and a clock of its own. Exit\n"
			"status: 0 when all passed, 1 when a test failed, 2 "
			"when the command line is\nwrong.",
		.example = "test policies",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "PATH...",
		.least = 1,
		.most = -1,
		.add_more = test_file_help};

	*options = (struct test_options){0};
	return options_read(&table, argc, argv, &options->paths, status);
}

/* Why these options cannot go together; NULL if they can. Without policies
 * they are those of the tests' own paths. */
static const char *
complete(struct test_options *options)
{
	struct options_words *policies = &options->policies;

	if (options->json + options->tap + options->junit + options->events > 1)
		return "one of --json, --tap, --junit and --events";
	if (policies->count > 0)
		return NULL;
	for (char **path = options->paths; *path != NULL; path++) {
		if (!options_words.take(policies, *path))
			return options_words.hint;
	}
	return NULL;
}

int
cmd_test(int argc, char **argv)
{
	struct test_options options;
	const char *why;
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	why = complete(&options);
	if (why != NULL)
		return options_refuse(argv[0], why);
	/* time.hour and time.weekday are the same wherever a test runs. */
	setenv("TZ", "UTC", 1);
	tzset();
	return run(&options);
}
