/* SPDX-License-Identifier: BSD-2-Clause */
/* A batch that was asked behind what memory foresaw. */
#include "store/foreseen.h"

#include "base/arena.h"

bool
foreseen_can_be(const struct store_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct store_op *op = &batch->ops[i];

		if (op->verb == STORE_FACTS && op->facts.peered)
			return false;
	}
	return true;
}

void
foreseen_count(struct store *memory, struct store_batch *batch)
{
	size_t first = batch->foreseen;
	struct note *counted;

	if (first == 0 || !batch->came_true)
		return;
	counted = arena_array(
		batch->arena, batch->count - first, sizeof(*counted));
	if (counted == NULL) {
		store_tell(memory, batch);
		return;
	}
	for (size_t i = first; i < batch->count; i++)
		counted[i - first] = batch->ops[i].note;
	(void)store_ask(memory, batch, 0);
	for (size_t i = first; i < batch->count; i++) {
		struct note *here = &batch->ops[i].note;

		if (!here->done || here->count <= counted[i - first].count)
			*here = counted[i - first];
	}
}
