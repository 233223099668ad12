/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Candidates. Rules of different services never meet: each service has its
 * own files, so that mail of which no service is asked costs nothing. The
 * anchors of a field are looked for all at once (needles.h).
 */
#include "sigma/candidates.h"

#include "sigma/anchor.h"

#include <stdlib.h>

/* An anchor and the rule that is filed under it. */
struct filing {
	const struct anchor *anchor;
	uint32_t rule;
};

static int
by_field(const void *a, const void *b)
{
	const struct filing *one = a, *two = b;

	if (one->anchor->field->index != two->anchor->field->index) {
		return one->anchor->field->index < two->anchor->field->index
			? -1
			: 1;
	}
	return (one->rule > two->rule) - (one->rule < two->rule);
}

/* The filings of one field become its needles and its list. */
static void
make_watched(struct anchoring *maker, const struct filing *filings,
	size_t count, struct watched *out)
{
	struct needle *needles = calloc(count, sizeof(*needles));
	uint32_t *present = arena_array(maker->arena, count, sizeof(*present));
	size_t needle_count = 0, i;

	out->field = filings[0].anchor->field;
	out->present = present;
	for (i = 0; i < count && needles != NULL && present != NULL; i++) {
		const struct anchor *anchor = filings[i].anchor;

		if (anchor->text.p == NULL) {
			present[out->present_count++] = filings[i].rule;
		} else {
			needles[needle_count++] = (struct needle){
				anchor->kind, anchor->text, filings[i].rule};
		}
	}
	if (needle_count > 0)
		out->needles = needles_new(maker->arena, needles, needle_count);
	if (needles == NULL || present == NULL ||
		(needle_count > 0 && out->needles == NULL))
		maker->failed = true;
	free(needles);
}

static void
make_watch(struct anchoring *maker, const struct filing *filings, size_t count,
	struct watch *out)
{
	size_t to;

	out->at = arena_array(maker->arena, count, sizeof(*out->at));
	if (out->at == NULL) {
		maker->failed = true;
		return;
	}
	for (size_t from = 0; from < count; from = to) {
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
file(struct anchoring *maker, struct filings *filings,
	const struct anchor *anchor, uint32_t rule)
{
	if (filings->count == filings->room) {
		size_t room = filings->room > 0 ? filings->room * 2 : 256;
		struct filing *at = realloc(filings->at, room * sizeof(*at));

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
file_rule(struct anchoring *maker, struct group *group, uint32_t number,
	struct filings filings[2])
{
	struct anchors anchors = anchors_of(maker, group->rules[number]->expr);

	if (anchors.none) {
		group->always[number / CANDIDATE_WORD_BITS] |= UINT64_C(1)
			<< number % CANDIDATE_WORD_BITS;
	}
	for (size_t i = 0; i < anchors.count && !anchors.none; i++) {
		bool flow = anchors.at[i].field->scope != SCOPE_MESSAGE;

		file(maker, &filings[flow], &anchors.at[i], number);
	}
}

static void
make_group(struct anchoring *maker, struct group *group)
{
	struct filings filings[2] = {{NULL, 0, 0}, {NULL, 0, 0}};

	group->words =
		(group->count + CANDIDATE_WORD_BITS - 1) / CANDIDATE_WORD_BITS;
	group->always =
		arena_array(maker->arena, group->words, sizeof(*group->always));
	if (group->always == NULL) {
		maker->failed = true;
		return;
	}
	for (uint32_t i = 0; i < group->count; i++)
		file_rule(maker, group, i, filings);
	for (int scope = 0; scope < 2; scope++) {
		if (filings[scope].count > 0) {
			qsort(filings[scope].at, filings[scope].count,
				sizeof(*filings[scope].at), by_field);
		}
		make_watch(maker, filings[scope].at, filings[scope].count,
			scope == 0 ? &group->message : &group->flow);
		free(filings[scope].at);
	}
}

static struct group *
group_of(struct anchoring *maker, struct candidates *candidates,
	unsigned services, size_t room)
{
	struct group *group;

	for (size_t i = 0; i < candidates->count; i++) {
		if (candidates->groups[i].services == services)
			return &candidates->groups[i];
	}
	if (candidates->count == CANDIDATE_GROUPS_MAX) {
		maker->failed = true;
		return NULL;
	}
	group = &candidates->groups[candidates->count++];
	group->services = services;
	group->rules = arena_array(maker->arena, room, sizeof(*group->rules));
	if (group->rules != NULL)
		return group;
	maker->failed = true;
	return NULL;
}

static void
group_rules(struct anchoring *maker, struct candidates *candidates,
	struct rule *const *rules, size_t count)
{
	struct group *group;

	for (size_t i = 0; i < count && !maker->failed; i++) {
		if (rules[i]->said.kind != SIGMA_DETECTION ||
			rules[i]->expr == NULL)
			continue;
		group = group_of(maker, candidates, rules[i]->services, count);
		if (group == NULL)
			return;
		group->rules[group->count++] = rules[i];
		anchor_maker_count(maker, rules[i]->expr);
	}
}

static void
make(struct anchoring *maker, struct candidates *out, struct rule *const *rules,
	struct field_item *const *items, size_t item_count)
{
	group_rules(maker, out, rules, maker->rule_count);
	anchor_maker_items(maker, items, item_count);
	for (size_t i = 0; i < out->count && !maker->failed; i++)
		make_group(maker, &out->groups[i]);
}

struct candidates *
candidates_new(struct arena *arena, struct rule *const *rules,
	size_t rule_count, struct field_item *const *items, size_t item_count)
{
	struct candidates *out = arena_alloc(arena, sizeof(*out));
	struct anchoring maker;

	if (anchor_maker_init(&maker, arena, rule_count, item_count) &&
		out != NULL)
		make(&maker, out, rules, items, item_count);
	anchor_maker_fini(&maker);
	return maker.failed ? NULL : out;
}
