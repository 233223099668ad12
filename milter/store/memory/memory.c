/* SPDX-License-Identifier: BSD-2-Clause */
/* What a memory is made of. */
#include "store/memory/memory.h"

#include "store/key.h"

bool
memory_make_parts(struct memory *memory, size_t table_bytes, uint32_t events,
	size_t ring_bytes)
{
	memory->table = table_new(table_bytes);
	memory->policies = symbols_new();
	memory->ring = ring_new(events, ring_bytes);
	memory->orders = orders_new();
	return memory->table != NULL && memory->policies != NULL &&
		memory->ring != NULL && memory->orders != NULL;
}

bool
memory_contain(struct memory *memory, struct slice mailbox,
	const struct store_containment *word)
{
	struct buf about = {0};
	struct key_text room;
	bool ok;

	key_add_field(&about, STORE_ORDER_CONTAIN);
	key_add_field(&about, mailbox);
	ok = buf_ok(&about) &&
		orders_keep(memory->orders, key_bound(buf_slice(&about), &room),
			word);
	buf_fini(&about);
	return ok;
}

void
memory_free_parts(struct memory *memory)
{
	table_free(memory->table);
	symbols_free(memory->policies);
	ring_free(memory->ring);
	orders_free(memory->orders);
}

void
memory_say(const struct memory *memory, const struct err *err)
{
	if (memory->say != NULL)
		memory->say(memory->say_ctx, LOG_LEVEL_WARNING, err->text);
}
