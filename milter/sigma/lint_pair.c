/* SPDX-License-Identifier: BSD-2-Clause */
/* Two items of which a record cannot have both. */
#include "sigma/lint_pair.h"

#include <math.h>
#include <stdio.h>

#define HINT_BYTES 320

static bool
is_test(const struct field_item *item, enum test_kind kind, bool exists)
{
	return item->count == 1 && !item->neq && item->tests[0].kind == kind &&
		(kind != TEST_EXISTS || item->tests[0].exists == exists);
}

bool
lint_pair_wants_absent(const struct field_item *item)
{
	return is_test(item, TEST_NULL, false) ||
		is_test(item, TEST_EXISTS, false);
}

/* One exact text, on a field that has one value at most. */
static const struct pattern *
exact_of(const struct field_item *item)
{
	if (!item->field->single || item->neq || item->count != 1 ||
		item->tests[0].kind != TEST_TEXT ||
		item->tests[0].pattern.kind != PATTERN_EQUAL)
		return NULL;
	return &item->tests[0].pattern;
}

/* The numbers that pass. */
struct range {
	double low, high;
	bool low_open, high_open;
};

static bool
range_of(const struct field_item *item, struct range *out)
{
	const struct matcher *test = item->tests;
	double least = test->number.least;

	if (!item->field->single || item->neq || item->count != 1 ||
		test->kind != TEST_NUMBER || test->number.part != PART_NONE)
		return false;
	*out = (struct range){-INFINITY, INFINITY, false, false};
	switch (test->number.comparison) {
	case COMPARE_LT:
	case COMPARE_LTE:
		out->high = least;
		out->high_open = test->number.comparison == COMPARE_LT;
		return true;
	case COMPARE_GT:
	case COMPARE_GTE:
		out->low = least;
		out->low_open = test->number.comparison == COMPARE_GT;
		return true;
	case COMPARE_EQUAL:
		break;
	}
	out->low = out->high = least;
	return true;
}

static bool
is_empty(const struct range *a, const struct range *b)
{
	double low = fmax(a->low, b->low), high = fmin(a->high, b->high);
	bool open = (a->low == low && a->low_open) ||
		(b->low == low && b->low_open) ||
		(a->high == high && a->high_open) ||
		(b->high == high && b->high_open);

	return low > high || (low == high && open);
}

bool
lint_pair_is_under(const struct field_item *item, double least)
{
	const struct range wanted = {least, INFINITY, false, false};
	struct range range;

	return range_of(item, &range) && is_empty(&range, &wanted);
}

bool
lint_pair_wants_two(const struct field_item *item)
{
	const struct pattern *one = NULL;

	if (!item->all || item->neq || !item->field->single)
		return false;
	for (size_t i = 0; i < item->count; i++) {
		const struct pattern *two = &item->tests[i].pattern;

		if (item->tests[i].kind != TEST_TEXT ||
			two->kind != PATTERN_EQUAL)
			continue;
		if (one != NULL && !slice_equal(one->text, two->text))
			return true;
		one = two;
	}
	return false;
}

/* The night: both ends of a range that goes past its beginning. */
static bool
tell_ranges(struct build *build, const struct expr *first,
	const struct expr *second)
{
	const struct field_item *a = first->item, *b = second->item;
	char hint[HINT_BYTES];

	(void)snprintf(hint, sizeof(hint),
		"for the one or the other write two selections and \"or\":\n"
		"  one: {%.*s: %g}\n"
		"  other: {%.*s: %g}\n"
		"  condition: one or other",
		SLICE_ARG(a->text), a->tests->number.least, SLICE_ARG(b->text),
		b->tests->number.least);
	return !build_warn(build, second->mark, hint,
		"\"%.*s: %g\" and \"%.*s: %g\" exclude each other",
		SLICE_ARG(a->text), a->tests->number.least, SLICE_ARG(b->text),
		b->tests->number.least);
}

static bool
tell_texts(struct build *build, const struct expr *first,
	const struct expr *second)
{
	const struct slice a = exact_of(first->item)->text;
	const struct slice b = exact_of(second->item)->text;
	char hint[HINT_BYTES];

	(void)snprintf(hint, sizeof(hint),
		"for the one or the other write a list: %.*s: [%.*s, %.*s]",
		SLICE_ARG(first->item->text), SLICE_ARG(a), SLICE_ARG(b));
	return !build_warn(build, second->mark, hint,
		"\"%.*s\" cannot be \"%.*s\" and \"%.*s\" at once",
		SLICE_ARG(second->item->text), SLICE_ARG(a), SLICE_ARG(b));
}

/* What is true of one field says of another how much it is at most. */
static bool
tell_related(struct build *build, const struct expr *yes,
	const struct expr *number, struct mark mark)
{
	const struct sigma_schema *schema = build->options->schema;
	const struct field_item *a = yes->item, *b = number->item;
	const struct pattern *exact = exact_of(a);
	struct range range, allowed = {-INFINITY, 0, false, false};
	char hint[HINT_BYTES];

	if (schema->most_with == NULL || exact == NULL ||
		!slice_equal(exact->text, SLICE("true")) ||
		!range_of(b, &range) ||
		!schema->most_with(
			schema->ctx, a->field, b->field, &allowed.high) ||
		(!isinf(allowed.high) && !is_empty(&range, &allowed)))
		return false;
	if (isinf(allowed.high)) {
		(void)snprintf(hint, sizeof(hint),
			"where the first is true, there is no %.*s",
			SLICE_ARG(b->field->name));
	} else {
		(void)snprintf(hint, sizeof(hint),
			"where the first is true, %.*s is %g",
			SLICE_ARG(b->field->name), allowed.high);
	}
	return !build_warn(build, mark, hint,
		"\"%.*s: true\" and \"%.*s: %g\" exclude each other",
		SLICE_ARG(a->text), SLICE_ARG(b->text), b->tests->number.least);
}

bool
lint_pair_tell(struct build *build, const struct expr *first,
	const struct expr *second)
{
	const struct field_item *a = first->item, *b = second->item;
	const struct pattern *one, *two;
	struct range left, right;

	if (a->field == NULL || b->field == NULL || a == b || a->count == 0 ||
		b->count == 0)
		return false;
	if (a->field != b->field) {
		return tell_related(build, first, second, second->mark) ||
			tell_related(build, second, first, second->mark);
	}
	if (lint_pair_wants_absent(a) != lint_pair_wants_absent(b)) {
		return !build_warn(build, second->mark,
			"an absent field has no value: join the two with "
			"\"or\", each in a selection of its own",
			"\"%.*s\" is to be absent and to have a value at once",
			SLICE_ARG(a->field->name));
	}
	if (range_of(a, &left) && range_of(b, &right) &&
		is_empty(&left, &right))
		return tell_ranges(build, first, second);
	one = exact_of(a);
	two = exact_of(b);
	return one != NULL && two != NULL && a->cased == b->cased &&
		!slice_equal(one->text, two->text) &&
		tell_texts(build, first, second);
}
