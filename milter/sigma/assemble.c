/* SPDX-License-Identifier: BSD-2-Clause */
/* From what was read to a program. */
#include "sigma/assemble.h"

#include "sigma/candidates.h"
#include "sigma/compiled.h"
#include "sigma/correlation_graph.h"
#include "sigma/filter.h"
#include "sigma/identity.h"
#include "sigma/lint.h"
#include "sigma/lint_counts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES ((size_t)2 << 30)
/* The interpreter is some hundred times slower than the JIT. */
#define SLOW_SUBJECT_PART 10

bool
build_init(struct build *build, const struct sigma_options *options,
	struct diags *diags)
{
	assert(options->value_bytes > 0 && options->regex_budget_us > 0 &&
		options->timespan_max_ms > 0);
	*build = (struct build){.options = options,
		.diags = diags,
		.arena = arena_new(ARENA_BYTES),
		.field_by_name = map_new(),
		.item_by_key = map_new(),
		.rule_by_name = map_new()};
	if (build->arena != NULL && build->field_by_name != NULL &&
		build->item_by_key != NULL && build->rule_by_name != NULL)
		return true;
	(void)build_no_memory(build);
	return false;
}

static void
free_regexes(void *const *regexes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		regex_free(regexes[i]);
}

static void
free_rules(struct build *build)
{
	for (size_t i = 0; i < build->rules.count; i++) {
		struct rule *rule = build->rules.at[i];

		pointers_fini(&rule->filters);
		pointers_fini(&rule->feeds);
	}
}

static void
build_fini(struct build *build)
{
	pointers_fini(&build->rules);
	pointers_fini(&build->fields);
	pointers_fini(&build->items);
	pointers_fini(&build->regexes);
	pointers_fini(&build->skipped);
	pointers_fini(&build->digests);
	map_free(build->field_by_name, NULL);
	map_free(build->item_by_key, NULL);
	map_free(build->rule_by_name, NULL);
}

/* A copy of the array in the program's arena. */
static void *
keep(struct build *build, const struct pointers *pointers)
{
	void **copy = build_alloc(build, (pointers->count + 1) * sizeof(*copy));

	if (copy != NULL && pointers->count > 0)
		memcpy(copy, pointers->at, pointers->count * sizeof(*copy));
	return copy;
}

/* Items of the message's scope come first: their memory outlives a flow. */
static bool
keep_items(struct build *build, struct sigma_program *program)
{
	size_t at = 0, i;

	program->item_count = build->items.count;
	program->items = build_alloc(
		build, (build->items.count + 1) * sizeof(*program->items));
	if (program->items == NULL)
		return false;
	for (int flow = 0; flow < 2; flow++) {
		for (i = 0; i < build->items.count; i++) {
			struct field_item *item = build->items.at[i];

			if ((item->scope != SCOPE_MESSAGE) != flow)
				continue;
			item->slot = (unsigned)at;
			program->items[at++] = item;
		}
		if (!flow)
			program->message_items = at;
	}
	return true;
}

static bool
keep_skipped(struct build *build, struct sigma_program *program)
{
	program->skipped_count = build->skipped.count;
	program->skipped = build_alloc(
		build, (build->skipped.count + 1) * sizeof(*program->skipped));
	for (size_t i = 0; i < build->skipped.count && program->skipped != NULL;
		i++) {
		program->skipped[i] =
			*(struct sigma_skipped *)build->skipped.at[i];
	}
	return program->skipped != NULL;
}

static bool
keep_lists(struct build *build, struct sigma_program *program)
{
	const struct sigma_options *options = build->options;

	program->lists = build_alloc(
		build, (options->list_count + 1) * sizeof(*program->lists));
	for (size_t i = 0; i < options->list_count && program->lists != NULL;
		i++) {
		if (!options->lists[i].used)
			continue;
		program->lists[program->list_count++] =
			(struct sigma_list_size){
				build_copy(build, options->lists[i].name),
				options->lists[i].count};
	}
	return program->lists != NULL;
}

static void
keep_options(struct build *build, struct sigma_program *program)
{
	const struct sigma_options *options = build->options;

	program->value_bytes = options->value_bytes;
	program->subject_bytes = program->value_bytes;
	if (!regex_has_jit())
		program->subject_bytes /= SLOW_SUBJECT_PART;
	program->regex_budget_us = options->regex_budget_us;
	program->gave_up_matches = options->gave_up_matches;
}

static bool
item_moves(const struct field_item *item)
{
	for (size_t i = 0; i < item->count; i++) {
		if (item->tests[i].kind == TEST_FIELD &&
			item->tests[i].other.field->moves)
			return true;
	}
	return item->field != NULL && item->field->moves;
}

