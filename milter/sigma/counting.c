/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a match is counted as. Every rule that matched a flow and feeds a
 * correlation makes a note: a member in the sliding set of the correlation's
 * group. Which member tells what is counted:
 *
 *   event_count       the message's identity, so that a retry counts once
 *   value_count       the value, or a tuple of values
 *   temporal          the rule's name: the set holds the rules seen
 *   temporal_ordered  a step of the sequence
 *   value_sum, _avg   the message's identity, with the value
 *
 * A correlation that feeds another one makes a note there at the same time,
 * on the condition that its own count is reached; so a chain needs no second
 * round trip. Correlations are worked through by their depth.
 *
 * A field with several values counts in every group (every tuple) it makes,
 * up to a bound. A message that lacks a group-by field counts nowhere.
 */
#include "sigma/run.h"
#include "sigma/threshold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORK_MAX 2048
#define COMBINATIONS_MAX 16
#define DEPTH_MAX 4

struct counter {
	struct sigma_run *run;
	size_t flow, first_note;
	struct slice identity;
};

void
counting_begin(struct sigma_run *run)
{
	run->work_count = 0;
}

bool
counting_feed(struct sigma_run *run, const struct rule *rule, int parent)
{
	for (size_t i = 0; i < rule->feeds.count && run->work_count < WORK_MAX;
		i++) {
		const struct feed *feed = rule->feeds.at[i];
		struct work *work = arena_grow(run->eval.arena, run->work,
			run->work_count, &run->work_room, sizeof(*work));

		if (work == NULL) {
			run->eval.full = true;
			return false;
		}
		run->work = work;
		run->work[run->work_count++] =
			(struct work){.rule = feed->correlation,
				.reference = feed->reference,
				.parent = parent,
				.depth = feed->correlation->correlation->depth};
	}
	return true;
}

/* Steps of a sequence go last first, so that one message is not a whole
 * sequence by itself. */
static int
by_depth(const void *a, const void *b)
{
	const struct work *one = a, *two = b;

	if (one->depth != two->depth)
		return one->depth < two->depth ? -1 : 1;
	if (one->rule->number != two->rule->number)
		return one->rule->number < two->rule->number ? -1 : 1;
	if (one->reference != two->reference)
		return one->reference > two->reference ? -1 : 1;
	return (one->parent > two->parent) - (one->parent < two->parent);
}

static bool
fail(struct counter *counter)
{
	counter->run->eval.full = true;
	return false;
}

/* "a|b", with | and \ in the values escaped. */
static struct slice
join(struct arena *arena, const struct slice *parts, size_t count)
{
	size_t len = 0, i, k;
	char *p;

	for (i = 0; i < count; i++)
		len += 2 * parts[i].len + 1;
	p = arena_alloc(arena, len + 1);
	if (p == NULL)
		return (struct slice){NULL, 0};
	len = 0;
	for (i = 0; i < count; i++) {
		if (i > 0)
			p[len++] = '|';
		for (k = 0; k < parts[i].len; k++) {
			if (parts[i].p[k] == '|' || parts[i].p[k] == '\\')
				p[len++] = '\\';
			p[len++] = parts[i].p[k];
		}
	}
	return (struct slice){p, len};
}

struct combinations {
	struct slice at[COMBINATIONS_MAX];
	size_t count;
};

/* Every combination of one value of each field; none when one is absent.
 * False when the arena is full. */
static bool
combine(struct counter *counter, const struct correlated *fields, size_t count,
	size_t reference, struct combinations *out)
{
	struct eval *eval = &counter->run->eval;
	struct sigma_values values[GROUP_BY_MAX];
	size_t total = 1, number, i;

	out->count = 0;
	for (i = 0; i < count; i++) {
		values[i] = eval_values(eval, fields[i].of[reference]);
		total *= values[i].count;
		if (total > COMBINATIONS_MAX)
			total = COMBINATIONS_MAX;
	}
	for (number = 0; number < total; number++) {
		struct slice parts[GROUP_BY_MAX];
		size_t rest = number;

		for (i = 0; i < count; i++) {
			parts[i] = values[i].at[rest % values[i].count].text;
			rest /= values[i].count;
		}
		out->at[out->count] = join(eval->arena, parts, count);
		if (out->at[out->count++].p == NULL)
			return fail(counter);
	}
	return true;
}

