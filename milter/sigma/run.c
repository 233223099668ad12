/* SPDX-License-Identifier: BSD-2-Clause */
/* A program over one message: detections and filters of each flow. */
#include "sigma/run.h"

struct sigma_run *
sigma_run_new(const struct sigma_program *program, struct arena *arena,
	const struct sigma_record *message)
{
	struct sigma_run *run = arena_alloc(arena, sizeof(*run));

	if (run == NULL)
		return NULL;
	run->program = program;
	run->message = *message;
	run->shortlist = shortlist_new(program->candidates, arena);
	if (run->shortlist == NULL ||
		!eval_init(&run->eval, program, arena, &run->message))
		return NULL;
	return run;
}

void
sigma_run_again(struct sigma_run *run, const struct sigma_run *before)
{
	run->eval.regex_left_us = before->eval.regex_left_us;
}

/* One flow while its candidates are tried. */
struct trial {
	struct sigma_run *run;
	size_t flow;
};

unsigned
run_services(const struct sigma_record *record)
{
	return record->services | (record->only_named ? 0U : SIGMA_SERVICE_ANY);
}

static bool
is_match(const struct sigma_run *run, enum truth truth)
{
	if (truth == TRUTH_UNKNOWN)
		return run->program->gave_up_matches;
	return truth == TRUTH_YES;
}

static bool
passes_filters(struct sigma_run *run, const struct rule *rule)
{
	for (size_t i = 0; i < rule->filters.count; i++) {
		const struct rule *filter = rule->filters.at[i];

		/* A filter that gave up takes nothing away. */
		if (eval_expr(&run->eval, filter->expr) == TRUTH_NO)
			return false;
	}
	return true;
}

static struct slice
item_text(struct sigma_run *run, const struct rule *rule)
{
	const struct expr *leaf = eval_decider(&run->eval, rule->expr);
	struct slice parts[] = {{NULL, 0}, SLICE(": "), {NULL, 0}};

	if (leaf == NULL)
		return (struct slice){NULL, 0};
	parts[0] = leaf->label;
	parts[2] = leaf->item->text;
	return arena_join(run->eval.arena, parts, 3);
}

/* A list of matches that grows. */
static bool
keep(struct trial *trial, const struct rule *rule, struct match **at,
	size_t *count, size_t *room)
{
	struct sigma_run *run = trial->run;
	struct match *grown =
		arena_grow(run->eval.arena, *at, *count, room, sizeof(*grown));

	if (grown == NULL) {
		run->eval.full = true;
		return false;
	}
	*at = grown;
	grown[(*count)++] = (struct match){.rule = rule,
		.flow = trial->flow,
		.item = item_text(run, rule)};
	return true;
}

static bool
keep_match(struct trial *trial, const struct rule *rule)
{
	struct sigma_run *run = trial->run;

	return keep(trial, rule, &run->matches, &run->match_count,
		&run->match_room);
}

static bool
keep_unknown(struct trial *trial, const struct rule *rule)
{
	struct sigma_run *run = trial->run;

	return keep(trial, rule, &run->unknown, &run->unknown_count,
		&run->unknown_room);
}

static bool
try_rule(void *ctx, const struct rule *rule)
{
	struct trial *trial = ctx;
	struct sigma_run *run = trial->run;
	enum truth truth = eval_expr(&run->eval, rule->expr);

	if (truth == TRUTH_NO || !passes_filters(run, rule))
		return !run->eval.full;
	if (truth == TRUTH_UNKNOWN && !run->eval.full &&
		!keep_unknown(trial, rule))
		return false;
	if (!is_match(run, truth))
		return !run->eval.full;
	if (!counting_feed(run, rule, -1))
		return false;
	if (!rule->said.silent && !keep_match(trial, rule))
		return false;
	return !run->eval.full;
}

static bool
remember_flow(struct sigma_run *run, const struct sigma_record *flow)
{
	struct sigma_record *at = arena_grow(run->eval.arena, run->flows,
		run->flow_count, &run->flow_room, sizeof(*at));

	if (at == NULL)
		return false;
	run->flows = at;
	run->flows[run->flow_count] = *flow;
	return true;
}

static bool
try_flow(struct sigma_run *run, const struct sigma_record *flow,
	struct slice identity)
{
	struct trial trial = {.run = run, .flow = run->flow_count};

	counting_begin(run);
	eval_begin_flow(&run->eval, &run->flows[run->flow_count]);
	return shortlist_each(run->shortlist, &run->eval, run_services(flow),
		       try_rule, &trial) &&
		counting_notes(run, trial.flow, identity);
}

bool
sigma_run_flow(struct sigma_run *run, const struct sigma_record *flow,
	struct slice identity)
{
	const size_t matches = run->match_count, notes = run->note_count;
	const size_t unknown = run->unknown_count;

	if (!remember_flow(run, flow) || !try_flow(run, flow, identity)) {
		run->match_count = matches;
		run->note_count = notes;
		run->unknown_count = unknown;
		run->eval.full = false;
		return false;
	}
	run->flow_count++;
	return true;
}

struct note *
sigma_run_notes(struct sigma_run *run, size_t *count)
{
	*count = run->note_count;
	return run->notes;
}

static void
fill_hits(const struct match *matches, size_t count, struct sigma_hit *hits)
{
	for (size_t i = 0; i < count; i++) {
		hits[i] = (struct sigma_hit){.rule = &matches[i].rule->said,
			.flow = matches[i].flow,
			.item = matches[i].item};
	}
}

const struct sigma_hit *
sigma_run_finish(struct sigma_run *run, size_t *count)
{
	size_t room = run->match_count + run->note_count;
	struct sigma_hit *hits =
		arena_array(run->eval.arena, room, sizeof(*hits));

	*count = 0;
	if (hits == NULL)
		return NULL;
	fill_hits(run->matches, run->match_count, hits);
	*count = run->match_count + counting_hits(run, hits + run->match_count);
	return hits;
}

const struct sigma_hit *
sigma_run_unknown(struct sigma_run *run, size_t *count)
{
	struct sigma_hit *hits =
		arena_array(run->eval.arena, run->unknown_count, sizeof(*hits));

	*count = hits != NULL ? run->unknown_count : 0;
	fill_hits(run->unknown, *count, hits);
	return hits;
}

bool
sigma_run_gave_up(const struct sigma_run *run)
{
	return run->eval.gave_up;
}

bool
sigma_run_cut(const struct sigma_run *run)
{
	return run->eval.cut;
}

size_t
sigma_run_ungrouped(const struct sigma_run *run)
{
	return run->ungrouped;
}
