/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Candidates. A rule that matches must have something in the record that it
 * asks for: of "a and b" both, of "a or b" one of the two. So each rule is
 * filed under anchors, of which at least one must be there: a text in a
 * field, or at least that the field is there. Which of several parts of an
 * AND it is filed under is a guess at which is rarest; a text that many
 * rules ask for is taken to be common. A rule that nothing must be there for
 * ("not a") is always a candidate.
 *
 * The anchors of a field are looked for all at once (needles.h). What is
 * found of fields of the message's scope holds for all its flows.
 *
 * Rules of different services never meet: each service has its own files, so
 * that mail of which no service is asked costs nothing.
 */
#include "sigma/candidates.h"

#include "base/map.h"
#include "sigma/fold.h"
#include "sigma/needles.h"

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
#define WORD_BITS 64
#define GROUPS_MAX 10

struct anchor {
	const struct sigma_field *field;
	struct slice text; /* absent: the field is there */
	enum pattern_kind kind;
};

/* One of these must be there; certain: nothing must. */
struct anchors {
	struct anchor *at;
	size_t count;
	bool none; /* nothing is known: always a candidate */
	uint32_t cost;
};

/* One field whose values tell. */
struct watched {
	const struct sigma_field *field;
	const struct needles *needles; /* or NULL */
	const uint32_t *present; /* rules by number in their group */
	size_t present_count;
};

struct watch {
	struct watched *at;
	size_t count;
};

struct group {
	unsigned services;
	const struct rule **rules;
	size_t count, words;
	uint64_t *always; /* bits of rules */
	struct watch message, flow;
};

struct candidates {
	struct group groups[GROUPS_MAX];
	size_t count;
};

/* While the candidates are being made. */
struct maker {
	struct arena *arena; /* the program's */
	struct arena *scratch;
	struct anchors *of_item; /* by slot */
	size_t *uses; /* rules that have the item, by slot */
	struct map *frequency; /* of anchors: how many rules */
	size_t rule_count;
	bool failed;
};

static void *
scratch_alloc(struct maker *maker, size_t bytes)
{
	void *p = arena_alloc(maker->scratch, bytes);

	maker->failed = maker->failed || p == NULL;
	return p;
}

static struct slice
anchor_key(struct maker *maker, const struct anchor *anchor)
{
	struct slice key =
		arena_printf(maker->scratch, "%u %d %.*s", anchor->field->index,
			anchor->text.p != NULL ? (int)anchor->kind : -1,
			SLICE_ARG(anchor->text));

	maker->failed = maker->failed || key.p == NULL;
	return key.p != NULL ? key : SLICE("");
}

static void
count_anchor(struct maker *maker, const struct anchor *anchor, size_t uses)
{
	struct slice key = anchor_key(maker, anchor);
	size_t *count = map_find(maker->frequency, key);

	if (count == NULL) {
		count = scratch_alloc(maker, sizeof *count);
		if (count == NULL ||
			!map_put(maker->frequency, key, count, NULL)) {
			maker->failed = true;
			return;
		}
	}
	*count += uses;
}

static uint32_t
anchor_cost(struct maker *maker, const struct anchor *anchor)
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
	if (uses != NULL)
		cost += (uint64_t)*uses * (CERTAIN / 2) /
			(maker->rule_count + 20);
	return cost < CERTAIN ? (uint32_t)cost : CERTAIN;
}

static void
cost_all(struct maker *maker, struct anchors *anchors)
{
	uint64_t cost = 0;
	size_t i;

	for (i = 0; i < anchors->count && cost < CERTAIN; i++)
		cost += anchor_cost(maker, &anchors->at[i]);
	anchors->cost =
		anchors->none || cost > CERTAIN ? CERTAIN : (uint32_t)cost;
}

static size_t
test_anchor_count(const struct test *test)
{
	if (test->kind == TEST_REGEX && test->regex.literal_count > 0)
		return test->regex.literal_count;
	return 1;
}

/* A text as it is looked for in folded values. */
static struct slice
anchor_text(struct maker *maker, struct slice text)
{
	text = fold_text(maker->arena, text);
	maker->failed = maker->failed || text.p == NULL;
	return text;
}