static bool
is_noted(const struct counter *counter, const struct note *note)
{
	const struct sigma_run *run = counter->run;

	for (size_t i = counter->first_note; i < run->note_count; i++) {
		if (run->notes[i].mode == note->mode &&
			run->notes[i].step == note->step &&
			run->notes[i].after == note->after &&
			slice_equal(run->notes[i].policy, note->policy) &&
			slice_equal(run->notes[i].group, note->group) &&
			slice_equal(run->notes[i].member, note->member))
			return true;
	}
	return false;
}

static bool
add_note(struct counter *counter, const struct work *work,
	const struct note *note)
{
	struct sigma_run *run = counter->run;
	size_t room = run->note_room;
	struct note *notes;
	struct pending *pending;

	if (is_noted(counter, note))
		return true;
	notes = arena_grow(run->eval.arena, run->notes, run->note_count, &room,
		sizeof(*notes));
	pending = arena_grow(run->eval.arena, run->pending, run->note_count,
		&run->note_room, sizeof(*pending));
	if (notes == NULL || pending == NULL)
		return fail(counter);
	run->notes = notes;
	run->pending = pending;
	run->notes[run->note_count] = *note;
	run->pending[run->note_count++] =
		(struct pending){.rule = work->rule, .flow = counter->flow};
	return true;
}

static struct slice
name_of(const struct rule *rule)
{
	if (rule->said.id.p != NULL)
		return rule->said.id;
	return rule->said.name.p != NULL ? rule->said.name : rule->said.title;
}

/* The sum of the field's values; NAN when it has none. */
static double
number_of(struct counter *counter, const struct sigma_field *field)
{
	struct sigma_values values = eval_values(&counter->run->eval, field);
	double sum = NAN;

	for (size_t i = 0; i < values.count; i++) {
		if (!isnan(values.at[i].number))
			sum = (isnan(sum) ? 0 : sum) + values.at[i].number;
	}
	return sum;
}

static bool
note_values(struct counter *counter, const struct work *work, struct note *note)
{
	const struct correlation *correlation = work->rule->correlation;
	struct combinations members;

	if (!combine(counter, correlation->values, correlation->value_count,
		    work->reference, &members))
		return false;
	for (size_t i = 0; i < members.count; i++) {
		note->member = members.at[i];
		if (!add_note(counter, work, note))
			return false;
	}
	return true;
}

static bool
note_sum(struct counter *counter, const struct work *work, struct note *note)
{
	const struct correlation *correlation = work->rule->correlation;

	note->mode = NOTE_SUM;
	note->value =
		number_of(counter, correlation->values[0].of[work->reference]);
	return isnan(note->value) || add_note(counter, work, note);
}

/* All notes of one group. */
static bool
note_group(struct counter *counter, const struct work *work, struct note *note)
{
	const struct correlation *correlation = work->rule->correlation;

	note->member = counter->identity;
	switch (correlation->type) {
	case VALUE_COUNT:
		return note_values(counter, work, note);
	case VALUE_SUM:
	case VALUE_AVG:
		return note_sum(counter, work, note);
	case TEMPORAL:
		note->member =
			name_of(correlation->rules.at[work->reference].rule);
		break;
	case TEMPORAL_ORDERED:
		note->mode = NOTE_STEP;
		note->step = (uint16_t)work->reference;
		note->steps = (uint16_t)correlation->rules.count;
		break;
	case EVENT_COUNT:
		break;
	}
	return add_note(counter, work, note);
}

