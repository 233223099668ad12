/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program tells of itself. */
#include "sigma/compiled.h"

void
sigma_program_free(struct sigma_program *program)
{
	if (program == NULL)
		return;
	for (size_t i = 0; i < program->regex_count; i++)
		regex_free(program->regexes[i]);
	for (size_t i = 0; i < program->rule_count; i++) {
		pointers_fini(&program->rules[i]->filters);
		pointers_fini(&program->rules[i]->feeds);
	}
	arena_free(program->arena);
}

size_t
sigma_program_rules(const struct sigma_program *program)
{
	return program->rule_count;
}

const struct sigma_rule *
sigma_program_rule(const struct sigma_program *program, size_t index)
{
	return &program->rules[index]->said;
}

size_t
sigma_program_skipped(const struct sigma_program *program,
	const struct sigma_skipped **skipped)
{
	*skipped = program->skipped;
	return program->skipped_count;
}

const char *
sigma_program_digest(const struct sigma_program *program)
{
	return program->digest;
}

size_t
sigma_program_lists(const struct sigma_program *program,
	const struct sigma_list_size **lists)
{
	*lists = program->lists;
	return program->list_count;
}

size_t
sigma_program_fields(const struct sigma_program *program,
	const struct sigma_field *const **fields)
{
	*fields = program->fields;
	return program->field_count;
}

unsigned
sigma_program_services(const struct sigma_program *program)
{
	return program->services;
}

bool
sigma_program_reads_store(const struct sigma_program *program)
{
	return program->reads_store;
}

bool
sigma_program_counts_moving(const struct sigma_program *program)
{
	return program->counts_moving;
}

static bool
expr_reads(const struct expr *expr, int field_id)
{
	if (expr->op == EXPR_ITEM) {
		return expr->item->field != NULL &&
			expr->item->field->id == field_id;
	}
	for (size_t i = 0; i < expr->count; i++) {
		if (expr_reads(expr->parts[i], field_id))
			return true;
	}
	return false;
}

static bool
rule_reads(const struct rule *rule, int field_id)
{
	if (rule->correlation == NULL)
		return expr_reads(rule->expr, field_id);
	for (size_t i = 0; i < rule->correlation->rules.count; i++) {
		if (rule_reads(rule->correlation->rules.at[i].rule, field_id))
			return true;
	}
	return false;
}

bool
sigma_rule_reads(const struct sigma_program *program,
	const struct sigma_rule *said, int field_id)
{
	for (size_t i = 0; i < program->rule_count; i++) {
		if (&program->rules[i]->said == said)
			return rule_reads(program->rules[i], field_id);
	}
	return false;
}
