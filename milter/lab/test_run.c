/* SPDX-License-Identifier: BSD-2-Clause */
/* Running test files. */
#include "lab/test_run.h"

#include "lab/paths.h"
#include "lab/test_file.h"
#include "verdict/policies.h"

#define FILE_BYTES (64 * 1024 * 1024)
/* A Monday morning, unless a test says otherwise. */
#define BEGIN_MS INT64_C(1767603600000) /* 2026-01-05T09:00:00Z */

static void
report(struct test_run *run, const struct test_result *result)
{
	*(result->passed ? &run->passed : &run->failed) += 1;
	run->each(run->ctx, result);
}

static bool
run_trial(const struct test_run *run, const struct test_file *file,
	const struct trial *trial, struct buf *failures)
{
	struct sandbox_options options = run->sandbox;
	struct sandbox *sandbox;
	struct err err = {0};
	bool good = false;

	options.realm = file->realm;
	options.at_ms = BEGIN_MS;
	options.judge.program = run->program;
	options.judge.respond = file->respond;
	if (file->store_down)
		options.store.uri = SANDBOX_STORE_DOWN;
	sandbox = sandbox_new(&options, &err);
	if (sandbox == NULL) {
		buf_puts(failures, err.text);
	} else {
		good = trial_run(sandbox, trial, failures);
	}
	sandbox_free(sandbox);
	return good;
}

static void
run_case(struct test_run *run, const struct test_file *file, const char *path,
	const struct test_case *test)
{
	struct test_result result = {
		.path = path, .policy = file->policy, .name = test->name};
	struct buf failures = {0};

	result.passed = run_trial(run, file, &test->trial, &failures);
	result.failures = buf_slice(&failures);
	report(run, &result);
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
check_policy(
	struct test_run *run, const struct test_file *file, const char *path)
{
	struct test_result result = {.path = path, .policy = file->policy};
	struct buf why = {0};

	buf_printf(&run->tested, "\n%.*s\n", SLICE_ARG(file->policy));
	if (is_policy(run->program, file->policy))
		return;
	buf_printf(&why, "%s: no policy is called \"%.*s\"\n", path,
		SLICE_ARG(file->policy));
	result.failures = buf_slice(&why);
	report(run, &result);
	buf_fini(&why);
}

static bool
read_and_run(const char *path, void *ctx)
{
	struct test_run *run = ctx;
	struct diags *diags = diags_new();
	struct arena *arena = arena_new(FILE_BYTES);
	struct test_file *file =
		test_file_read(arena, path, &run->sandbox.judge.respond, diags);
	struct buf why = {0};

	if (file == NULL) {
		diags_print(diags, &why);
		report(run,
			&(struct test_result){
				.path = path, .failures = buf_slice(&why)});
	} else {
		if (file->policy.len > 0)
			check_policy(run, file, path);
		for (size_t i = 0; i < file->count; i++)
			run_case(run, file, path, &file->cases[i]);
		realm_free(file->realm);
	}
	buf_fini(&why);
	arena_free(arena);
	diags_free(diags);
	return true;
}

bool
test_run_path(struct test_run *run, const char *path, struct err *err)
{
	return paths_each(path, SLICE(".test.yaml"), read_and_run, run, err);
}

static bool
was_tested(const struct test_run *run, struct slice name)
{
	struct buf line = {0};
	bool found;

	buf_printf(&line, "\n%.*s\n", SLICE_ARG(name));
	found = run->tested.len > 0 &&
		slice_find(buf_slice(&run->tested), buf_slice(&line)) !=
			SLICE_NONE;
	buf_fini(&line);
	return found;
}

struct slice
test_run_untested(const struct test_run *run, size_t *at)
{
	while (*at < sigma_program_rules(run->program)) {
		const struct sigma_rule *rule =
			sigma_program_rule(run->program, (*at)++);

		if (rule->kind != SIGMA_FILTER && !rule->silent &&
			!was_tested(run, verdict_policy(rule)))
			return verdict_policy(rule);
	}
	return (struct slice){0};
}

void
test_run_fini(struct test_run *run)
{
	buf_fini(&run->tested);
}
