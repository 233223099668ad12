/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evaluating. A test of one value is one function of a table; an item is
 * "any value for any test" or, with |all, "for every test some value".
 *
 * Truth has three values (Kleene): a regex that reached a limit is UNKNOWN,
 * NOT of it stays so, and only what is certain without it is decided.
 */
#include "sigma/eval.h"

#include "base/clock.h"
#include "base/fold.h"
#include "sigma/needles.h"
#include "sigma/timepart.h"

#include <math.h>
#include <string.h>

bool
eval_init(struct eval *eval, const struct sigma_program *program,
	struct arena *arena, const struct sigma_record *message)
{
	*eval = (struct eval){.program = program,
		.arena = arena,
		.message = message,
		.flow = message,
		.regex_left_us = program->regex_budget_us};
	eval->slots = arena_array(
		arena, program->field_count + 1, sizeof(*eval->slots));
	eval->memory = arena_alloc(arena, program->item_count + 1);
	return eval->slots != NULL && eval->memory != NULL;
}

void
eval_begin_flow(struct eval *eval, const struct sigma_record *flow)
{
	const struct sigma_program *program = eval->program;

	eval->flow = flow;
	for (size_t i = 0; i < program->field_count; i++) {
		if (program->fields[i]->scope != SCOPE_MESSAGE)
			eval->slots[i].fetched = false;
	}
	eval->slots[program->field_count].fetched = false;
	memset(eval->memory + program->message_items, 0,
		program->item_count - program->message_items);
}

/* Values over the cap are cut, in a copy. */
static void
cut_values(struct eval *eval, struct sigma_values *values)
{
	const size_t most = eval->program->value_bytes;
	struct sigma_value *copy;
	bool longer = false;

	for (size_t i = 0; i < values->count; i++)
		longer = longer || values->at[i].text.len > most;
	if (!longer)
		return;
	eval->cut = true;
	copy = arena_array(eval->arena, values->count, sizeof(*copy));
	if (copy == NULL) {
		eval->full = true;
		values->count = 0;
		return;
	}
	for (size_t i = 0; i < values->count; i++) {
		copy[i] = values->at[i];
		copy[i].text = slice_sub(copy[i].text, 0, most);
	}
	values->at = copy;
}

static struct slot *
fetch(struct eval *eval, const struct sigma_field *field)
{
	const struct sigma_record *record = eval->flow;
	struct slot *slot;

	slot = &eval->slots[field != NULL ? field->index
					  : eval->program->field_count];
	if (slot->fetched)
		return slot;
	slot->fetched = true;
	slot->folded = NULL;
	slot->values = (struct sigma_values){NULL, 0};
	if (field != NULL && field->scope == SCOPE_MESSAGE)
		record = eval->message;
	if (field != NULL) {
		slot->values = record->values(record->ctx, field, eval->arena);
	} else if (record->all != NULL) {
		slot->values = record->all(record->ctx, eval->arena);
	}
	cut_values(eval, &slot->values);
	slot->fetched = !eval->full;
	return slot;
}

struct sigma_values
eval_values(struct eval *eval, const struct sigma_field *field)
{
	return fetch(eval, field)->values;
}

static struct slice
folded(struct eval *eval, struct slot *slot, size_t at)
{
	struct slice text = slot->values.at[at].text;

	if (slot->folded == NULL) {
		slot->folded = arena_array(
			eval->arena, slot->values.count, sizeof(*slot->folded));
	}
	if (slot->folded == NULL) {
		eval->full = true;
		return SLICE("");
	}
	if (slot->folded[at].p == NULL) {
		text = text.p != NULL ? fold_text(eval->arena, text)
				      : SLICE("");
		if (text.p == NULL) {
			eval->full = true;
			return SLICE("");
		}
		slot->folded[at] = text;
	}
	return slot->folded[at];
}

struct slice
eval_folded(struct eval *eval, const struct sigma_field *field, size_t at)
{
	return folded(eval, fetch(eval, field), at);
}

static struct slice
raw(const struct slot *slot, size_t at)
{
	struct slice text = slot->values.at[at].text;

	return text.p != NULL ? text : SLICE("");
}

static enum truth
truth_of(bool yes)
{
	return yes ? TRUTH_YES : TRUTH_NO;
}

/* What is asked: one test of one value. */
struct question {
	const struct field_item *item;
	const struct matcher *test;
	struct slot *slot;
	size_t at;
};

typedef enum truth test_fn(struct eval *, const struct question *);

static struct slice
compared(struct eval *eval, const struct question *q)
{
	return q->item->cased ? raw(q->slot, q->at)
			      : folded(eval, q->slot, q->at);
}

