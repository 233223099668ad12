/* SPDX-License-Identifier: BSD-2-Clause */
/* Rewritten envelope senders: what is taken out of one is a mailbox. */
#include "fuzz.h"

#include "forward/rewritten.h"
#include "mail/path.h"

#define ARENA_BYTES (1 << 20)

static void
check(const struct address *address)
{
	FUZZ_ASSERT(address->text.len == 0 || address_is_mailbox(address));
	FUZZ_ASSERT(slice_is_utf8(address->text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct address sender, mailbox;
	struct rewritten parts;

	if (path_parse(arena, fuzz_slice(data, size), &sender)) {
		parts = rewritten_parse(arena, &sender);
		check(&parts.mailbox);
		check(&parts.original);
		check(&parts.destination);
		FUZZ_ASSERT(parts.scheme != REWRITTEN_CAF ||
			parts.destination.text.len > 0);
		if (rewritten_mailbox(arena, &sender, &mailbox))
			FUZZ_ASSERT(address_is_mailbox(&mailbox));
	}
	arena_free(arena);
	return 0;
}
