/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole policy: any text gives a program that runs, or errors. */
#include "fuzz.h"

#include "../unit/policy.h"

static void
run(const struct sigma_program *program)
{
	static const char *const pairs[] = {"text=abc", "other=b", "many=a",
		"many=b", "number=3", "flag=true", "address=10.0.0.1",
		"when=2026-11-21T21:25:31Z", "box=x", "rcpt=y", "subject=foo",
		NULL};
	struct arena *arena = arena_new((size_t)4 << 20);
	struct sigma_record record = policy_record(pairs);
	struct sigma_run *one = sigma_run_new(program, arena, &record);
	struct note *notes;
	size_t count;

	if (one != NULL && sigma_run_flow(one, &record, SLICE("id"))) {
		notes = sigma_run_notes(one, &count);
		for (size_t i = 0; i < count; i++) {
			FUZZ_ASSERT(notes[i].after < (int)i);
			notes[i].count = notes[i].after_least + 3;
			notes[i].done = true;
		}
		(void)sigma_run_finish(one, &count);
		(void)sigma_run_explain(one, 0, &count);
	}
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct slice entries[] = {{"a", 1}, {"b*", 2}};
	struct sigma_list list = {
		.name = SLICE("list"), .values = entries, .count = 2};
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct sigma_program *program;
	struct buf out = {0};

	policy_options(&options);
	options.lists = &list;
	options.list_count = 1;
	options.value_bytes = 256;
	program = sigma_program_parse(
		"f", fuzz_slice(data, size), &options, diags);
	FUZZ_ASSERT((program == NULL) == (diags_count(diags, DIAG_ERROR) > 0));
	diags_print(diags, &out);
	FUZZ_ASSERT(slice_is_utf8(buf_slice(&out)));
	if (program != NULL)
		run(program);
	sigma_program_free(program);
	buf_fini(&out);
	diags_free(diags);
	return 0;
}