static size_t
add_pattern(
	struct maker *maker, const struct pattern *pattern, struct anchor *out)
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
add_test(struct maker *maker, const struct test *test, struct anchor *out)
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
fill_anchors(struct maker *maker, const struct item *item, size_t from,
	size_t to, struct anchors *out)
{
	size_t room = 0, i;

	for (i = from; i < to; i++)
		room += test_anchor_count(&item->tests[i]);
	if (room > ANCHORS_MAX || item->neq)
		from = to = 0;
	if (from == to)
		room = 1;
	out->at = scratch_alloc(maker, room * sizeof *out->at);
	if (out->at == NULL)
		return;
	for (i = 0; i < room; i++)
		out->at[i].field = item->field;
	for (i = from; i < to; i++)
		out->count +=
			add_test(maker, &item->tests[i], &out->at[out->count]);
	if (from == to)
		out->count = 1;
}

/* Does the item hold of a record without the field, or ask all fields? */
static bool
needs_nothing(const struct item *item)
{
	const struct test *test = &item->tests[0];

	if (item->field == NULL)
		return true;
	if (item->count == 0)
		return false;
	return (test->kind == TEST_NULL && !item->neq) ||
		(test->kind == TEST_EXISTS && !test->exists);
}

/* With |all every test must pass: the one with the longest text tells most. */
static size_t
best_of_all(const struct item *item)
{
	size_t best = 0, longest = 0, i;

	for (i = 0; i < item->count; i++) {
		const struct test *test = &item->tests[i];

		if (test->kind == TEST_TEXT &&
			test->pattern.text.len > longest) {
			longest = test->pattern.text.len;
			best = i;
		}
	}
	return best;
}

static void
anchors_of_item(
	struct maker *maker, const struct item *item, struct anchors *out)
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

static void
count_uses(struct maker *maker, const struct expr *expr)
{
	size_t i;

	if (expr->op == EXPR_ITEM)
		maker->uses[expr->item->slot]++;
	for (i = 0; i < expr->count; i++)
		count_uses(maker, expr->parts[i]);
}

static struct anchors anchors_of(struct maker *, const struct expr *);

static struct anchors
rarest(struct maker *maker, const struct expr *expr)
{
	struct anchors best = {.none = true, .cost = UINT32_MAX};
	size_t i;

	for (i = 0; i < expr->count; i++) {
		struct anchors part = anchors_of(maker, expr->parts[i]);

		if (!part.none && (best.none || part.cost < best.cost))
			best = part;
	}
	return best;
}

static struct anchors
all_together(struct maker *maker, const struct expr *expr)
{
	struct anchors sum = {.none = false};
	uint64_t cost = 0;
	size_t i;

	for (i = 0; i < expr->count; i++) {
		struct anchors part = anchors_of(maker, expr->parts[i]);
		struct anchor *at;

		if (part.none)
			return part;
		at = scratch_alloc(
			maker, (sum.count + part.count + 1) * sizeof *at);
		if (at == NULL)
			return (struct anchors){.none = true};
		if (sum.count > 0)
			memcpy(at, sum.at, sum.count * sizeof *at);
		if (part.count > 0)
			memcpy(at + sum.count, part.at,
				part.count * sizeof *at);
		sum.at = at;
		sum.count += part.count;
		cost += part.cost;
	}
	sum.cost = cost < CERTAIN ? (uint32_t)cost : CERTAIN;
	return sum;
}

static struct anchors
anchors_of(struct maker *maker, const struct expr *expr)
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

/* An anchor and the rule that is filed under it. */
struct filing {
	const struct anchor *anchor;
	uint32_t rule;
};

static int
by_field(const void *a, const void *b)
{
	const struct filing *one = a, *two = b;

	if (one->anchor->field->index != two->anchor->field->index)
		return one->anchor->field->index < two->anchor->field->index
			? -1
			: 1;
	return (one->rule > two->rule) - (one->rule < two->rule);
}

/* The filings of one field become its needles and its list. */
static void
make_watched(struct maker *maker, const struct filing *filings, size_t count,
	struct watched *out)
{
	struct needle *needles = calloc(count, sizeof *needles);
	uint32_t *present = arena_array(maker->arena, count, sizeof *present);
	size_t needle_count = 0, i;

