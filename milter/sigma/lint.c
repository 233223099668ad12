/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression is simplified as far as is certain: an item and its
 * own opposite contradict each other, a field that is absent has no value,
 * one value that no choice of the field fits is never found. What comes out
 * as always or never is told.
 */
#include "sigma/lint.h"

#include "sigma/doubt.h"
#include "sigma/lint_pair.h"
#include "sigma/rule.h"

#include <stdio.h>

#define HINT_BYTES 160

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

/* A rule that is being looked at, and what was told of it last: selections
 * that a condition names twice are looked at twice. */
struct linting {
	struct build *build;
	const struct rule *rule;
	struct mark told;
};

static bool
is_told(const struct linting *lint, const struct expr *at)
{
	return lint->told.line == at->mark.line &&
		lint->told.column == at->mark.column;
}

/* Does some choice of the field pass some test? */
static bool
fits(const struct linting *lint, const struct field_item *item,
	sigma_choice_fn *choice)
{
	for (size_t i = 0; i < item->count; i++) {
		if (doubt_fits(lint->build, choice, &item->tests[i]))
			return true;
	}
	return false;
}

/* What the field may be in the records that the rule runs on. */
static sigma_choice_fn *
choice_here(const struct linting *lint, const struct sigma_field *field)
{
	const struct sigma_schema *schema = lint->build->options->schema;
	unsigned services = lint->rule->services;

	if (schema->choice_in == NULL || (services & SIGMA_SERVICE_ANY) != 0)
		return NULL;
	return schema->choice_in(schema->ctx, field, services);
}

/* Is it what the field never is, where the log source has that service? */
static bool
is_elsewhere(struct linting *lint, const struct expr *expr)
{
	const struct field_item *item = expr->item;
	sigma_choice_fn *choice = choice_here(lint, item->field);

	if (choice == NULL || item->neq || item->cased ||
		fits(lint, item, choice))
		return false;
	if (is_told(lint, expr))
		return true;
	lint->told = expr->mark;
	return !build_warn(lint->build, expr->mark,
		"take the line out, or the service out of the log source",
		"with service %.*s, \"%.*s\" is never that",
		SLICE_ARG(lint->rule->said.service),
		SLICE_ARG(item->field->name));
}

/* The same of a number. */
static bool
is_less_elsewhere(struct linting *lint, const struct expr *expr)
{
	const struct sigma_schema *schema = lint->build->options->schema;
	const struct field_item *item = expr->item;
	unsigned services = lint->rule->services;
	char hint[HINT_BYTES];
	double least;

	if (schema->least_in == NULL || (services & SIGMA_SERVICE_ANY) != 0)
		return false;
	least = schema->least_in(schema->ctx, item->field, services);
	if (!lint_pair_is_under(item, least))
		return false;
	if (is_told(lint, expr))
		return true;
	lint->told = expr->mark;
	(void)snprintf(hint, sizeof(hint),
		"it is %g or more there: take the line out, or the service out "
		"of the log source",
		least);
	return !build_warn(lint->build, expr->mark, hint,
		"with service %.*s, \"%.*s\" is never that",
		SLICE_ARG(lint->rule->said.service),
		SLICE_ARG(item->field->name));
}

/* "all" of a field that has one value. */
static bool
is_two_at_once(struct linting *lint, const struct expr *expr)
{
	const struct field_item *item = expr->item;

	if (!lint_pair_wants_two(item))
		return false;
	if (is_told(lint, expr))
		return true;
	lint->told = expr->mark;
	return !build_warn(lint->build, expr->mark,
		"leave |all out: a list is one or the other",
		"\"%.*s\" has one value, which is to be each of these",
		SLICE_ARG(item->field->name));
}

/* Is it to be absent, and never is? */
static bool
is_always_there(struct linting *lint, const struct expr *expr)
{
	const struct field_item *item = expr->item;

	if (!item->field->always || !lint_pair_wants_absent(item))
		return false;
	if (is_told(lint, expr))
		return true;
	lint->told = expr->mark;
	return !build_warn(lint->build, expr->mark,
		"for one that is there and empty write name: ''",
		"\"%.*s\" is never absent", SLICE_ARG(item->field->name));
}

static enum certainty
of_item(struct linting *lint, const struct expr *expr)
{
	const struct field_item *item = expr->item;

	if (item->count == 0 && !item->neq)
		return NEVER; /* an empty list */
	if (item->field == NULL)
		return MAYBE;
	if (is_always_there(lint, expr) || is_elsewhere(lint, expr) ||
		is_less_elsewhere(lint, expr) || is_two_at_once(lint, expr))
		return NEVER;
	if (item->field->choice == NULL || item->neq || item->cased)
		return MAYBE;
	return fits(lint, item, item->field->choice) ? MAYBE : NEVER;
}

