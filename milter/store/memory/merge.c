/* SPDX-License-Identifier: BSD-2-Clause */
/* One memory into another. The other one is nobody else's: it needs no
 * locks. */
#include "store/memory/merge.h"

#include "store/memory/peers.h"
#include "store/memory/restore.h"
#include "store/memory/trace.h"
#include "store/memory/window.h"

#include <string.h>

/* Sequences in order are left out: their steps are not a set. */
static void
merge_window(struct memory *to, const struct memory *from, struct entry *entry)
{
	struct window *window = (struct window *)entry;
	uint32_t policy = symbols_number(
		to->policies, symbols_name(from->policies, entry->policy));

	if (entry->mode == NOTE_STEP || policy == 0)
		return;
	for (uint32_t i = 0; i < window->count; i++) {
		struct note note = {
			.mode = (enum note_mode)entry->mode,
			.window_ms = window->window_ms,
			.after = -1,
		};
		struct window_member member =
			window_member(window, i, &note.value);

		window_note(to->table, policy, entry_key_text(entry),
			member.print, member.at_ms, &note);
	}
}

static void
merge_shard(
	struct memory *to, const struct memory *from, struct table_shard *shard)
{
	bool same_prints = memcmp(&to->table->key, &from->table->key,
				   sizeof(to->table->key)) == 0;

	for (struct entry *entry = table_oldest(shard, ENTRY_WINDOW);
		entry != NULL && same_prints; entry = table_after(shard, entry))
		merge_window(to, from, entry);
	for (struct entry *entry = table_oldest(shard, ENTRY_TRACE);
		entry != NULL; entry = table_after(shard, entry))
		trace_merge(
			to->table, to->trace_members, (struct trace *)entry);
	for (struct entry *entry = table_oldest(shard, ENTRY_MAILBOX);
		entry != NULL; entry = table_after(shard, entry))
		mailbox_merge(to->table, &to->limits, (struct mailbox *)entry);
	for (struct entry *entry = table_oldest(shard, ENTRY_PEERS);
		entry != NULL; entry = table_after(shard, entry))
		peers_merge(
			to->table, to->limits.ttl_ms, (struct peers *)entry);
}

static void
merge_all(struct memory *to, const struct memory *from)
{
	for (uint32_t i = 0; i < from->table->shard_count; i++)
		merge_shard(to, from, &from->table->shards[i]);
}

void
merge_foreign(struct memory *memory)
{
	const struct table *table = memory->table;
	struct memory other = {
		.clock = memory->clock,
		.limits = memory->limits,
		.trace_members = memory->trace_members,
		.path = memory->path,
	};

	if (memory_make_parts(&other,
		    table->shards[0].limit * table->shard_count, 1, 1)) {
		restore_read(&other);
		merge_all(memory, &other);
	}
	memory_free_parts(&other);
}
