/* SPDX-License-Identifier: BSD-2-Clause */
/* The condition: any text gives an expression or an error. */
#include "fuzz.h"

#include "../unit/policy.h"
#include "sigma/assemble.h"
#include "sigma/condition.h"

static const struct expr leaf = {.op = EXPR_FALSE};

static void
check_expr(const struct expr *expr, unsigned depth)
{
	FUZZ_ASSERT(depth < 200);
	FUZZ_ASSERT(expr->op != EXPR_ITEM);
	for (size_t i = 0; i < expr->count; i++)
		check_expr(expr->parts[i], depth + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct selection at[] = {{.name = SLICE("selection"), .expr = &leaf},
		{.name = SLICE("filter_1"), .expr = &leaf},
		{.name = SLICE("filter_2"), .expr = &leaf},
		{.name = SLICE("_hidden"), .expr = &leaf},
		{.name = SLICE("notify"), .expr = &leaf}};
	struct selections selections = {.at = at, .count = 5};
	struct yaml_node node = {.kind = YAML_SCALAR,
		.plain = true,
		.mark = {"f", 1, 1, 1},
		.text = fuzz_slice(data, size)};
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct build build;

	policy_options(&options);
	FUZZ_ASSERT(build_init(&build, &options, diags));
	build.file = "f";
	check_expr(condition_parse(&build, &node, &selections), 0);
	sigma_program_free(build_finish(&build));
	diags_free(diags);
	return 0;
}