/* The end of a cut value is not its end. */
static bool
is_about_end(const struct eval *eval, const struct question *q)
{
	enum pattern_kind kind = q->test->pattern.kind;

	return q->slot->values.at[q->at].text.len ==
		eval->program->value_bytes &&
		eval->cut && (kind == PATTERN_EQUAL || kind == PATTERN_SUFFIX);
}

static enum truth
test_text(struct eval *eval, const struct question *q)
{
	if (is_about_end(eval, q))
		return TRUTH_NO;
	return truth_of(pattern_test(&q->test->pattern, compared(eval, q)));
}

static bool
has_literal(struct eval *eval, const struct question *q)
{
	const struct slice text = folded(eval, q->slot, q->at);

	for (size_t i = 0; i < q->test->regex.literal_count; i++) {
		if (slice_find(text, q->test->regex.literals[i]) != SLICE_NONE)
			return true;
	}
	return q->test->regex.literal_count == 0;
}

static enum truth
search(struct eval *eval, const struct question *q)
{
	struct slice subject =
		slice_sub(raw(q->slot, q->at), 0, eval->program->subject_bytes);
	int64_t start = clock_monotonic_us();
	enum regex_outcome outcome;

	outcome = regex_search(q->test->regex.code, subject, eval->scratch);
	eval->regex_left_us -= clock_monotonic_us() - start;
	if (outcome != REGEX_GAVE_UP)
		return truth_of(outcome == REGEX_YES);
	eval->gave_up = true;
	return TRUTH_UNKNOWN;
}

static enum truth
test_regex(struct eval *eval, const struct question *q)
{
	if (!has_literal(eval, q))
		return TRUTH_NO;
	if (eval->scratch == NULL)
		eval->scratch = regex_scratch_new(eval->arena);
	if (eval->scratch == NULL) {
		eval->full = true;
		return TRUTH_UNKNOWN;
	}
	if (eval->regex_left_us <= 0) {
		eval->gave_up = true;
		return TRUTH_UNKNOWN;
	}
	if (raw(q->slot, q->at).len > eval->program->subject_bytes)
		eval->cut = true;
	return search(eval, q);
}

static enum truth
test_network(struct eval *eval, const struct question *q)
{
	(void)eval;
	return truth_of(network_has(&q->test->network, raw(q->slot, q->at)));
}

static bool
compare(enum comparison comparison, double a, double b)
{
	switch (comparison) {
	case COMPARE_LT:
		return a < b;
	case COMPARE_LTE:
		return a <= b;
	case COMPARE_GT:
		return a > b;
	case COMPARE_GTE:
		return a >= b;
	case COMPARE_EQUAL:
		break;
	}
	return a == b;
}

static enum truth
test_number(struct eval *eval, const struct question *q)
{
	double number = q->slot->values.at[q->at].number;

	(void)eval;
	if (q->test->number.part != PART_NONE &&
		!timepart_read(
			raw(q->slot, q->at), q->test->number.part, &number))
		return TRUTH_NO;
	return truth_of(!isnan(number) &&
		compare(q->test->number.comparison, number,
			q->test->number.least));
}

static const enum pattern_kind kind_of_how[] = {
	[OP_EQUAL] = PATTERN_EQUAL,
	[OP_CONTAINS] = PATTERN_CONTAINS,
	[OP_STARTSWITH] = PATTERN_PREFIX,
	[OP_ENDSWITH] = PATTERN_SUFFIX,
};

static enum truth
test_field(struct eval *eval, const struct question *q)
{
	struct slot *other = fetch(eval, q->test->other.field);
	struct pattern pattern = {.kind = kind_of_how[q->test->other.how]};

	for (size_t i = 0; i < other->values.count; i++) {
		pattern.text =
			q->item->cased ? raw(other, i) : folded(eval, other, i);
		if (pattern_test(&pattern, compared(eval, q)))
			return TRUTH_YES;
	}
	return TRUTH_NO;
}

static enum truth
test_exists(struct eval *eval, const struct question *q)
{
	(void)eval;
	return truth_of(q->test->exists);
}

static enum truth
test_null(struct eval *eval, const struct question *q)
{
	(void)eval;
	(void)q;
	return TRUTH_NO;
}

static test_fn *const tests[] = {
	[TEST_TEXT] = test_text,
	[TEST_REGEX] = test_regex,
	[TEST_NETWORK] = test_network,
	[TEST_NUMBER] = test_number,
	[TEST_FIELD] = test_field,
	[TEST_EXISTS] = test_exists,
	[TEST_NULL] = test_null,
};

