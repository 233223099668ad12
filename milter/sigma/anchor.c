/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Anchors. A rule that matches must have something in the record that it
 * asks for: of "a and b" both, of "a or b" one of the two. So each rule is
 * filed under anchors, of which at least one must be there: a text in a
 * field, or at least that the field is there. Which of several parts of an
 * AND it is filed under is a guess at which is rarest; a text that many
 * rules ask for is taken to be common. A rule that nothing must be there for
 * ("not a") is always a candidate.
 */
#include "sigma/anchor.h"

#include "base/fold.h"

#include <stdlib.h>
#include <string.h>

/* Guesses of how likely an anchor is found in a message, in millionths. */
#define CERTAIN 1000000U
#define LIKELY_PRESENT 700000U
#define LIKELY_BOOL 400000U
#define LIKELY_SHORT 200000U
#define LIKELY_TEXT 300U
#define SHORT_BYTES 3
/* An item with more texts is filed under its field's presence. */
#define ANCHORS_MAX 50000

static void *
scratch_alloc(struct anchoring *maker, size_t bytes)
{
	void *p = arena_alloc(maker->scratch, bytes);

	maker->failed = maker->failed || p == NULL;
	return p;
}

static struct slice
anchor_key(struct anchoring *maker, const struct anchor *anchor)
{
	struct slice key =
		arena_printf(maker->scratch, "%u %d %.*s", anchor->field->index,
			anchor->text.p != NULL ? (int)anchor->kind : -1,
			SLICE_ARG(anchor->text));

	maker->failed = maker->failed || key.p == NULL;
	return key.p != NULL ? key : SLICE("");
}

static void
count_anchor(struct anchoring *maker, const struct anchor *anchor, size_t uses)
{
	struct slice key = anchor_key(maker, anchor);
	size_t *count = map_find(maker->frequency, key);

	if (count == NULL) {
		count = scratch_alloc(maker, sizeof(*count));
		if (count == NULL ||
			!map_put(maker->frequency, key, count, NULL)) {
			maker->failed = true;
			return;
		}
	}
	*count += uses;
}

static uint32_t
anchor_cost(struct anchoring *maker, const struct anchor *anchor)
{
	const size_t *uses;
	uint64_t cost = LIKELY_TEXT;

	if (anchor->text.p == NULL)
		return LIKELY_PRESENT;
	uses = map_find(maker->frequency, anchor_key(maker, anchor));
	if (anchor->field->type == SIGMA_BOOL)
		cost += LIKELY_BOOL;
	if (anchor->kind != PATTERN_EQUAL && anchor->text.len < SHORT_BYTES)
		cost += LIKELY_SHORT;
	if (uses != NULL) {
		cost += (uint64_t)*uses * (CERTAIN / 2) /
			(maker->rule_count + 20);
	}
	return cost < CERTAIN ? (uint32_t)cost : CERTAIN;
}

static void
cost_all(struct anchoring *maker, struct anchors *anchors)
{
	uint64_t cost = 0;

	for (size_t i = 0; i < anchors->count && cost < CERTAIN; i++)
		cost += anchor_cost(maker, &anchors->at[i]);
	anchors->cost =
		anchors->none || cost > CERTAIN ? CERTAIN : (uint32_t)cost;
}

static size_t
test_anchor_count(const struct matcher *test)
{
	if (test->kind == TEST_REGEX && test->regex.literal_count > 0)
		return test->regex.literal_count;
	return 1;
}

/* A text as it is looked for in folded values. */
static struct slice
anchor_text(struct anchoring *maker, struct slice text)
{
	text = fold_text(maker->arena, text);
	maker->failed = maker->failed || text.p == NULL;
	return text;
}

static size_t
add_pattern(struct anchoring *maker, const struct pattern *pattern,
	struct anchor *out)
{
	if (pattern->kind == PATTERN_ANYTHING ||
		(pattern->kind != PATTERN_EQUAL && pattern->text.len == 0))
		return 1;
	out->text = anchor_text(maker, pattern->text);
	out->kind = pattern->kind == PATTERN_GLOB ? PATTERN_CONTAINS
						  : pattern->kind;
	return 1;
}

/* Writes the anchors of one test, whose field is already set in all. */
static size_t
add_test(
	struct anchoring *maker, const struct matcher *test, struct anchor *out)
{
	size_t i;

	if (test->kind == TEST_TEXT)
		return add_pattern(maker, &test->pattern, out);
	if (test->kind != TEST_REGEX || test->regex.literal_count == 0)
		return 1;
	for (i = 0; i < test->regex.literal_count; i++) {
		out[i].text = anchor_text(maker, test->regex.literals[i]);
		out[i].kind = PATTERN_CONTAINS;
	}
	return i;
}