/* Is one the opposite of the other? */
static bool
is_opposite(const struct expr *a, const struct expr *b)
{
	return (a->op == EXPR_NOT && a->parts[0] == b) ||
		(b->op == EXPR_NOT && b->parts[0] == a);
}

/* Can two parts of an AND not both hold? */
static bool
contradict(struct linting *lint, const struct expr *a, const struct expr *b)
{
	if (a->op == EXPR_ITEM && b->op == EXPR_ITEM)
		return lint_pair_tell(lint->build, a, b);
	if (a->op == EXPR_NOT && b->op == EXPR_ITEM) {
		return a->parts[0]->op == EXPR_ITEM &&
			a->parts[0]->item == b->item;
	}
	if (b->op == EXPR_NOT && a->op == EXPR_ITEM)
		return contradict(lint, b, a);
	return is_opposite(a, b);
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

static enum certainty of_expr(struct linting *, const struct expr *);

static enum certainty
of_and(struct linting *lint, const struct expr *expr)
{
	const struct expr *parts[LEAVES_MAX];
	size_t count = flatten(expr, parts, 0), i, k;
	enum certainty least = ALWAYS;

	for (i = 0; i < expr->count; i++) {
		enum certainty part = of_expr(lint, expr->parts[i]);

		least = part < least ? part : least;
	}
	for (i = 0; i < count; i++) {
		for (k = i + 1; k < count; k++) {
			if (contradict(lint, parts[i], parts[k]))
				return NEVER;
		}
	}
	return least;
}

static enum certainty
of_or(struct linting *lint, const struct expr *expr)
{
	enum certainty most = NEVER;

	for (size_t i = 0; i < expr->count; i++) {
		enum certainty part = of_expr(lint, expr->parts[i]);

		most = part > most ? part : most;
		for (size_t k = 0; k < i; k++) {
			if (is_opposite(expr->parts[i], expr->parts[k]))
				return ALWAYS;
		}
	}
	return most;
}

static enum certainty
of_expr(struct linting *lint, const struct expr *expr)
{
	switch (expr->op) {
	case EXPR_ITEM:
		return of_item(lint, expr);
	case EXPR_NOT:
		return opposite(of_expr(lint, expr->parts[0]));
	case EXPR_AND:
		return of_and(lint, expr);
	case EXPR_FALSE:
		return MAYBE; /* an error that was told */
	case EXPR_OR:
		break;
	}
	return of_or(lint, expr);
}

/* By kind and certainty; a filter that may match is as it should be. */
static const struct {
	const char *what, *hint;
} words[][3] = {
	[SIGMA_DETECTION] = {[NEVER] = {"can never match",
				     "its parts contradict each other, or ask "
				     "for a value that the field never has"},
		[ALWAYS] = {"always matches",
			"everything matches it: is a \"not\" in the wrong "
			"place?"}},
	[SIGMA_FILTER] = {[NEVER] = {"takes everything away: what "
				     "it names is switched off",
				  "describe the exception alone, and write "
				  "condition: not selection"},
		[ALWAYS] = {"takes nothing away",
			"its selection asks for what is never there"}},
};

static void
lint_rule(struct build *build, const struct rule *rule)
{
	struct linting lint = {build, rule, {0}};
	enum certainty certainty = of_expr(&lint, rule->expr);

	if (certainty != MAYBE) {
		(void)build_warn(build, rule->mark,
			words[rule->said.kind][certainty].hint, "\"%.*s\" %s",
			SLICE_ARG(rule->said.title),
			words[rule->said.kind][certainty].what);
	}
}

void
lint_rules(struct build *build)
{
	for (size_t i = 0; i < build->rules.count; i++) {
		const struct rule *rule = build->rules.at[i];

		if (rule->expr != NULL)
			lint_rule(build, rule);
	}
}

static struct mark
mark_of_list(const struct sigma_list *list)
{
	if (list->marks != NULL && list->count > 0)
		return list->marks[0];
	return (struct mark){"", 0, 0, 1};
}

void
lint_lists(struct build *build)
{
	const struct sigma_options *options = build->options;

	for (size_t i = 0; i < options->list_count; i++) {
		if (!options->lists[i].used) {
			(void)diags_add(build->diags, DIAG_WARNING,
				mark_of_list(&options->lists[i]), NULL,
				"no rule uses the list \"%.*s\"",
				SLICE_ARG(options->lists[i].name));
		}
	}
}
