/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden test: run the tests that lie beside policies. */
#include "cli/command.h"
#include "lab/paths.h"
#include "lab/test_file.h"
#include "verdict/policies.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define USAGE \
	"forwarden test [-qv] [-p POLICIES]... PATH...   (--help tells more)"
#define FILE_BYTES (64 * 1024 * 1024)
#define POLICIES_MAX 16
/* A Monday morning, unless a test says otherwise. */
#define BEGIN_MS INT64_C(1767603600000) /* 2026-01-05T09:00:00Z */

struct tally {
	unsigned passed, failed;
	bool quiet, verbose;
	const struct sigma_program *program;
	struct buf tested; /* names of policies, each between newlines */
};

static void
print(FILE *to, struct slice text)
{
	fwrite(text.p, 1, text.len, to);
}

static void
print_indented(struct slice text)
{
	struct slice line;

	while (slice_next(&text, '\n', &line)) {
		if (line.len > 0)
			printf("      %.*s\n", SLICE_ARG(line));
	}
}

static void
show(struct tally *tally, const struct test_file *file,
	const struct test_case *test, bool good)
{
	struct buf line = {0};

	if (good && !tally->verbose)
		return;
	buf_puts(&line, good ? "ok    " : "FAIL  ");
	if (file->policy.len > 0) {
		buf_add_visible(&line, file->policy);
		buf_puts(&line, ": ");
	}
	buf_add_visible(&line, test->name);
	buf_add_byte(&line, '\n');
	print(stdout, buf_slice(&line));
	buf_fini(&line);
}

static void
run_case(struct tally *tally, const struct test_file *file,
	const struct test_case *test)
{
	struct sandbox_options options = {
		.realm = file->realm, .at_ms = BEGIN_MS};
	struct sandbox *sandbox;
	struct buf failures = {0};
	struct err err = {0};
	bool good = false;

	judge_options_init(&options.judge);
	options.judge.program = tally->program;
	options.judge.respond = file->respond;
	sandbox = sandbox_new(&options, &err);
	if (sandbox == NULL) {
		buf_puts(&failures, err.text);
	} else {
		good = trial_run(sandbox, &test->trial, &failures);
	}
	*(good ? &tally->passed : &tally->failed) += 1;
	show(tally, file, test, good);
	print_indented(buf_slice(&failures));
	sandbox_free(sandbox);
	buf_fini(&failures);
}

static bool
is_policy(const struct sigma_program *program, struct slice name)
{
	for (size_t i = 0; i < sigma_program_rules(program); i++) {
		if (slice_equal(verdict_policy(sigma_program_rule(program, i)),
			    name))
			return true;
	}
	return false;
}

static void
run_file(struct tally *tally, const struct test_file *file, const char *path)
{
	if (file->policy.len > 0) {
		buf_printf(&tally->tested, "\n%.*s\n", SLICE_ARG(file->policy));
		if (!is_policy(tally->program, file->policy)) {
			printf("FAIL  %s: no policy is called \"%.*s\"\n", path,
				SLICE_ARG(file->policy));
			tally->failed++;
		}
	}
	for (size_t i = 0; i < file->count; i++)
		run_case(tally, file, &file->cases[i]);
}

static bool
read_and_run(const char *path, void *ctx)
{
	struct tally *tally = ctx;
	struct diags *diags = diags_new();
	struct arena *arena = arena_new(FILE_BYTES);
	struct test_file *file = test_file_read(arena, path, diags);
	struct buf text = {0};

	if (file != NULL) {
		run_file(tally, file, path);
		realm_free(file->realm);
	} else {
		diags_print(diags, &text);
		print(stderr, buf_slice(&text));
		tally->failed++;
	}
	buf_fini(&text);
	arena_free(arena);
	diags_free(diags);
	return true;
}

/* Policies that speak but that no test file is about. */
static void
show_untested(const struct tally *tally)
{
	struct slice tested = buf_slice(&tally->tested);

	for (size_t i = 0; i < sigma_program_rules(tally->program); i++) {
		const struct sigma_rule *rule =
			sigma_program_rule(tally->program, i);
		struct slice name = verdict_policy(rule);
		struct buf line = {0};

		if (rule->kind == SIGMA_FILTER || rule->silent)
			continue;
		buf_printf(&line, "\n%.*s\n", SLICE_ARG(name));
		if (slice_is_absent(tested) ||
			slice_find(tested, buf_slice(&line)) == SLICE_NONE) {
			printf("note: no test is about %.*s\n",
				SLICE_ARG(name));
		}
		buf_fini(&line);
	}
}

static struct sigma_program *
load(const char *const *paths, size_t count)
{
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct sigma_program *program;
	struct buf text = {0};

	policies_options(&options);
	program = policies_load(paths, count, &options, diags);
	if (program == NULL) {
		diags_print(diags, &text);
		print(stderr, buf_slice(&text));
	}
	buf_fini(&text);
	diags_free(diags);
	return program;
}

static int
help(void)
{
	struct buf text = {0};

	buf_puts(&text,
		"usage: " USAGE "\n\n"
		"Runs every *.test.yaml in and below the paths against the\n"
		"policies of the same paths, or of -p. Each test has an empty\n"
		"store and a clock of its own. Exit status: 0 when all "
		"passed,\n"
		"1 when a test failed, 2 when the command line is wrong.\n\n"
		"  -p POLICIES  file or directory of policies (repeatable)\n"
		"  -v           name the tests that passed, too\n"
		"  -q           nothing but failures\n\n");
	test_file_help(&text);
	print(stdout, buf_slice(&text));
	buf_fini(&text);
	return COMMAND_OK;
}

static int
run(struct tally *tally, const char *const *policies, size_t policy_count,
	char **paths)
{
	struct sigma_program *program = load(policies, policy_count);
	struct err err = {0};
	bool good = program != NULL;

	tally->program = program;
	for (char **path = paths; good && *path != NULL; path++) {
		good = paths_each(
			*path, SLICE(".test.yaml"), read_and_run, tally, &err);
	}
	if (program != NULL && !good)
		fprintf(stderr, "forwarden test: %s\n", err.text);
	if (good && !tally->quiet) {
		show_untested(tally);
		printf("%u passed, %u failed\n", tally->passed, tally->failed);
	}
	sigma_program_free(program);
	buf_fini(&tally->tested);
	return good && tally->failed == 0 && tally->passed > 0 ? COMMAND_OK
							       : COMMAND_FAILED;
}

int
cmd_test(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"policies", required_argument, NULL, 'p'},
		{"quiet", no_argument, NULL, 'q'},
		{"verbose", no_argument, NULL, 'v'},
		{NULL, 0, NULL, 0},
	};
	const char *policies[POLICIES_MAX];
	struct tally tally = {0};
	size_t count = 0;
	bool given;
	int c;

	/* time.hour and time.weekday are the same wherever a test runs. */
	setenv("TZ", "UTC", 1);
	tzset();
	while ((c = getopt_long(argc, argv, "hp:qv", options, NULL)) != -1) {
		if (c == 'h')
			return help();
		if (c == 'q') {
			tally.quiet = true;
		} else if (c == 'v') {
			tally.verbose = true;
		} else if (c == 'p' && count < POLICIES_MAX) {
			policies[count++] = optarg;
		} else {
			return command_usage(USAGE);
		}
	}
	if (optind == argc)
		return command_usage(USAGE);
	given = count > 0;
	for (int i = optind; !given && i < argc && count < POLICIES_MAX; i++)
		policies[count++] = argv[i];
	return run(&tally, policies, count, argv + optind);
}
