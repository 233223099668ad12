/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries about what was ordered, and the orders. */
#include "store/memory/memory_orders.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/key.h"

bool
memory_orders_give(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct store_containment *word = &query->containment;
	struct key_text room;
	struct slice about = key_bound(query->about, &room);
	bool ok = query->as_kept && word->until_ms > 0
		? orders_keep(memory->orders, about, word)
		: orders_give(memory->orders, about, word,
			  clock_now_ms(memory->clock));

	(void)arena;
	memory->orders_unsaved = true;
	return ok || err_set(err, ERR_MEMORY, "out of memory");
}

bool
memory_orders_over(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	(void)err;
	orders_over(memory->orders, arena, clock_now_ms(memory->clock),
		&query->answer.orders);
	return true;
}

struct order_walk {
	struct arena *arena;
	struct store_orders *found;
	size_t room;
	int64_t now_ms;
};

static void
count_order(struct slice about, const struct store_containment *word, void *ctx)
{
	(void)about;
	(void)word;
	((struct order_walk *)ctx)->room++;
}

static void
copy_order(struct slice about, const struct store_containment *word, void *ctx)
{
	struct order_walk *walk = ctx;
	struct store_order *row;

	if (walk->found->count == walk->room || word->until_ms <= walk->now_ms)
		return;
	row = &walk->found->at[walk->found->count++];
	row->about = arena_copy(walk->arena, about);
	row->word = *word;
	row->word.by = arena_copy(walk->arena, word->by);
	row->word.why = arena_copy(walk->arena, word->why);
}

bool
memory_orders_ask(struct memory *memory, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct order_walk walk = {.arena = arena,
		.found = &query->answer.orders,
		.now_ms = clock_now_ms(memory->clock) +
			orders_ahead(memory->orders)};

	orders_each(memory->orders, count_order, &walk);
	walk.found->at = arena_array(arena, walk.room, sizeof(*walk.found->at));
	if (walk.found->at == NULL)
		return answer_too_long(err);
	orders_each(memory->orders, copy_order, &walk);
	return true;
}
