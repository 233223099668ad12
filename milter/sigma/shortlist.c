/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shortlist: bits of rules, set by the anchors that a record has. What is
 * found of fields of the message's scope holds for all its flows.
 */
#include "sigma/shortlist.h"

#include <string.h>

struct shortlist {
	const struct candidates *candidates;
	uint64_t *message[CANDIDATE_GROUPS_MAX]; /* NULL: not known yet */
	uint64_t *flow[CANDIDATE_GROUPS_MAX];
};

struct shortlist *
shortlist_new(const struct candidates *candidates, struct arena *arena)
{
	struct shortlist *list = arena_alloc(arena, sizeof(*list));

	if (list != NULL)
		list->candidates = candidates;
	return list;
}

static bool
set_bit(void *ctx, uint32_t rule)
{
	uint64_t *bits = ctx;

	bits[rule / CANDIDATE_WORD_BITS] |= UINT64_C(1)
		<< rule % CANDIDATE_WORD_BITS;
	return true;
}

static void
look_at(struct eval *eval, const struct watched *watched, uint64_t *bits)
{
	struct sigma_values values = eval_values(eval, watched->field);

	if (values.count == 0)
		return;
	for (size_t i = 0; i < watched->present_count; i++)
		(void)set_bit(bits, watched->present[i]);
	for (size_t i = 0; i < values.count && watched->needles != NULL; i++) {
		needles_find(watched->needles,
			eval_folded(eval, watched->field, i), set_bit, bits);
	}
}

static void
look(struct eval *eval, const struct watch *watch, uint64_t *bits)
{
	for (size_t i = 0; i < watch->count; i++)
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
	bits = arena_array(eval->arena, 2 * group->words, sizeof(*bits));
	if (bits == NULL) {
		eval->full = true;
		return NULL;
	}
	memcpy(bits, group->always, group->words * sizeof(*bits));
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

	if (message == NULL)
		return false;
	bits = list->flow[number];
	memcpy(bits, message, group->words * sizeof(*bits));
	look(eval, &group->flow, bits);
	for (size_t word = 0; word < group->words; word++) {
		while (bits[word] != 0) {
			unsigned bit = (unsigned)__builtin_ctzll(bits[word]);

			bits[word] &= bits[word] - 1;
			if (!visit(ctx,
				    group->rules[word * CANDIDATE_WORD_BITS +
					    bit]))
				return false;
		}
	}
	return !eval->full;
}

bool
shortlist_each(struct shortlist *list, struct eval *eval, unsigned services,
	bool (*visit)(void *ctx, const struct rule *), void *ctx)
{
	for (size_t i = 0; i < list->candidates->count; i++) {
		if ((list->candidates->groups[i].services & services) != 0 &&
			!each_of_group(list, eval, i, visit, ctx))
			return false;
	}
	return true;
}