	out->field = filings[0].anchor->field;
	out->present = present;
	for (i = 0; i < count && needles != NULL && present != NULL; i++) {
		const struct anchor *anchor = filings[i].anchor;

		if (anchor->text.p == NULL)
			present[out->present_count++] = filings[i].rule;
		else
			needles[needle_count++] = (struct needle){
				anchor->kind, anchor->text, filings[i].rule};
	}
	if (needle_count > 0)
		out->needles = needles_new(maker->arena, needles, needle_count);
	if (needles == NULL || present == NULL ||
		(needle_count > 0 && out->needles == NULL))
		maker->failed = true;
	free(needles);
}

static void
make_watch(struct maker *maker, const struct filing *filings, size_t count,
	struct watch *out)
{
	size_t from, to;

	out->at = arena_array(maker->arena, count, sizeof *out->at);
	if (out->at == NULL) {
		maker->failed = true;
		return;
	}
	for (from = 0; from < count; from = to) {
		for (to = from; to < count &&
			filings[to].anchor->field ==
				filings[from].anchor->field;
			to++)
			continue;
		make_watched(maker, filings + from, to - from,
			&out->at[out->count++]);
	}
}

struct filings {
	struct filing *at;
	size_t count, room;
};

static void
file(struct maker *maker, struct filings *filings, const struct anchor *anchor,
	uint32_t rule)
{
	if (filings->count == filings->room) {
		size_t room = filings->room > 0 ? filings->room * 2 : 256;
		struct filing *at = realloc(filings->at, room * sizeof *at);

		if (at == NULL) {
			maker->failed = true;
			return;
		}
		filings->at = at;
		filings->room = room;
	}
	filings->at[filings->count++] = (struct filing){anchor, rule};
}

static void
file_rule(struct maker *maker, struct group *group, uint32_t number,
	struct filings filings[2])
{
	struct anchors anchors = anchors_of(maker, group->rules[number]->expr);
	size_t i;

	if (anchors.none)
		group->always[number / WORD_BITS] |= UINT64_C(1)
			<< number % WORD_BITS;
	for (i = 0; i < anchors.count && !anchors.none; i++) {
		bool flow = anchors.at[i].field->scope != SCOPE_MESSAGE;

		file(maker, &filings[flow], &anchors.at[i], number);
	}
}

