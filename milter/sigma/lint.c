/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression is simplified as far as is certain: an item and its
 * own opposite contradict each other, a field that is absent has no value,
 * one value that no choice of the field fits is never found. What comes out
 * as always or never is told.
 */
#include "sigma/lint.h"

#include "base/fold.h"
#include "sigma/rule.h"

#include <stdio.h>
#include <string.h>

enum certainty {
	NEVER,
	MAYBE,
	ALWAYS
};

static enum certainty
opposite(enum certainty certainty)
{
	return (enum certainty)(ALWAYS - certainty);
}

/* Does some choice of the field pass the test? */
static bool
fits_choice(const struct sigma_field *field, const struct matcher *test)
{
	if (test->kind != TEST_TEXT)
		return true;
	for (size_t i = 0; field->choices[i] != NULL; i++) {
		if (pattern_test(&test->pattern, slice_of(field->choices[i])))
			return true;
	}
	return false;
}

static enum certainty
of_item(const struct field_item *item)
{
	bool some = item->count == 0;

	if (item->count == 0 && !item->neq)
		return NEVER; /* an empty list */
	if (item->field == NULL || item->field->choices == NULL || item->neq ||
		item->cased)
		return MAYBE;
	for (size_t i = 0; i < item->count; i++)
		some = some || fits_choice(item->field, &item->tests[i]);
	return some ? MAYBE : NEVER;
}

static bool
is_test(const struct field_item *item, enum test_kind kind, bool exists)
{
	return item->count == 1 && !item->neq && item->tests[0].kind == kind &&
		(kind != TEST_EXISTS || item->tests[0].exists == exists);
}

/* True only of records without the field. */
static bool
wants_absent(const struct field_item *item)
{
	return is_test(item, TEST_NULL, false) ||
		is_test(item, TEST_EXISTS, false);
}

/* One exact text, on a field that has one value at most. */
static const struct pattern *
exact_of(const struct field_item *item)
{
	if (item->field == NULL || !item->field->single || item->neq ||
		item->count != 1 || item->tests[0].kind != TEST_TEXT ||
		item->tests[0].pattern.kind != PATTERN_EQUAL)
		return NULL;
	return &item->tests[0].pattern;
}

static bool
exclude_each_other(const struct field_item *a, const struct field_item *b)
{
	const struct pattern *one = exact_of(a), *two = exact_of(b);

	if (a->field == NULL || a->field != b->field || a == b)
		return false;
	if (wants_absent(a) != wants_absent(b))
		return true;
	return one != NULL && two != NULL && a->cased == b->cased &&
		!slice_equal(one->text, two->text);
}

/* Can two parts of an AND not both hold? */
static bool
contradict(const struct expr *a, const struct expr *b)
{
	if (a->op == EXPR_ITEM && b->op == EXPR_ITEM)
		return exclude_each_other(a->item, b->item);
	if (a->op == EXPR_NOT && b->op == EXPR_ITEM) {
		return a->parts[0]->op == EXPR_ITEM &&
			a->parts[0]->item == b->item;
	}
	if (b->op == EXPR_NOT && a->op == EXPR_ITEM)
		return contradict(b, a);
	if (a->op == EXPR_NOT || b->op == EXPR_NOT) {
		return (a->op == EXPR_NOT && a->parts[0] == b) ||
			(b->op == EXPR_NOT && b->parts[0] == a);
	}
	return false;
}

#define LEAVES_MAX 32

/* The parts of an AND, and those of the ANDs in it. */
static size_t
flatten(const struct expr *expr, const struct expr **out, size_t count)
{
	if (expr->op != EXPR_AND) {
		if (count < LEAVES_MAX)
			out[count++] = expr;
		return count;
	}
	for (size_t i = 0; i < expr->count; i++)
		count = flatten(expr->parts[i], out, count);
	return count;
}

static enum certainty of_expr(const struct expr *);

static enum certainty
of_and(const struct expr *expr)
{
	const struct expr *parts[LEAVES_MAX];
	size_t count = flatten(expr, parts, 0), i, k;
	enum certainty least = ALWAYS;

	for (i = 0; i < expr->count; i++) {
		enum certainty part = of_expr(expr->parts[i]);

		least = part < least ? part : least;
	}
	for (i = 0; i < count; i++) {
		for (k = i + 1; k < count; k++) {
			if (contradict(parts[i], parts[k]))
				return NEVER;
		}
	}
	return least;
}

static enum certainty
of_expr(const struct expr *expr)
{
	enum certainty most = NEVER;

	switch (expr->op) {
	case EXPR_ITEM:
		return of_item(expr->item);
	case EXPR_NOT:
		return opposite(of_expr(expr->parts[0]));
	case EXPR_AND:
		return of_and(expr);
	case EXPR_FALSE:
		return MAYBE; /* an error that was told */
	case EXPR_OR:
		break;
	}
	for (size_t i = 0; i < expr->count; i++) {
		enum certainty part = of_expr(expr->parts[i]);

		most = part > most ? part : most;
	}
	return most;
}

void
lint_rules(struct build *build)
{
	for (size_t i = 0; i < build->rules.count; i++) {
		const struct rule *rule = build->rules.at[i];
		enum certainty certainty;

		if (rule->expr == NULL)
			continue;
		certainty = of_expr(rule->expr);
		if (certainty == MAYBE || rule->said.kind == SIGMA_FILTER)
			continue;
		(void)build_warn(build, rule->mark,
			certainty == NEVER
				? "its parts contradict each other, or ask for "
				  "a value that the field never has"
				: "everything matches it: is a \"not\" in the "
				  "wrong place?",
			certainty == NEVER ? "\"%.*s\" can never match"
					   : "\"%.*s\" always matches",
			SLICE_ARG(rule->said.title));
	}
}

void
lint_lists(struct build *build)
{
	const struct sigma_options *options = build->options;

	for (size_t i = 0; i < options->list_count; i++) {
		if (!options->lists[i].used) {
			(void)diags_add(build->diags, DIAG_WARNING,
				(struct mark){"", 0, 0, 1}, NULL,
				"no rule uses the list \"%.*s\"",
				SLICE_ARG(options->lists[i].name));
		}
	}
}
