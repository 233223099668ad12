/* SPDX-License-Identifier: BSD-2-Clause */
/* Received lines: what is read of one lies within it. */
#include "fuzz.h"

#include "mail/received.h"

#define ARENA_BYTES (1 << 20)

static void
check_within(struct slice whole, struct slice part)
{
	if (!slice_is_absent(part)) {
		FUZZ_ASSERT(part.p >= whole.p &&
			part.p + part.len <= whole.p + whole.len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice value = fuzz_slice(data, size);
	struct received received;

	if (received_parse(arena, value, &received)) {
		check_within(value, received.from);
		check_within(value, received.from_ip);
		check_within(value, received.by);
		check_within(value, received.with);
		check_within(value, received.id);
	}
	arena_free(arena);
	return 0;
}
