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

/* The rule's number, or how many there are. */
static size_t
find_policy(const struct sigma_program *program, struct slice name)
{
	size_t count = sigma_program_rules(program), i = 0;

	while (i < count &&
		!slice_equal(
			verdict_policy(sigma_program_rule(program, i)), name))
		i++;
	return i;
}

/* Each name of a policy in what is expected. */
typedef bool name_fn(struct test_run *, const struct trial_expect *,
	struct slice name, struct buf *failures);

static bool
each_name(struct test_run *run, const struct trial *trial, name_fn *f,
	struct buf *failures)
{
	bool good = true;

	for (size_t i = 0; i < trial->count; i++) {
		for (size_t k = 0; k < trial->steps[i].expect_count; k++) {
			const struct trial_expect *expect =
				&trial->steps[i].expects[k];
			struct slice rest = expect->value, name;

			if (trial_key_names(expect->key) == TRIAL_NAMES_NONE)
				continue;
			while (slice_next(&rest, ',', &name)) {
				name = slice_trim(name);
				if (name.len > 0)
					good &= f(run, expect, name, failures);
			}
		}
	}
	return good;
}

/* A name that no policy has is missed by every message. */
static bool
check_name(struct test_run *run, const struct trial_expect *expect,
	struct slice name, struct buf *failures)
{
	if (test_run_has_policy(run->program, name) ||
		slice_equal(name, SLICE("none")))
		return true;
	buf_printf(failures, "line %u: %.*s: no policy is called \"%.*s\"\n",
		expect->line, SLICE_ARG(expect->key), SLICE_ARG(name));
	return false;
}

static bool
cover_name(struct test_run *run, const struct trial_expect *expect,
	struct slice name, struct buf *failures)
{
	size_t number = find_policy(run->program, name);
	struct test_coverage *covered = &run->coverage[number];

	(void)failures;
	if (number == sigma_program_rules(run->program))
		return true; /* none */
	*(trial_key_names(expect->key) == TRIAL_NAMES_HITS
			? &covered->hits
			: &covered->misses) += 1;
	return true;
}

static bool
is_among(struct slice names, struct slice wanted)
{
	for (struct slice name; slice_next(&names, ',', &name);) {
		if (slice_equal(slice_trim(name), wanted))
			return true;
	}
	return false;
}

/* "exactly these match": the file's policy is missed where it is not one. */
static void
cover_missed(struct test_run *run, const struct test_file *file,
	const struct trial *trial)
{
	size_t number = find_policy(run->program, file->policy);

	for (size_t i = 0; i < trial->count; i++) {
		for (size_t k = 0; k < trial->steps[i].expect_count; k++) {
			const struct trial_expect *expect =
				&trial->steps[i].expects[k];

			if (number < sigma_program_rules(run->program) &&
				slice_equal(expect->key, SLICE("policies")) &&
				!is_among(expect->value, file->policy))
				run->coverage[number].misses++;
		}
	}
}

static void
cover(struct test_run *run, const struct test_file *file,
	const struct trial *trial)
{
	(void)each_name(run, trial, cover_name, NULL);
	cover_missed(run, file, trial);
}

static void
run_case(struct test_run *run, const struct test_file *file, const char *path,
	const struct test_case *test)
{
	struct test_result result = {
		.path = path, .policy = file->policy, .name = test->name};
	struct buf failures = {0};

	result.passed = each_name(run, &test->trial, check_name, &failures) &&
		run_trial(run, file, &test->trial, &failures);
	if (result.passed && run->coverage != NULL)
		cover(run, file, &test->trial);
	result.failures = buf_slice(&failures);
	report(run, &result);
	buf_fini(&failures);
}

static void
check_policy(
	struct test_run *run, const struct test_file *file, const char *path)
{
	struct test_result result = {.path = path, .policy = file->policy};
	struct buf why = {0};

	buf_printf(&run->tested, "\n%.*s\n", SLICE_ARG(file->policy));
	if (test_run_has_policy(run->program, file->policy))
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
test_run_has_policy(const struct sigma_program *program, struct slice name)
{
	return find_policy(program, name) < sigma_program_rules(program);
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
