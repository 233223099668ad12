/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden test: run the tests that lie beside policies. */
#include "cli/command.h"
#include "cli/engine.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "lab/test_file.h"
#include "lab/test_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct test_options {
	const char *config; /* NULL: the defaults */
	struct options_words policies;
	char **paths;
	bool quiet, verbose;
};

static void
add_indented(struct buf *out, struct slice text)
{
	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (line.len > 0)
			buf_printf(out, "      %.*s\n", SLICE_ARG(line));
	}
}

static void
show(void *ctx, const struct test_result *result)
{
	const struct test_options *options = ctx;
	struct buf out = {0};

	if (result->passed && !options->verbose)
		return;
	buf_puts(&out, result->passed ? "ok    " : "FAIL  ");
	if (slice_is_absent(result->name)) {
		buf_printf(&out, "%s\n", result->path);
	} else {
		if (result->policy.len > 0) {
			buf_add_visible(&out, result->policy);
			buf_puts(&out, ": ");
		}
		buf_add_visible(&out, result->name);
		buf_add_byte(&out, '\n');
	}
	add_indented(&out, result->failures);
	screen_print(&out);
	buf_fini(&out);
}

/* Policies that speak but that no test file is about; where any file is
 * about one. */
static void
show_untested(const struct test_run *run)
{
	struct slice name;
	size_t at = 0;

	if (run->tested.len == 0)
		return;
	while (!slice_is_absent(name = test_run_untested(run, &at)))
		printf("note: no test is about %.*s\n", SLICE_ARG(name));
}

static int
run(struct test_options *options)
{
	struct test_run run = {.each = show, .ctx = options};
	struct sigma_program *program;
	struct engine engine;
	struct err err = {0};
	bool good;

	if (!engine_open_config(&engine, options->config))
		return COMMAND_FAILED;
	program = engine_load(
		&engine, options->policies.at, options->policies.count);
	run.sandbox = engine_sandbox(&engine);
	run.program = program;
	good = program != NULL;
	for (char **path = options->paths; good && *path != NULL; path++)
		good = test_run_path(&run, *path, &err);
	if (program != NULL && !good)
		fprintf(stderr, "forwarden test: %s\n", err.text);
	if (good && !options->quiet) {
		show_untested(&run);
		printf("%u passed, %u failed\n", run.passed, run.failed);
	}
	test_run_fini(&run);
	sigma_program_free(program);
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
	};
	const struct options table = {
		.about =
			"Runs every *.test.yaml in and below the paths against "
			"the policies of the same\npaths, or of -p. Each test "
			"has an empty store and a clock of its own. Exit\n"
			"status: 0 when all passed, 1 when a test failed, 2 "
			"when the command line is\nwrong.",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "PATH...",
		.least = 1,
		.most = -1,
		.add_more = test_file_help};
	struct options_words *policies = &options->policies;

	*options = (struct test_options){0};
	if (!options_read(&table, argc, argv, &options->paths, status))
		return false;
	if (policies->count > 0)
		return true;
	for (char **path = options->paths; *path != NULL; path++) {
		if (!options_words.take(policies, *path)) {
			*status = options_refuse(argv[0], options_words.hint);
			return false;
		}
	}
	return true;
}

int
cmd_test(int argc, char **argv)
{
	struct test_options options;
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	/* time.hour and time.weekday are the same wherever a test runs. */
	setenv("TZ", "UTC", 1);
	tzset();
	return run(&options);
}
