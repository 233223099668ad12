/* SPDX-License-Identifier: BSD-2-Clause */
/* Unfolding, decoding, and the parameters of structured fields. */
#include "fuzz.h"

#include "mail/field.h"

#define ARENA_BYTES (1 << 20)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice value = field_unfold(arena, fuzz_slice(data, size));

	FUZZ_ASSERT(slice_find_byte(value, '\n', 0) == SLICE_NONE);
	FUZZ_ASSERT(value.len <= size);
	(void)field_decode(arena, value);
	(void)field_main(arena, value);
	(void)field_param(arena, value, SLICE("name"));
	arena_free(arena);
	return 0;
}
