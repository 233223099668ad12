/* SPDX-License-Identifier: BSD-2-Clause */
/* What came of each rule for one flow, for people who ask why. */
#include "sigma/run.h"

static const struct sigma_rule *
filter_that_took(struct sigma_run *run, const struct rule *rule)
{
	for (size_t i = 0; i < rule->filters.count; i++) {
		const struct rule *filter = rule->filters.at[i];

		if (eval_expr(&run->eval, filter->expr) == TRUTH_NO)
			return &filter->said;
	}
	return NULL;
}

static void
explain_expr(struct sigma_run *run, const struct rule *rule,
	struct sigma_outcome *out)
{
	enum truth truth = eval_expr(&run->eval, rule->expr);
	const struct expr *leaf;
	struct sigma_values values;

	out->matched = truth == TRUTH_YES;
	out->unknown = truth == TRUTH_UNKNOWN;
	if (truth != TRUTH_NO)
		out->filtered_by = filter_that_took(run, rule);
	leaf = eval_decider(&run->eval, rule->expr);
	if (leaf == NULL)
		return;
	out->item = arena_printf(run->eval.arena, "%.*s: %.*s",
		SLICE_ARG(leaf->label), SLICE_ARG(leaf->item->text));
	if (leaf->item->field == NULL)
		return;
	values = eval_values(&run->eval, leaf->item->field);
	if (values.count > 0)
		out->value = values.at[0].text;
}

/* A correlation is as its threshold was: did this flow make a hit? */
static void
explain_correlation(const struct sigma_run *run, const struct rule *rule,
	size_t flow, const struct sigma_hit *hits, size_t hit_count,
	struct sigma_outcome *out)
{
	out->applies = false;
	for (size_t i = 0; i < run->note_count; i++) {
		if (run->pending[i].rule == rule &&
			run->pending[i].flow == flow)
			out->applies = true;
	}
	for (size_t i = 0; i < hit_count; i++) {
		if (hits[i].rule == &rule->said && hits[i].flow == flow)
			out->matched = true;
	}
}

const struct sigma_outcome *
sigma_run_explain(struct sigma_run *run, size_t flow, size_t *count)
{
	const struct sigma_program *program = run->program;
	struct sigma_outcome *out;
	struct sigma_hit *hits;
	size_t hit_count;

	*count = 0;
	out = arena_array(run->eval.arena, program->rule_count, sizeof(*out));
	hits = arena_array(run->eval.arena, run->note_count, sizeof(*hits));
	if (out == NULL || hits == NULL || flow >= run->flow_count)
		return NULL;
	hit_count = counting_hits(run, hits);
	eval_begin_flow(&run->eval, &run->flows[flow]);
	for (size_t i = 0; i < program->rule_count; i++) {
		const struct rule *rule = program->rules[i];
		struct sigma_outcome *one = &out[*count];

		if (rule->said.kind == SIGMA_FILTER)
			continue;
		one->rule = &rule->said;
		one->applies =
			(rule->services & run_services(&run->flows[flow])) != 0;
		if (rule->correlation != NULL) {
			explain_correlation(
				run, rule, flow, hits, hit_count, one);
		} else {
			explain_expr(run, rule, one);
		}
		(*count)++;
	}
	return out;
}