/* Does some value pass? */
static enum truth
some_value(struct eval *eval, struct question *q)
{
	enum truth best = TRUTH_NO;

	for (q->at = 0; q->at < q->slot->values.count; q->at++) {
		enum truth truth = tests[q->test->kind](eval, q);

		if (truth == TRUTH_YES)
			return truth;
		if (truth > best)
			best = truth;
	}
	return best;
}

static bool
some_bulk(struct eval *eval, struct question *q)
{
	for (q->at = 0; q->at < q->slot->values.count; q->at++) {
		if (needles_any(q->item->bulk, compared(eval, q)))
			return true;
	}
	return false;
}

static enum truth
negate(enum truth truth)
{
	return (enum truth)(TRUTH_NO + TRUTH_YES - truth);
}

/* The least of the tests for "all", the greatest without; none is no. */
static enum truth
eval_tests(struct eval *eval, struct question *q)
{
	const struct field_item *item = q->item;
	size_t count = item->bulk != NULL ? item->bulk_from : item->count;
	enum truth end = item->all ? TRUTH_NO : TRUTH_YES;
	enum truth sum = item->count > 0 ? negate(end) : TRUTH_NO;

	if (item->bulk != NULL && some_bulk(eval, q))
		return TRUTH_YES;
	for (size_t i = 0; i < count && sum != end; i++) {
		enum truth truth;

		q->test = &item->tests[i];
		truth = some_value(eval, q);
		if (item->all ? truth < sum : truth > sum)
			sum = truth;
	}
	return sum;
}

/* An absent field fails every test but "exists: false" and null. */
static enum truth
absent(const struct field_item *item)
{
	bool is_null = item->count > 0 && item->tests[0].kind == TEST_NULL;

	if (item->count > 0 && item->tests[0].kind == TEST_EXISTS)
		return truth_of(!item->tests[0].exists);
	return truth_of(is_null && !item->neq);
}

static enum truth
eval_item(struct eval *eval, const struct field_item *item)
{
	struct question q = {.item = item};
	enum truth truth = (enum truth)eval->memory[item->slot];

	if (truth != TRUTH_UNSET)
		return truth;
	q.slot = fetch(eval, item->field);
	if (q.slot->values.count == 0) {
		truth = absent(item);
	} else {
		truth = eval_tests(eval, &q);
		if (item->neq)
			truth = negate(truth);
	}
	/* With no memory left nothing is certain, nor to be remembered. */
	if (!eval->full)
		eval->memory[item->slot] = (unsigned char)truth;
	return truth;
}

/* The least of the parts for AND, the greatest for OR. */
static enum truth
eval_parts(struct eval *eval, const struct expr *expr)
{
	enum truth end = expr->op == EXPR_AND ? TRUTH_NO : TRUTH_YES;
	enum truth sum = negate(end);

	for (size_t i = 0; i < expr->count && sum != end; i++) {
		enum truth truth = eval_expr(eval, expr->parts[i]);

		if (expr->op == EXPR_AND ? truth < sum : truth > sum)
			sum = truth;
	}
	return sum;
}

enum truth
eval_expr(struct eval *eval, const struct expr *expr)
{
	switch (expr->op) {
	case EXPR_ITEM:
		return eval_item(eval, expr->item);
	case EXPR_NOT:
		return negate(eval_expr(eval, expr->parts[0]));
	case EXPR_AND:
	case EXPR_OR:
		return eval_parts(eval, expr);
	case EXPR_FALSE:
		break;
	}
	return TRUTH_NO;
}

/* Which part says most of why the whole is what it is: of AND that holds the
 * last part that does not only exclude, of AND that fails the first that
 * fails, of OR the first that holds. */
static const struct expr *
telling_part(struct eval *eval, const struct expr *expr, enum truth whole)
{
	const struct expr *found = expr->parts[0];
	bool holds = whole == TRUTH_YES;

	for (size_t i = 0; i < expr->count; i++) {
		const struct expr *part = expr->parts[i];

		if (expr->op == EXPR_AND && holds) {
			if (part->op != EXPR_NOT || found->op == EXPR_NOT)
				found = part;
		} else if (eval_expr(eval, part) == whole) {
			return part;
		}
	}
	return found;
}

const struct expr *
eval_decider(struct eval *eval, const struct expr *expr)
{
	while (expr->op != EXPR_ITEM) {
		if (expr->op == EXPR_FALSE || expr->count == 0)
			return NULL;
		expr = expr->op == EXPR_NOT
			? expr->parts[0]
			: telling_part(eval, expr, eval_expr(eval, expr));
	}
	return expr;
}
