/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the parts of an entry are. */
#include "store/memory/entry.h"

static const size_t head_bytes[ENTRY_KINDS] = {
	[ENTRY_WINDOW] = sizeof(struct window),
	[ENTRY_TRACE] = sizeof(struct trace),
	[ENTRY_MAILBOX] = sizeof(struct mailbox),
	[ENTRY_PEERS] = sizeof(struct peers),
};

unsigned
entry_rank(const struct entry *entry)
{
	if (entry->kind != ENTRY_MAILBOX)
		return 0;
	return (entry->mode & MAILBOX_FORWARDS) != 0
		? 2
		: entry->mode & MAILBOX_PERSON;
}

size_t
entry_head_bytes(enum entry_kind kind)
{
	return head_bytes[kind];
}

size_t
entry_data_offset(enum entry_kind kind, size_t key_len)
{
	return (head_bytes[kind] + key_len + 7) & ~(size_t)7;
}

struct slice
entry_key_text(const struct entry *entry)
{
	return (struct slice){
		(const char *)entry + head_bytes[entry->kind], entry->key_len};
}

void *
entry_data(struct entry *entry)
{
	return (char *)entry + entry_data_offset(entry->kind, entry->key_len);
}

size_t
entry_data_bytes(const struct entry *entry)
{
	return entry->bytes - entry_data_offset(entry->kind, entry->key_len);
}
