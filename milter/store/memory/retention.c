/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranks of mailboxes, and when their time is over. */
#include "store/memory/retention.h"

void
retention_mark(struct table_shard *shard, struct mailbox *mailbox, uint8_t bits)
{
	uint8_t mode = mailbox->entry.mode | bits;

	if (mode != mailbox->entry.mode)
		table_set_mode(shard, &mailbox->entry, mode);
}

uint8_t
retention_mode(const struct mailbox *mailbox, uint8_t said)
{
	uint8_t mode = said & MAILBOX_PERSON;

	if (mailbox->last_ms != 0 || mailbox->routes > 0)
		mode |= MAILBOX_FORWARDS;
	return mode;
}

bool
retention_is_over(const struct mailbox *mailbox, int64_t ttl_ms, int64_t now_ms)
{
	if (mailbox->entry.mode == 0 && ttl_ms > STORE_DAY_MS)
		ttl_ms = STORE_DAY_MS;
	return mailbox->active_ms < now_ms - ttl_ms;
}

void
retention_expire(struct table_shard *shard, int64_t ttl_ms, int64_t now_ms)
{
	for (int rank = 0; rank < ENTRY_RANKS; rank++) {
		struct entry *oldest = shard->lists[ENTRY_MAILBOX][rank].oldest;

		if (oldest == NULL ||
			!retention_is_over(
				(struct mailbox *)oldest, ttl_ms, now_ms))
			continue;
		table_remove(shard, oldest);
		shard->expired++;
	}
}
