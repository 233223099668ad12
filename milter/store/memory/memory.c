/* SPDX-License-Identifier: BSD-2-Clause */
/* What a memory is made of. */
#include "store/memory/memory.h"

bool
memory_make_parts(struct memory *memory, size_t table_bytes, uint32_t events,
	size_t ring_bytes)
{
	memory->table = table_new(table_bytes);
	memory->policies = symbols_new();
	memory->ring = ring_new(events, ring_bytes);
	memory->contained = contained_new();
	memory->orders = contained_new();
	return memory->table != NULL && memory->policies != NULL &&
		memory->ring != NULL && memory->contained != NULL &&
		memory->orders != NULL;
}

void
memory_free_parts(struct memory *memory)
{
	table_free(memory->table);
	symbols_free(memory->policies);
	ring_free(memory->ring);
	contained_free(memory->contained);
	contained_free(memory->orders);
}

void
memory_say(const struct memory *memory, const struct err *err)
{
	if (memory->say != NULL)
		memory->say(memory->say_ctx, LOG_LEVEL_WARNING, err->text);
}