static bool
expr_moves(const struct expr *expr)
{
	if (expr->op == EXPR_ITEM)
		return item_moves(expr->item);
	for (size_t i = 0; i < expr->count; i++) {
		if (expr_moves(expr->parts[i]))
			return true;
	}
	return false;
}

static bool
correlated_moves(const struct correlation *correlation,
	const struct correlated *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < correlation->rules.count; k++) {
			if (fields[i].of[k]->moves)
				return true;
		}
	}
	return false;
}

/* Is it by a field that moves whether, or where, this rule counts? */
static bool
counts_moving(const struct rule *rule)
{
	const struct correlation *counted = rule->correlation;

	if (counted != NULL)
		return correlated_moves(
			       counted, counted->group, counted->group_count) ||
			correlated_moves(
				counted, counted->values, counted->value_count);
	if (rule->feeds.count == 0)
		return false;
	for (size_t i = 0; i < rule->filters.count; i++) {
		if (expr_moves(
			    ((const struct rule *)rule->filters.at[i])->expr))
			return true;
	}
	return expr_moves(rule->expr);
}

static void
keep_facts(struct sigma_program *program)
{
	for (size_t i = 0; i < program->rule_count; i++) {
		program->rules[i]->number = i;
		if (program->rules[i]->said.kind == SIGMA_DETECTION)
			program->services |= program->rules[i]->services;
		program->counts_moving = program->counts_moving ||
			counts_moving(program->rules[i]);
	}
	for (size_t i = 0; i < program->field_count; i++) {
		program->reads_store = program->reads_store ||
			program->fields[i]->scope == SCOPE_STORE;
	}
}

static struct sigma_program *
assemble(struct build *build)
{
	struct sigma_program *program = build_alloc(build, sizeof(*program));

	if (program == NULL)
		return NULL;
	program->rules = keep(build, &build->rules);
	program->rule_count = build->rules.count;
	program->fields = keep(build, &build->fields);
	program->field_count = build->fields.count;
	program->regexes = keep(build, &build->regexes);
	program->regex_count = build->regexes.count;
	if (!keep_items(build, program) || !keep_skipped(build, program) ||
		!keep_lists(build, program) || build->no_memory)
		return NULL;
	program->digest = identity_digest(build);
	if (program->digest == NULL)
		(void)build_no_memory(build);
	keep_options(build, program);
	keep_facts(program);
	program->candidates = candidates_new(build->arena, program->rules,
		program->rule_count, program->items, program->item_count);
	if (program->candidates == NULL)
		(void)build_no_memory(build);
	program->arena = build->arena;
	return program;
}

static void
check_anything_ours(struct build *build)
{
	const struct sigma_options *options = build->options;

	if (build->rules.count > 0 || build->foreign == 0)
		return;
	(void)diags_add(build->diags, DIAG_ERROR, (struct mark){"", 0, 0, 1},
		NULL,
		"none of these rules is of our log source: category %s, "
		"product %s",
		options->category != NULL ? options->category : "any",
		options->product != NULL ? options->product : "any");
}

/* Correlations of rules of other log sources leave with them. */
static void
drop_foreign(struct build *build)
{
	size_t kept = 0, i;

	for (i = 0; i < build->rules.count; i++) {
		struct rule *rule = build->rules.at[i];

		if (rule->foreign && rule->correlation != NULL) {
			(void)build_note(build, rule->mark, NULL,
				"\"%.*s\" is not loaded: it counts rules of "
				"another log source",
				SLICE_ARG(rule->said.title));
			pointers_fini(&rule->feeds);
			continue;
		}
		build->rules.at[kept++] = rule;
	}
	build->rules.count = kept;
}

static void
warn_no_jit(struct build *build)
{
	if (build->regexes.count > 0 && !regex_has_jit()) {
		(void)diags_add(build->diags, DIAG_WARNING,
			(struct mark){"", 0, 0, 1},
			"values are searched to a tenth of their length only",
			"regular expressions are slow on this machine: PCRE2 "
			"has no JIT here");
	}
}

struct sigma_program *
build_finish(struct build *build)
{
	struct sigma_program *program = NULL;

	if (!build->no_memory) {
		correlation_graph_resolve(build);
		filters_resolve(build);
		drop_foreign(build);
		check_anything_ours(build);
		warn_no_jit(build);
		lint_rules(build);
		if (diags_count(build->diags, DIAG_ERROR) == 0)
			lint_counts(build);
		lint_lists(build);
	}
	if (diags_count(build->diags, DIAG_ERROR) == 0 && !build->no_memory)
		program = assemble(build);
	if (program == NULL || build->no_memory) {
		free_regexes(build->regexes.at, build->regexes.count);
		free_rules(build);
		arena_free(build->arena);
		program = NULL;
	}
	build_fini(build);
	return program;
}