static void
fill_anchors(struct anchoring *maker, const struct field_item *item,
	size_t from, size_t to, struct anchors *out)
{
	size_t room = 0, i;

	for (i = from; i < to; i++)
		room += test_anchor_count(&item->tests[i]);
	if (room > ANCHORS_MAX || item->neq)
		from = to = 0;
	if (from == to)
		room = 1;
	out->at = scratch_alloc(maker, room * sizeof(*out->at));
	if (out->at == NULL)
		return;
	for (i = 0; i < room; i++)
		out->at[i].field = item->field;
	for (i = from; i < to; i++) {
		out->count +=
			add_test(maker, &item->tests[i], &out->at[out->count]);
	}
	if (from == to)
		out->count = 1;
}

/* Does the item hold of a record without the field, or ask all fields? */
static bool
needs_nothing(const struct field_item *item)
{
	const struct matcher *test = &item->tests[0];

	if (item->field == NULL)
		return true;
	if (item->count == 0)
		return false;
	return (test->kind == TEST_NULL && !item->neq) ||
		(test->kind == TEST_EXISTS && !test->exists);
}

/* With |all every test must pass: the one with the longest text tells most. */
static size_t
best_of_all(const struct field_item *item)
{
	size_t best = 0, longest = 0, i;

	for (i = 0; i < item->count; i++) {
		const struct matcher *test = &item->tests[i];

		if (test->kind == TEST_TEXT &&
			test->pattern.text.len > longest) {
			longest = test->pattern.text.len;
			best = i;
		}
	}
	return best;
}

static void
anchors_of_item(struct anchoring *maker, const struct field_item *item,
	struct anchors *out)
{
	size_t from = 0, to = item->count, i;

	if (needs_nothing(item)) {
		out->none = true;
		return;
	}
	if (item->all && item->count > 0) {
		from = best_of_all(item);
		to = from + 1;
	}
	fill_anchors(maker, item, from, to, out);
	for (i = 0; i < out->count; i++)
		count_anchor(maker, &out->at[i], maker->uses[item->slot]);
}

void
anchor_maker_count(struct anchoring *maker, const struct expr *expr)
{
	if (expr->op == EXPR_ITEM)
		maker->uses[expr->item->slot]++;
	for (size_t i = 0; i < expr->count; i++)
		anchor_maker_count(maker, expr->parts[i]);
}

static struct anchors
rarest(struct anchoring *maker, const struct expr *expr)
{
	struct anchors best = {.none = true, .cost = UINT32_MAX};

	for (size_t i = 0; i < expr->count; i++) {
		struct anchors part = anchors_of(maker, expr->parts[i]);

		if (!part.none && (best.none || part.cost < best.cost))
			best = part;
	}
	return best;
}

static struct anchors
all_together(struct anchoring *maker, const struct expr *expr)
{
	struct anchors sum = {.none = false};
	uint64_t cost = 0;

	for (size_t i = 0; i < expr->count; i++) {
		struct anchors part = anchors_of(maker, expr->parts[i]);
		struct anchor *at;

		if (part.none)
			return part;
		at = scratch_alloc(
			maker, (sum.count + part.count + 1) * sizeof(*at));
		if (at == NULL)
			return (struct anchors){.none = true};
		if (sum.count > 0)
			memcpy(at, sum.at, sum.count * sizeof(*at));
		if (part.count > 0) {
			memcpy(at + sum.count, part.at,
				part.count * sizeof(*at));
		}
		sum.at = at;
		sum.count += part.count;
		cost += part.cost;
	}
	sum.cost = cost < CERTAIN ? (uint32_t)cost : CERTAIN;
	return sum;
}

struct anchors
anchors_of(struct anchoring *maker, const struct expr *expr)
{
	switch (expr->op) {
	case EXPR_ITEM:
		return maker->of_item[expr->item->slot];
	case EXPR_AND:
		return rarest(maker, expr);
	case EXPR_OR:
		return all_together(maker, expr);
	case EXPR_NOT:
		return (struct anchors){.none = true};
	case EXPR_FALSE:
		break;
	}
	return (struct anchors){.none = false}; /* it never matches */
}

bool
anchor_maker_init(struct anchoring *maker, struct arena *arena, size_t rules,
	size_t items)
{
	*maker = (struct anchoring){.arena = arena,
		.scratch = arena_new(SIZE_MAX / 4),
		.frequency = map_new(),
		.of_item = calloc(items + 1, sizeof(*maker->of_item)),
		.uses = calloc(items + 1, sizeof(*maker->uses)),
		.rule_count = rules};
	maker->failed = maker->scratch == NULL || maker->frequency == NULL ||
		maker->of_item == NULL || maker->uses == NULL;
	return !maker->failed;
}

void
anchor_maker_fini(struct anchoring *maker)
{
	map_free(maker->frequency, NULL);
	arena_free(maker->scratch);
	free(maker->of_item);
	free(maker->uses);
}

void
anchor_maker_items(
	struct anchoring *maker, struct field_item *const *items, size_t count)
{
	for (size_t i = 0; i < count && !maker->failed; i++) {
		anchors_of_item(
			maker, items[i], &maker->of_item[items[i]->slot]);
	}
	for (size_t i = 0; i < count && !maker->failed; i++)
		cost_all(maker, &maker->of_item[items[i]->slot]);
}
