/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs scenario files: those named, or all *.scn of the directory beside
 * the sources. TAP: one test a scenario; what differed follows as comments.
 */
#include "scn.h"

#include "verdict/policies.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_BYTES_MAX (4 * 1024 * 1024)
#define ARENA_BYTES (64 * 1024 * 1024)

static unsigned number, failed;

static void
comment(struct slice text)
{
	struct slice line;

	while (slice_next(&text, '\n', &line)) {
		if (line.len > 0)
			printf("# %.*s\n", SLICE_ARG(line));
	}
}

static void
result(bool good, const char *file, struct slice name, struct slice why)
{
	const char *base = strrchr(file, '/');

	number++;
	failed += good ? 0 : 1;
	printf("%sok %u - %s: %.*s\n", good ? "" : "not ", number,
		base != NULL ? base + 1 : file, SLICE_ARG(name));
	comment(why);
}

static bool
read_file(const char *path, struct buf *out)
{
	char block[4096];
	FILE *file = fopen(path, "r");
	size_t got;

	if (file == NULL)
		return false;
	while ((got = fread(block, 1, sizeof(block), file)) > 0 &&
		out->len < FILE_BYTES_MAX)
		buf_add(out, (struct slice){block, got});
	fclose(file);
	return buf_ok(out);
}

static struct sigma_program *
load(const struct scn *scn, const char *file, struct buf *why)
{
	struct diags *diags = diags_new();
	struct sigma_program *program;
	struct sigma_options options;

	policies_options(&options);
	program = scn->policy.p != NULL
		? sigma_program_parse(file, scn->policy, &options, diags)
		: policies_load(scn->paths, scn->path_count, &options, diags);
	if (program == NULL)
		diags_print(diags, why);
	diags_free(diags);
	return program;
}

static void
run_scenario(const struct scn *scn, const struct sigma_program *program,
	const struct scenario *scenario)
{
	struct sandbox_options options = {
		.realm = scn->realm, .store = scn->store, .at_ms = 1};
	struct buf why = {0};
	struct err err = {0};
	struct sandbox *sandbox;
	bool good = false;

	judge_options_init(&options.judge);
	options.judge.program = program;
	options.judge.respond = scn->respond;
	sandbox = sandbox_new(&options, &err);
	if (sandbox == NULL) {
		buf_puts(&why, err.text);
	} else {
		good = trial_run(sandbox, &scenario->trial, &why);
	}
	result(good, scenario->trial.file, scenario->name, buf_slice(&why));
	sandbox_free(sandbox);
	buf_fini(&why);
}

static void
run_all(const struct scn *scn, const char *file)
{
	struct buf why = {0};
	struct sigma_program *program = load(scn, file, &why);

	if (program == NULL) {
		result(false, file, SLICE("its policies load"),
			buf_slice(&why));
	} else {
		for (size_t i = 0; i < scn->count; i++)
			run_scenario(scn, program, &scn->scenarios[i]);
	}
	sigma_program_free(program);
	buf_fini(&why);
}

static void
run_file(const char *file)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buf text = {0};
	struct err err = {0};
	struct scn *scn = NULL;

	if (!read_file(file, &text)) {
		err_system(&err, "%s", file);
	} else {
		scn = scn_parse(arena, file, buf_slice(&text), &err);
	}
	if (scn == NULL) {
		result(false, file, SLICE("it can be read"),
			slice_of(err.text));
	} else {
		run_all(scn, file);
		realm_free(scn->realm);
	}
	buf_fini(&text);
	arena_free(arena);
}

static void
run_directory(void)
{
	const char *top = getenv("TOP_SRCDIR");
	struct buf pattern = {0};
	glob_t found;

	buf_printf(
		&pattern, "%s/tests/scenario/*.scn", top != NULL ? top : ".");
	if (glob(pattern.p, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			run_file(found.gl_pathv[i]);
		globfree(&found);
	}
	buf_fini(&pattern);
}

int
main(int argc, char **argv)
{
	setenv("TZ", "UTC", 1);
	tzset();
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	if (argc == 1)
		run_directory();
	printf("1..%u\n", number);
	return failed == 0 && number > 0 ? 0 : 1;
}