static void
make_group(struct maker *maker, struct group *group)
{
	struct filings filings[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
	uint32_t i;
	int scope;

	group->words = (group->count + WORD_BITS - 1) / WORD_BITS;
	group->always =
		arena_array(maker->arena, group->words, sizeof *group->always);
	if (group->always == NULL) {
		maker->failed = true;
		return;
	}
	for (i = 0; i < group->count; i++)
		file_rule(maker, group, i, filings);
	for (scope = 0; scope < 2; scope++) {
		if (filings[scope].count > 0)
			qsort(filings[scope].at, filings[scope].count,
				sizeof *filings[scope].at, by_field);
		make_watch(maker, filings[scope].at, filings[scope].count,
			scope == 0 ? &group->message : &group->flow);
		free(filings[scope].at);
	}
}

static struct group *
group_of(struct maker *maker, struct candidates *candidates, unsigned services,
	size_t room)
{
	struct group *group;
	size_t i;

	for (i = 0; i < candidates->count; i++)
		if (candidates->groups[i].services == services)
			return &candidates->groups[i];
	if (candidates->count == GROUPS_MAX) {
		maker->failed = true;
		return NULL;
	}
	group = &candidates->groups[candidates->count++];
	group->services = services;
	group->rules = arena_array(maker->arena, room, sizeof *group->rules);
	if (group->rules != NULL)
		return group;
	maker->failed = true;
	return NULL;
}

static void
group_rules(struct maker *maker, struct candidates *candidates,
	struct rule *const *rules, size_t count)
{
	struct group *group;
	size_t i;

	for (i = 0; i < count && !maker->failed; i++) {
		if (rules[i]->said.kind != SIGMA_DETECTION ||
			rules[i]->expr == NULL)
			continue;
		group = group_of(maker, candidates, rules[i]->services, count);
		if (group == NULL)
			return;
		group->rules[group->count++] = rules[i];
		count_uses(maker, rules[i]->expr);
	}
}

static void
make(struct maker *maker, struct candidates *out, struct rule *const *rules,
	struct item *const *items, size_t item_count)
{
	size_t i;

	group_rules(maker, out, rules, maker->rule_count);
	for (i = 0; i < item_count && !maker->failed; i++)
		anchors_of_item(
			maker, items[i], &maker->of_item[items[i]->slot]);
	for (i = 0; i < item_count && !maker->failed; i++)
		cost_all(maker, &maker->of_item[items[i]->slot]);
	for (i = 0; i < out->count && !maker->failed; i++)
		make_group(maker, &out->groups[i]);
}

struct candidates *
candidates_new(struct arena *arena, struct rule *const *rules,
	size_t rule_count, struct item *const *items, size_t item_count)
{
	struct candidates *out = arena_alloc(arena, sizeof *out);
	struct maker maker = {.arena = arena,
		.scratch = arena_new(SIZE_MAX / 4),
		.frequency = map_new(),
		.of_item = calloc(item_count + 1, sizeof *maker.of_item),
		.uses = calloc(item_count + 1, sizeof *maker.uses),
		.rule_count = rule_count};

	if (out == NULL || maker.scratch == NULL || maker.frequency == NULL ||
		maker.of_item == NULL || maker.uses == NULL)
		maker.failed = true;
	else
		make(&maker, out, rules, items, item_count);
	map_free(maker.frequency, NULL);
	arena_free(maker.scratch);
	free(maker.of_item);
	free(maker.uses);
	return maker.failed ? NULL : out;
}

struct shortlist {
	const struct candidates *candidates;
	uint64_t *message[GROUPS_MAX]; /* NULL: not known yet */
	uint64_t *flow[GROUPS_MAX];
};

struct shortlist *
shortlist_new(const struct candidates *candidates, struct arena *arena)
{
	struct shortlist *list = arena_alloc(arena, sizeof *list);

	if (list != NULL)
		list->candidates = candidates;
	return list;
}

static bool
set_bit(void *ctx, uint32_t rule)
{
	uint64_t *bits = ctx;

	bits[rule / WORD_BITS] |= UINT64_C(1) << rule % WORD_BITS;
	return true;
}

static void
look_at(struct eval *eval, const struct watched *watched, uint64_t *bits)
{
	struct sigma_values values = eval_values(eval, watched->field);
	size_t i;

	if (values.count == 0)
		return;
	for (i = 0; i < watched->present_count; i++)
		(void)set_bit(bits, watched->present[i]);
	for (i = 0; i < values.count && watched->needles != NULL; i++)
		needles_find(watched->needles,
			eval_folded(eval, watched->field, i), set_bit, bits);
}

static void
look(struct eval *eval, const struct watch *watch, uint64_t *bits)
{
	size_t i;

	for (i = 0; i < watch->count; i++)
		look_at(eval, &watch->at[i], bits);
}

/* The bits of the message, made when first asked for. */
static const uint64_t *
message_bits(struct shortlist *list, struct eval *eval, size_t number)
{
	const struct group *group = &list->candidates->groups[number];
	uint64_t *bits = list->message[number];

	if (bits != NULL)
		return bits;
	bits = arena_array(eval->arena, 2 * group->words, sizeof *bits);
	if (bits == NULL) {
		eval->full = true;
		return NULL;
	}
	memcpy(bits, group->always, group->words * sizeof *bits);
	look(eval, &group->message, bits);
	if (eval->full)
		return NULL;
	list->message[number] = bits;
	list->flow[number] = bits + group->words;
	return bits;
}

static bool
each_of_group(struct shortlist *list, struct eval *eval, size_t number,
	bool (*visit)(void *ctx, const struct rule *), void *ctx)
{
	const struct group *group = &list->candidates->groups[number];
	const uint64_t *message = message_bits(list, eval, number);
	uint64_t *bits;
	size_t word;

	if (message == NULL)
		return false;
	bits = list->flow[number];
	memcpy(bits, message, group->words * sizeof *bits);
	look(eval, &group->flow, bits);
	for (word = 0; word < group->words; word++)
		while (bits[word] != 0) {
			unsigned bit = (unsigned)__builtin_ctzll(bits[word]);

			bits[word] &= bits[word] - 1;
			if (!visit(ctx, group->rules[word * WORD_BITS + bit]))
				return false;
		}
	return !eval->full;
}

bool
shortlist_each(struct shortlist *list, struct eval *eval, unsigned services,
	bool (*visit)(void *ctx, const struct rule *), void *ctx)
{
	size_t i;

	services |= SIGMA_SERVICE_ANY;
	for (i = 0; i < list->candidates->count; i++)
		if ((list->candidates->groups[i].services & services) != 0 &&
			!each_of_group(list, eval, i, visit, ctx))
			return false;
	return true;
}