/* What a chained note waits for. */
static void
set_condition(const struct counter *counter, const struct work *work,
	struct note *note)
{
	const struct correlation *parent;

	note->after = work->parent;
	if (work->parent < 0)
		return;
	parent = counter->run->pending[work->parent].rule->correlation;
	note->after_least =
		(uint64_t)parent->threshold + (parent->op == THRESHOLD_GT);
}

static bool
do_work(struct counter *counter, const struct work *work)
{
	const struct correlation *correlation = work->rule->correlation;
	struct sigma_run *run = counter->run;
	struct note note = {.policy = correlation->key,
		.mode = NOTE_COUNT,
		.window_ms = correlation->timespan_ms,
		.cap = correlation->cap};
	struct combinations groups;
	size_t before;

	if (!combine(counter, correlation->group, correlation->group_count,
		    work->reference, &groups))
		return false;
	run->ungrouped += groups.count == 0;
	set_condition(counter, work, &note);
	for (size_t i = 0; i < groups.count; i++) {
		before = run->note_count;
		note.group = groups.at[i];
		if (!note_group(counter, work, &note))
			return false;
		if (run->note_count > before &&
			!counting_feed(
				run, work->rule, (int)run->note_count - 1))
			return false;
	}
	return true;
}

static bool
count_all(struct counter *counter)
{
	struct sigma_run *run = counter->run;
	size_t done = 0, i;

	for (unsigned depth = 1; depth <= DEPTH_MAX && done < run->work_count;
		depth++) {
		qsort(run->work + done, run->work_count - done,
			sizeof(*run->work), by_depth);
		for (i = done;
			i < run->work_count && run->work[i].depth == depth;
			i++) {
			/* What it adds may move the array. */
			const struct work work = run->work[i];

			if (!do_work(counter, &work))
				return false;
		}
		done = i;
	}
	return true;
}

bool
counting_notes(struct sigma_run *run, size_t flow, struct slice identity)
{
	struct counter counter = {.run = run,
		.flow = flow,
		.first_note = run->note_count,
		.identity = identity};

	return count_all(&counter) && !run->eval.full;
}

/* What the threshold is compared with. */
static double
measure(const struct correlation *correlation, double count, double sum)
{
	if (correlation->type == VALUE_SUM)
		return sum;
	if (correlation->type == VALUE_AVG)
		return count > 0 ? sum / count : 0;
	return count;
}

/* Was it reached without this note? */
static bool
was_reached(const struct correlation *correlation, const struct note *note)
{
	double sum = note->fresh ? note->sum - note->value : note->sum;

	return note->before > 0 &&
		threshold_reached(correlation,
			measure(correlation, (double)note->before, sum));
}

/* Notes come flow by flow, and so do hits. */
static struct sigma_hit *
find_hit(struct sigma_hit *hits, size_t count, const struct pending *pending)
{
	for (size_t i = count; i > 0 && hits[i - 1].flow == pending->flow;
		i--) {
		if (hits[i - 1].rule == &pending->rule->said)
			return &hits[i - 1];
	}
	return NULL;
}

size_t
counting_hits(const struct sigma_run *run, struct sigma_hit *hits)
{
	size_t count = 0, i;

	for (i = 0; i < run->note_count; i++) {
		const struct pending *pending = &run->pending[i];
		const struct correlation *correlation =
			pending->rule->correlation;
		const struct note *note = &run->notes[i];
		double value =
			measure(correlation, (double)note->count, note->sum);
		struct sigma_hit *hit;

		if (!note->done || pending->rule->said.silent ||
			!threshold_reached(correlation, value))
			continue;
		hit = find_hit(hits, count, pending);
		if (hit == NULL) {
			hit = &hits[count++];
			*hit = (struct sigma_hit){.rule = &pending->rule->said,
				.flow = pending->flow,
				.group = note->group};
		}
		hit->edge = hit->edge || !was_reached(correlation, note);
		if (value > (double)hit->count)
			hit->count = (uint64_t)value;
	}
	return count;
}
